"""The weights, buffers and optimizer memories of all variants, each kind stacked along a first dimension [V, …]."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.optim import Optimizer

from layerlab.graph.network import Network
from layerlab.optimizers.base import Kept


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
        for place, network in enumerate(networks):
            self._show(network, place)

    def _show(self, network: Network, place: int) -> None:
        """Let a network read and write its part of the stack."""
        parameters, buffers = dict(network.named_parameters()), dict(network.named_buffers())
        for name, stacked in zip(self.weight_names, self.weights, strict=True):
            parameters[name].data = stacked[place]
        for name, stacked in zip(self.buffer_names, self.buffers, strict=True):
            buffers[name].data = stacked[place]

    def keep(self, kept: Sequence[Kept], holders: Mapping[int, tuple[Network, Optimizer]]) -> None:
        """What the optimizers keep from now on, by place of the variant; called once, after the first update."""
        self.kept = [{name: value.clone() for name, value in one.items()} for one in kept]
        for place, (network, optimizer) in holders.items():
            parameters = dict(network.named_parameters())
            for name, one in zip(self.weight_names, self.kept, strict=True):
                optimizer.state[parameters[name]] = {key: value[place] for key, value in one.items()}

    def write(self, weights: Sequence[Tensor], buffers: Sequence[Tensor], kept: Sequence[Kept]) -> None:
        """Put the values after an update in place; the optimizer keeps the same things of a weight each time."""
        now = [*self.weights, *self.buffers, *(value for one in self.kept for value in one.values())]
        later = [*weights, *buffers, *(value for one in kept for value in one.values())]
        if now:
            torch._foreach_copy_(now, later)

    def release(self, network: Network, optimizer: Optimizer) -> None:
        """Give a variant tensors of its own; its part of the stack is nobody's from now on."""
        for tensor in (*network.parameters(), *network.buffers()):
            tensor.data = tensor.detach().clone()
        for memory in optimizer.state.values():
            memory.update({key: value.clone() for key, value in memory.items() if isinstance(value, Tensor)})
