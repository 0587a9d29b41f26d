"""The state at initialisation, kept aside: measured a little later it is still the state at initialisation."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from torch import Tensor, nn

#: Networks with more numbers than this are measured at once, for a copy of them takes time and memory too.
MOST_NUMBERS = 2_000_000


class Initial:
    """Copies of the weights, buffers and gradients that a network has now."""

    def __init__(self, network: nn.Module) -> None:
        self._tensors: list[Tensor] = [*network.parameters(), *network.buffers()]
        self._values = [tensor.detach().clone() for tensor in self._tensors]
        self._gradients = [_copied(tensor.grad) for tensor in self._tensors]

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The network as it was; afterwards as it is, in the very memory that it had."""
        now = [(tensor.data, tensor.grad) for tensor in self._tensors]
        try:
            _put(self._tensors, zip(self._values, self._gradients, strict=True))
            yield
        finally:
            _put(self._tensors, now)


def is_small(network: nn.Module) -> bool:
    """Whether a copy costs next to nothing."""
    return sum(tensor.numel() for tensor in (*network.parameters(), *network.buffers())) <= MOST_NUMBERS


def _copied(gradient: Tensor | None) -> Tensor | None:
    return None if gradient is None else gradient.clone()


def _put(tensors: list[Tensor], states: Iterable[tuple[Tensor, Tensor | None]]) -> None:
    for tensor, (values, gradient) in zip(tensors, states, strict=True):
        tensor.grad = None
        tensor.data = values
        tensor.grad = gradient
