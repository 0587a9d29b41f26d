"""The limits on the gradient: of its norm, and of each of its numbers."""

from collections.abc import Iterable

from torch import Tensor
from torch.nn.utils import clip_grad_norm_, clip_grad_value_


def clip_gradient(parameters: Iterable[Tensor], largest_norm: float) -> None:
    """Scale all gradients together so that their joint L2 norm is at most ``largest_norm`` (Pascanu et al. 2013)."""
    clip_grad_norm_(parameters, largest_norm)


def clip_values(parameters: Iterable[Tensor], largest: float) -> None:
    """Cut each number of each gradient to −``largest`` … ``largest``, which turns the direction (Mikolov 2012)."""
    clip_grad_value_(parameters, largest)
