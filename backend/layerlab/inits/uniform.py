"""A uniform distribution of a given width, whatever the size of the layer."""

from collections.abc import Sequence

import torch
from layerlab_schemas.base import Number
from pydantic import Field, ValidationInfo, field_validator
from torch import Tensor, nn

from layerlab.inits.base import Follows, InitKind
from layerlab.params import Params


class UniformParams(Params):
    """Fields of ``uniform``, named as in ``nn.init.uniform_``."""

    a: Number = Field(default=-0.05, description="Lower end.")
    b: Number = Field(default=0.05, description="Upper end.")

    @field_validator("b")
    @classmethod
    def _above(cls, b: float, seen: ValidationInfo) -> float:
        if b < seen.data.get("a", b):
            raise ValueError("must be at least a")
        return b


class Uniform(InitKind[UniformParams]):
    """U(a, b). As with ``normal``, one width cannot fit layers of all sizes."""

    kind = "uniform"
    title = "Uniform"
    help = "Uniform numbers of one width for every layer. Too narrow: the signal dies. Too wide: units saturate."
    formula = r"W \sim \mathcal{U}(a, b)"
    source = "PyTorch, torch.nn.init.uniform_"
    group = "fixed"
    Params = UniformParams
    example = {"scheme": "uniform", "a": -0.1, "b": 0.1}

    def fill(self, params: UniformParams, weight: Tensor, *, follows: Follows, generator: torch.Generator) -> None:
        """Draws from U(a, b)."""
        nn.init.uniform_(weight, params.a, params.b, generator=generator)

    def variance(self, params: UniformParams, shape: Sequence[int], follows: Follows) -> float | None:
        """(b − a)² / 12."""
        return (params.b - params.a) ** 2 / 12 if params.a == -params.b else None
