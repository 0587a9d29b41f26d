"""L1 and L2 penalties on weight matrices and kernels.

Biases and the scales and shifts of norms (parameters of one dimension) are left alone: they do not make a function
wiggle (Goodfellow, Bengio, Courville 2016, Deep Learning, 7.1).
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor


def penalized(parameters: Iterable[Tensor]) -> list[Tensor]:
    """The parameters that a penalty acts on: those with at least two dimensions."""
    return [parameter for parameter in parameters if parameter.ndim >= 2]


@torch.no_grad()
def penalty(weights: Sequence[Tensor], *, l1: float, l2: float) -> float:
    """``l1`` times the sum of absolute weights, plus ``l2`` times half the sum of their squares."""
    absolute = sum(float(weight.abs().sum()) for weight in weights) if l1 else 0.0
    squares = sum(float(weight.square().sum()) for weight in weights) if l2 else 0.0
    return l1 * absolute + l2 * squares / 2


@torch.no_grad()
def add_gradient(weights: Sequence[Tensor], *, l1: float, l2: float) -> None:
    """Add the penalty's gradient, l1 · sign(w) + l2 · w, to the gradient of each weight that has one."""
    for weight in weights:
        if weight.grad is None:
            continue
        if l2:
            weight.grad.add_(weight, alpha=l2)
        if l1:
            weight.grad.add_(weight.sign(), alpha=l1)
