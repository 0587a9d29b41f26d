"""Penalties and clipping as functions from tensors to tensors, to be traced, batched and compiled."""

from collections.abc import Sequence

import torch
from torch import Tensor

from layerlab.regularizers.penalties import penalized

#: Of ``torch.nn.utils.clip_grad_norm_``.
_CLIP_EPSILON = 1e-6


def pure_penalty(weights: Sequence[Tensor], *, l1: Tensor, l2: Tensor) -> Tensor:
    """What L1 and L2 add to the loss, a scalar; matrices and kernels alone count."""
    matrices = penalized(weights)
    nothing = torch.zeros((), device=l1.device)
    absolute = sum((weight.abs().sum() for weight in matrices), start=nothing)
    squares = sum((weight.square().sum() for weight in matrices), start=nothing)
    return l1 * absolute + l2 * squares / 2


def pure_gradient(weight: Tensor, gradient: Tensor, *, l1: Tensor, l2: Tensor) -> Tensor:
    """The gradient with that of the penalties."""
    return gradient + l2 * weight + l1 * weight.sign() if weight.ndim >= 2 else gradient


def pure_share(gradients: Sequence[Tensor], largest_norm: Tensor) -> Tensor:
    """What each gradient is multiplied by so that the norm of all of them is at most so large."""
    norm = torch.stack([gradient.norm() for gradient in gradients]).norm()
    share: Tensor = largest_norm / (norm + _CLIP_EPSILON)
    return share.clamp(max=1.0)
