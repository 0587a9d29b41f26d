"""The weights, buffers and optimizer memories of all variants, each kind stacked along a first dimension [V, …]."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.optim import Optimizer

from layerlab.graph.network import Network
from layerlab.optimizers.base import Kept

#: Puts the new values of the variant at a place into its network and its optimizer.
Write = Callable[[int, Network, Optimizer], None]


class Stack:
    """Stacked tensors. Networks and optimizers of the variants hold views of them: what is written here is theirs.

    All lie in rows, one of each type of number, so that a variant's part is written at once.

    Attributes:
        weights: [V, …] of each parameter that is trained, in the order of the network.
        buffers: [V, …] of each buffer.
        kept: What the optimizer keeps of each weight, [V, …]; empty before the first update.
    """

    def __init__(self, networks: Sequence[Network]) -> None:
        first = networks[0]
        self.weight_names = [name for name, weight in first.named_parameters() if weight.requires_grad]
        self.buffer_names = [name for name, _ in first.named_buffers()]
        parameters = [dict(network.named_parameters()) for network in networks]
        buffers = [dict(network.named_buffers()) for network in networks]
        stacked = [torch.stack([one[name].detach() for one in parameters]) for name in self.weight_names]
        stacked += [torch.stack([one[name] for one in buffers]) for name in self.buffer_names]
        self._rows = _packed(stacked)
        views = _unpacked(self._rows, stacked)
        self.weights, self.buffers = views[: len(self.weight_names)], views[len(self.weight_names) :]
        self.kept: list[Kept] = [{} for _ in self.weights]
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

    def prepare(self, weights: Sequence[Tensor], buffers: Sequence[Tensor], kept: Sequence[Kept]) -> Write:
        """What puts the values after an update in place, for one variant at a time."""
        memories = [value for one in kept for value in one.values()]
        if memories and not any(self.kept):
            self._begin_to_keep(kept, memories)
        rows = [*_packed([*weights, *buffers]), *_packed(memories)]
        parts = list(zip(*(row.unbind() for row in rows), strict=True))

        def write(place: int, network: Network, optimizer: Optimizer) -> None:
            torch._foreach_copy_(self._own(place, network, optimizer), parts[place])

        return write

    def _begin_to_keep(self, kept: Sequence[Kept], memories: Sequence[Tensor]) -> None:
        rows = _packed(memories)
        views = iter(_unpacked(rows, memories))
        self.kept = [{name: next(views) for name in one} for one in kept]
        self._rows += rows
        self._parts = [[] for _ in self._parts]  # made anew, with what is kept

    def _own(self, place: int, network: Network, optimizer: Optimizer) -> list[Tensor]:
        """A variant's part of all rows."""
        if not self._parts[place]:
            if any(self.kept):
                parameters = dict(network.named_parameters())
                for name, memory in zip(self.weight_names, self.kept, strict=True):
                    optimizer.state[parameters[name]] = {key: value[place] for key, value in memory.items()}
            self._parts[place] = [row[place] for row in self._rows]
        return self._parts[place]

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
