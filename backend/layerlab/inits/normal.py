"""A normal distribution of a given spread, whatever the size of the layer."""

import torch
from layerlab_schemas.base import NonNegative, Number
from pydantic import Field
from torch import Tensor, nn

from layerlab.inits.base import Follows, InitKind
from layerlab.params import Params


class NormalParams(Params):
    """Fields of ``normal``, named as in ``nn.init.normal_``."""

    std: NonNegative = Field(default=0.01, description="Standard deviation.")
    mean: Number = Field(default=0.0, description="Mean.")


class Normal(InitKind[NormalParams]):
    """N(mean, std²). The default spread is that of AlexNet; too small or too large shows in deep nets at once."""

    kind = "normal"
    title = "Normal"
    help = "Normal numbers of one spread for every layer. Too small: the signal dies. Too large: units saturate."
    formula = r"W \sim \mathcal{N}(\mu, \sigma^2)"
    source = "A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet classification, NIPS 2012"
    group = "fixed"
    aliases = ("gaussian",)
    Params = NormalParams
    example = {"scheme": "normal", "std": 0.01}

    def fill(self, params: NormalParams, weight: Tensor, *, follows: Follows, generator: torch.Generator) -> None:
        """Draws from N(mean, std²)."""
        nn.init.normal_(weight, mean=params.mean, std=params.std, generator=generator)
