"""The limit on the norm of the gradient."""

from collections.abc import Iterable

from torch import Tensor
from torch.nn.utils import clip_grad_norm_


def clip_gradient(parameters: Iterable[Tensor], largest_norm: float) -> None:
    """Scale all gradients together so that their joint L2 norm is at most ``largest_norm`` (Pascanu et al. 2013)."""
    clip_grad_norm_(parameters, largest_norm)
