"""Kaiming (He): keeps the variance of the signal through layers with ReLU."""

from collections.abc import Sequence
from typing import Any, Literal

import torch
from layerlab_schemas.base import Number
from pydantic import Field
from torch import Tensor, nn

from layerlab.inits.base import Follows, InitKind, fans
from layerlab.params import Params

_SOURCE = "K. He, X. Zhang, S. Ren, J. Sun, Delving deep into rectifiers, ICCV 2015"


class KaimingParams(Params):
    """Fields of both schemes, named as in ``nn.init.kaiming_normal_``."""

    mode: Literal["fan_in", "fan_out"] = Field(
        default="fan_in", description="Keep the variance of the signal (fan_in) or of the gradient (fan_out)."
    )
    nonlinearity: Literal["auto", "linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu"] = Field(
        default="auto",
        description="Activation that the gain is for; auto: the one that follows, ReLU when there is none.",
    )
    a: Number | None = Field(default=None, description="Negative slope for leaky_relu; left out, that of the layer.")

    def arguments(self, follows: Follows) -> dict[str, Any]:
        """Arguments of PyTorch's function."""
        is_auto = self.nonlinearity == "auto"
        slope = follows.slope if is_auto else 0.0
        return {
            "a": slope if self.a is None else self.a,
            "mode": self.mode,
            "nonlinearity": follows.nonlinearity if is_auto else self.nonlinearity,
        }

    def variance(self, shape: Sequence[int], follows: Follows) -> float:
        """g² / n, for both distributions."""
        arguments = self.arguments(follows)
        gain = nn.init.calculate_gain(arguments["nonlinearity"], arguments["a"])
        return float(gain**2 / fans(shape)[0 if self.mode == "fan_in" else 1])


class KaimingUniform(InitKind[KaimingParams]):
    """U(−a, a) with a = gain · √(3 / fan)."""

    kind = "kaiming_uniform"
    title = "Kaiming uniform"
    help = "Uniform numbers with twice the variance of Xavier's, since ReLU stops half the signal."
    formula = r"W \sim \mathcal{U}(-a, a), \quad a = g \sqrt{\frac{3}{n}}, \quad g_{\mathrm{ReLU}} = \sqrt{2}"
    source = _SOURCE
    group = "scaled"
    aliases = ("he_uniform",)
    Params = KaimingParams
    example = {"scheme": "kaiming_uniform"}
    uses_fans = True

    def fill(self, params: KaimingParams, weight: Tensor, *, follows: Follows, generator: torch.Generator) -> None:
        """As ``nn.init.kaiming_uniform_``."""
        nn.init.kaiming_uniform_(weight, **params.arguments(follows), generator=generator)

    def variance(self, params: KaimingParams, shape: Sequence[int], follows: Follows) -> float | None:
        """g² / n."""
        return params.variance(shape, follows)


class KaimingNormal(InitKind[KaimingParams]):
    """N(0, σ²) with σ = gain / √fan."""

    kind = "kaiming_normal"
    title = "Kaiming normal"
    help = "Normal numbers with twice the variance of Xavier's, since ReLU stops half the signal."
    formula = r"W \sim \mathcal{N}(0, \sigma^2), \quad \sigma = \frac{g}{\sqrt{n}}, \quad g_{\mathrm{ReLU}} = \sqrt{2}"
    source = _SOURCE
    group = "scaled"
    aliases = ("he_normal",)
    Params = KaimingParams
    example = {"scheme": "kaiming_normal"}
    uses_fans = True

    def fill(self, params: KaimingParams, weight: Tensor, *, follows: Follows, generator: torch.Generator) -> None:
        """As ``nn.init.kaiming_normal_``."""
        nn.init.kaiming_normal_(weight, **params.arguments(follows), generator=generator)

    def variance(self, params: KaimingParams, shape: Sequence[int], follows: Follows) -> float | None:
        """g² / n."""
        return params.variance(shape, follows)
