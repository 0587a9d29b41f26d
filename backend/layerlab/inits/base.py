"""What an init scheme is: fields, a rule that fills one weight matrix or kernel, and the variance that it gives."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import ClassVar, Generic, TypeVar

import torch
from layerlab_schemas.catalog import Family
from torch import Tensor

from layerlab.params import Params
from layerlab.registry import Kind

P = TypeVar("P", bound=Params)


@dataclass(frozen=True)
class Follows:
    """The activation that follows a weight, by its name in ``torch.nn.init.calculate_gain``.

    ``slope`` is the negative slope of a leaky ReLU. A scheme whose ``nonlinearity`` is "auto" goes by it.
    """

    nonlinearity: str = "relu"
    slope: float = 0.0


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """Inputs and outputs of one unit: of a kernel [out, in / groups, …], both times its area."""
    area = prod(shape[2:])
    return shape[1] * area, shape[0] * area


class InitKind(Kind, Generic[P]):
    """One scheme. In a spec it is named by ``scheme``: ``{"scheme": "normal", "std": 0.01}``."""

    family = Family.INIT

    uses_fans: ClassVar[bool] = False
    """True where the spread depends on the number of inputs and outputs of the weight."""

    @abstractmethod
    def fill(self, params: P, weight: Tensor, *, follows: Follows, generator: torch.Generator) -> None:
        """Fill ``weight`` in place: [out, in] for a matrix, [out, in / groups, height, width] for a kernel.

        Draws from ``generator`` only.
        """

    @abstractmethod
    def variance(self, params: P, shape: Sequence[int], follows: Follows) -> float | None:
        """Variance of the numbers in a weight of this shape by theory; None where their mean is not 0."""

    def fill_norm_scale(self, params: P, scale: Tensor, generator: torch.Generator) -> None:
        """Fill the scale γ of a norm, which is 1 already; nearly all schemes leave it."""
