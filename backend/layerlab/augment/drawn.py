"""Chance by sample: one number for each, from a generator on the CPU, where the samples are."""

import torch
from torch import Tensor


def uniform_b(low: float, high: float, inputs: Tensor, generator: torch.Generator) -> Tensor:
    """[B] numbers spread evenly from ``low`` to ``high``, on the device of ``inputs`` [B, …]."""
    return (torch.rand(len(inputs), generator=generator) * (high - low) + low).to(inputs.device)


def factor_b(spread: float, inputs: Tensor, generator: torch.Generator) -> Tensor:
    """[B] factors from 1 / (1 + spread) to 1 + spread, as often above 1 as below."""
    exponent_b = uniform_b(-1.0, 1.0, inputs, generator)
    return (1.0 + spread) ** exponent_b


def by_sample(number_b: Tensor, inputs: Tensor) -> Tensor:
    """[B] as [B, 1, …], to go with ``inputs`` [B, …]."""
    return number_b.reshape(-1, *[1] * (inputs.ndim - 1))
