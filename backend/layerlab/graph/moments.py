"""Mean and mean square of numbers, and what an activation makes of normal ones."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

#: Standard normal numbers and their weights, for an integral by the trapezoid rule; exact to 1e-6 for a ReLU.
_Z = torch.linspace(-8, 8, 2001, dtype=torch.float64)
_WEIGHTS = torch.exp(-_Z.square() / 2) / torch.exp(-_Z.square() / 2).sum()


@dataclass(frozen=True)
class Moments:
    """Of all numbers that a node gives, over samples and units. NaN where there is no honest rule.

    Attributes:
        mean: E[x].
        square: E[x²].
        is_normal: They are distributed nearly as a normal number, being sums of many.
    """

    mean: float
    square: float
    is_normal: bool = False

    @property
    def variance(self) -> float:
        """E[x²] − E[x]²."""
        return max(0.0, self.square - self.mean**2) if math.isfinite(self.square) else self.square

    @property
    def std(self) -> float | None:
        """Standard deviation; None where it is not known, or too large to be a number."""
        std = math.sqrt(self.variance) if self.variance >= 0 else math.nan
        return std if math.isfinite(std) and math.isfinite(self.mean) else None


UNKNOWN = Moments(math.nan, math.nan)


@torch.no_grad()
def after(function: Callable[[Tensor], Tensor], x: Moments) -> Moments:
    """Of ``function`` of normal numbers, element by element."""
    if not x.is_normal or x.std is None:
        return UNKNOWN
    y = function(x.mean + x.std * _Z)
    return Moments(float((_WEIGHTS * y).sum()), float((_WEIGHTS * y.square()).sum()))
