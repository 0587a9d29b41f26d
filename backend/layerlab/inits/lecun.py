"""LeCun: keeps the variance of the signal through linear layers."""

from collections.abc import Sequence
from math import sqrt
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from layerlab.inits.base import Follows, InitKind, fans
from layerlab.params import Params


class LecunParams(Params):
    """Which number of connections counts."""

    mode: Literal["fan_in", "fan_out"] = Field(
        default="fan_in", description="Keep the variance of the signal (fan_in) or of the gradient (fan_out)."
    )


class LecunNormal(InitKind[LecunParams]):
    """N(0, 1 / n): the oldest of its kind, Kaiming's without a gain."""

    kind = "lecun_normal"
    title = "LeCun normal"
    help = "Normal numbers of variance 1 / n for n inputs, which keeps the variance of a signal; made for tanh."
    formula = r"W \sim \mathcal{N}(0, \tfrac{1}{n})"
    source = "Y. LeCun et al., Efficient BackProp, in Neural Networks: Tricks of the Trade (1998)"
    group = "scaled"
    Params = LecunParams
    example = {"scheme": "lecun_normal"}
    uses_fans = True

    def fill(self, params: LecunParams, weight: Tensor, *, follows: Follows, generator: torch.Generator) -> None:
        """As ``nn.init.kaiming_normal_`` with a linear gain."""
        std = sqrt(self.variance(params, weight.shape, follows))
        nn.init.normal_(weight, 0.0, std, generator=generator)

    def variance(self, params: LecunParams, shape: Sequence[int], follows: Follows) -> float:
        """1 / n."""
        return 1 / fans(shape)[0 if params.mode == "fan_in" else 1]
