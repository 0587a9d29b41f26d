"""Schemes that draw nothing."""

import torch
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
