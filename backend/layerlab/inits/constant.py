"""Schemes that draw nothing."""

from collections.abc import Sequence

import torch
from layerlab_schemas.base import Number
from pydantic import Field
from torch import Tensor, nn

from layerlab.inits.base import Follows, InitKind
from layerlab.params import Params


class ZerosParams(Params):
    """``zeros`` has no fields."""


class Zeros(InitKind[ZerosParams]):
    """Every weight 0: all units of a layer stay equal, so the net never learns more than one unit could."""

    kind = "zeros"
    title = "Zeros"
    help = "Every weight starts at 0. All units of a layer then stay alike: a net that cannot learn, worth seeing once."
    formula = r"W = 0"
    source = "PyTorch, torch.nn.init.zeros_"
    group = "fixed"
    Params = ZerosParams
    example = {"scheme": "zeros"}

    def fill(self, params: ZerosParams, weight: Tensor, *, follows: Follows, generator: torch.Generator) -> None:
        """All 0."""
        nn.init.zeros_(weight)

    def variance(self, params: ZerosParams, shape: Sequence[int], follows: Follows) -> float | None:
        """0."""
        return 0.0


class ConstantParams(Params):
    """Fields of ``constant``, named as in ``nn.init.constant_``."""

    val: Number = Field(default=0.1, description="The value of every weight.")


class Constant(InitKind[ConstantParams]):
    """Every weight the same, so all units of a layer are the same unit, as with zeros; but gradients flow."""

    kind = "constant"
    title = "Constant"
    help = "Every weight starts at one value. All units of a layer are alike and stay so: a net of one unit a layer."
    formula = r"W = c"
    source = "PyTorch, torch.nn.init.constant_"
    group = "fixed"
    Params = ConstantParams
    example = {"scheme": "constant", "val": 0.1}

    def fill(self, params: ConstantParams, weight: Tensor, *, follows: Follows, generator: torch.Generator) -> None:
        """All ``val``."""
        nn.init.constant_(weight, params.val)

    def variance(self, params: ConstantParams, shape: Sequence[int], follows: Follows) -> float | None:
        """0 where all are 0."""
        return 0.0 if params.val == 0 else None
