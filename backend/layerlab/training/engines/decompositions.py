"""What the tracer puts in the place of operations: small products as loops, batch norm without hidden writes."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload

#: Multiply-adds of a product up to which plain loops were faster than a call of the matrix library, on one thread.
MOST_MULTIPLY_ADDS = 32_768

aten = torch.ops.aten


def decompositions() -> dict[OpOverload[..., Any], Callable[..., Any]]:
    """For ``make_fx``; larger products are left as they are."""
    return {
        aten.mm.default: _mm,
        aten.addmm.default: _addmm,
        aten.bmm.default: _bmm,
        aten.native_batch_norm.default: _batch_norm,
    }


def _mm(left: Tensor, right: Tensor) -> Any:
    """[N, K] · [K, M]."""
    if left.shape[0] * left.shape[1] * right.shape[1] > MOST_MULTIPLY_ADDS:
        return NotImplemented
    return (left[:, :, None] * right[None]).sum(1)


def _addmm(bias: Tensor, left: Tensor, right: Tensor, *, beta: float = 1, alpha: float = 1) -> Any:
    if beta != 1 or alpha != 1 or left.shape[0] * left.shape[1] * right.shape[1] > MOST_MULTIPLY_ADDS:
        return NotImplemented
    return bias + (left[:, :, None] * right[None]).sum(1)


def _bmm(left: Tensor, right: Tensor) -> Any:
    """[B, N, K] · [B, K, M]."""
    if left.numel() * right.shape[2] > MOST_MULTIPLY_ADDS:
        return NotImplemented
    return (left[:, :, :, None] * right[:, None]).sum(2)


def _batch_norm(
    x: Tensor, weight: Tensor | None, bias: Tensor | None, mean: Tensor | None, variance: Tensor | None,
    training: bool, momentum: float, eps: float,
) -> Any:  # fmt: skip
    """PyTorch's writes the running statistics where its signature does not say so; here they are copied in plain."""
    if mean is None or variance is None:
        return aten._native_batch_norm_legit.no_stats(x, weight, bias, training, momentum, eps)
    found = aten._native_batch_norm_legit_functional(x, weight, bias, mean, variance, training, momentum, eps)
    output, batch_mean, batch_scale, new_mean, new_variance = found
    mean.copy_(new_mean)
    variance.copy_(new_variance)
    return output, batch_mean, batch_scale
