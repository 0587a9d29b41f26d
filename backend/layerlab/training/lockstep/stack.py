"""The weights, buffers and optimizer memories of all variants, each kind stacked along a first dimension [V, …]."""

from collections.abc import Callable, Sequence
from itertools import repeat

import torch
from torch import Tensor
from torch.optim import Optimizer

from layerlab.graph.network import Network
from layerlab.optimizers.base import Kept
from layerlab.optimizers.functional import COUNTERS, parts_of

#: Puts the new values of the variant at a place into its network and its optimizer.
Write = Callable[[int, Network, Optimizer], None]


class Stack:
    """Stacked tensors. Networks and optimizers of the variants hold views of them: what is written here is theirs.

    All lie in rows, so that a variant's part is written at once.

    Attributes:
        row: [V, T] the numbers of all parameters that are trained, in the order of the network.
        weights: [V, …] each of them, as views of the row.
        buffers: [V, …] of each buffer.
        kept: What the optimizer keeps, for all weights in a row: [V, T], and [V] counts; empty before the first update.
    """

    def __init__(self, networks: Sequence[Network]) -> None:
        first = networks[0]
        self.weight_names = [name for name, weight in first.named_parameters() if weight.requires_grad]
        self.buffer_names = [name for name, _ in first.named_buffers()]
        parameters = [dict(network.named_parameters()) for network in networks]
        buffers = [dict(network.named_buffers()) for network in networks]
        weights = [torch.stack([one[name].detach() for one in parameters]) for name in self.weight_names]
        (self.row,) = _packed(weights)
        self.weights = _unpacked([self.row], weights)
        stacked = [torch.stack([one[name] for one in buffers]) for name in self.buffer_names]
        self._buffer_rows = _packed(stacked)
        self.buffers = _unpacked(self._buffer_rows, stacked)
        self.kept: Kept = {}
        self._parts: list[list[Tensor]] = [[] for _ in networks]
        for place, network in enumerate(networks):
            self._show(network, place)

    def _show(self, network: Network, place: int) -> None:
        """Let a network read and write its part of the stack."""
        parameters, buffers = dict(network.named_parameters()), dict(network.named_buffers())
        for name, stacked in zip(self.weight_names, self.weights, strict=True):
            parameters[name].data = stacked[place]
        for name, stacked in zip(self.buffer_names, self.buffers, strict=True):
            buffers[name].data = stacked[place]

    def prepare(self, row: Tensor, buffers: Sequence[Tensor], kept: Kept) -> Write:
        """What puts the values after an update in place, for one variant at a time."""
        if kept and not self.kept:
            self.kept = {name: value.clone() for name, value in kept.items()}
            self._parts = [[] for _ in self._parts]  # made anew, with what is kept
        rows = row, *_packed(buffers), *kept.values()
        parts = list(zip(*(one.unbind() for one in rows), strict=True))

        def write(place: int, network: Network, optimizer: Optimizer) -> None:
            torch._foreach_copy_(self._own(place, network, optimizer), parts[place])

        return write

    def _own(self, place: int, network: Network, optimizer: Optimizer) -> list[Tensor]:
        """A variant's part of all rows."""
        if not self._parts[place]:
            self._remember(place, network, optimizer)
            rows = self.row, *self._buffer_rows, *self.kept.values()
            self._parts[place] = [row[place] for row in rows]
        return self._parts[place]

    def _remember(self, place: int, network: Network, optimizer: Optimizer) -> None:
        """Let an optimizer hold what is kept of each of a variant's weights."""
        parameters = dict(network.named_parameters())
        weights = [parameters[name] for name in self.weight_names]
        for name, row in self.kept.items():
            parts = repeat(row[place]) if name in COUNTERS else parts_of(row[place], weights)
            for weight, part in zip(weights, parts, strict=False):
                optimizer.state[weight][name] = part

    def release(self, network: Network, optimizer: Optimizer) -> None:
        """Give a variant tensors of its own; its part of the stack is nobody's from now on."""
        for tensor in (*network.parameters(), *network.buffers()):
            tensor.data = tensor.detach().clone()
        for memory in optimizer.state.values():
            memory.update({key: value.clone() for key, value in memory.items() if isinstance(value, Tensor)})


def _packed(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Tensors [V, …] as one row [V, T] of each type of number; copies."""
    by_type: dict[torch.dtype, list[Tensor]] = {}
    for one in tensors:
        by_type.setdefault(one.dtype, []).append(one.reshape(len(one), -1))
    return [torch.cat(same, 1) for same in by_type.values()]


def _unpacked(rows: Sequence[Tensor], like: Sequence[Tensor]) -> list[Tensor]:
    """Views [V, …] of the rows that were packed of tensors like these."""
    found, start = [], {row.dtype: 0 for row in rows}
    row_of = {row.dtype: row for row in rows}
    for one in like:
        size = one[0].numel()
        found.append(row_of[one.dtype].narrow(1, start[one.dtype], size).view(one.shape))
        start[one.dtype] += size
    return found
