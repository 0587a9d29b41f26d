"""Xavier (Glorot): keeps the variance of signals and gradients alike through linear or tanh layers."""

from collections.abc import Sequence

import torch
from layerlab_schemas.base import NonNegative
from pydantic import Field
from torch import Tensor, nn

from layerlab.inits.base import Follows, InitKind, fans
from layerlab.params import Params

_SOURCE = "X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward networks, AISTATS 2010"


class XavierParams(Params):
    """Fields of both schemes, named as in ``nn.init.xavier_normal_``."""

    gain: NonNegative = Field(
        default=1.0, description="Factor on the spread; 5/3 is usual before tanh, √2 before ReLU."
    )


class XavierUniform(InitKind[XavierParams]):
    """U(−a, a) with a = gain · √(6 / (fan_in + fan_out))."""

    kind = "xavier_uniform"
    title = "Xavier uniform"
    help = "Uniform numbers whose spread fits the inputs and outputs of the layer; made for tanh and sigmoid."
    formula = r"W \sim \mathcal{U}(-a, a), \quad a = g \sqrt{\frac{6}{n_{\mathrm{in}} + n_{\mathrm{out}}}}"
    source = _SOURCE
    group = "scaled"
    aliases = ("glorot_uniform",)
    Params = XavierParams
    example = {"scheme": "xavier_uniform"}
    uses_fans = True

    def fill(self, params: XavierParams, weight: Tensor, *, follows: Follows, generator: torch.Generator) -> None:
        """As ``nn.init.xavier_uniform_``."""
        nn.init.xavier_uniform_(weight, gain=params.gain, generator=generator)

    def variance(self, params: XavierParams, shape: Sequence[int], follows: Follows) -> float | None:
        """2 g² / (n_in + n_out)."""
        return 2 * params.gain**2 / sum(fans(shape))


class XavierNormal(InitKind[XavierParams]):
    """N(0, σ²) with σ = gain · √(2 / (fan_in + fan_out))."""

    kind = "xavier_normal"
    title = "Xavier normal"
    help = "Normal numbers whose spread fits the inputs and outputs of the layer; made for tanh and sigmoid."
    formula = r"W \sim \mathcal{N}(0, \sigma^2), \quad \sigma = g \sqrt{\frac{2}{n_{\mathrm{in}} + n_{\mathrm{out}}}}"
    source = _SOURCE
    group = "scaled"
    aliases = ("glorot_normal",)
    Params = XavierParams
    example = {"scheme": "xavier_normal"}
    uses_fans = True

    def fill(self, params: XavierParams, weight: Tensor, *, follows: Follows, generator: torch.Generator) -> None:
        """As ``nn.init.xavier_normal_``."""
        nn.init.xavier_normal_(weight, gain=params.gain, generator=generator)

    def variance(self, params: XavierParams, shape: Sequence[int], follows: Follows) -> float | None:
        """2 g² / (n_in + n_out)."""
        return 2 * params.gain**2 / sum(fans(shape))
