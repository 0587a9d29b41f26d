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
        self.weights = [torch.stack([one[name].detach() for one in parameters]) for name in self.weight_names]
        self.buffers = [torch.stack([one[name] for one in buffers]) for name in self.buffer_names]
        self.kept: list[Kept] = [{} for _ in self.weights]
        self._views: list[list[Tensor]] = [[] for _ in networks]
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
        if not any(self.kept) and any(kept):
            self.kept = [{name: value.clone() for name, value in one.items()} for one in kept]
            self._views = [[] for _ in self._views]  # made anew, with what is kept
        later = [*weights, *buffers, *(value for one in kept for value in one.values())]
        parts = list(zip(*(values.unbind() for values in later), strict=True))

        def write(place: int, network: Network, optimizer: Optimizer) -> None:
            torch._foreach_copy_(self._own(place, network, optimizer), parts[place])

        return write

    def _own(self, place: int, network: Network, optimizer: Optimizer) -> list[Tensor]:
        """All tensors of a variant, as views."""
        if not self._views[place]:
            kept = [{name: value[place] for name, value in one.items()} for one in self.kept]
            if any(kept):
                parameters = dict(network.named_parameters())
                for name, memory in zip(self.weight_names, kept, strict=True):
                    optimizer.state[parameters[name]] = dict(memory)
            stacked = [values[place] for values in (*self.weights, *self.buffers)]
            self._views[place] = [*stacked, *(value for one in kept for value in one.values())]
        return self._views[place]

    def release(self, network: Network, optimizer: Optimizer) -> None:
        """Give a variant tensors of its own; its part of the stack is nobody's from now on."""
        for tensor in (*network.parameters(), *network.buffers()):
            tensor.data = tensor.detach().clone()
        for memory in optimizer.state.values():
            memory.update({key: value.clone() for key, value in memory.items() if isinstance(value, Tensor)})
