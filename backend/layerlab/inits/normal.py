"""A normal distribution of a given spread, whatever the size of the layer."""

from collections.abc import Sequence

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

    def variance(self, params: NormalParams, shape: Sequence[int], follows: Follows) -> float | None:
        """std²."""
        return params.std**2 if params.mean == 0 else None


class DcganParams(Params):
    """The spread of both."""

    std: NonNegative = Field(default=0.02, description="Standard deviation of weights, and of norm scales around 1.")


class Dcgan(InitKind[DcganParams]):
    """The start of DCGAN: weights N(0, 0.02²), norm scales γ N(1, 0.02²), norm shifts 0. Needs norms to work."""

    kind = "dcgan"
    title = "DCGAN"
    help = "Weights N(0, 0.02²) and norm scales N(1, 0.02²), as generative nets of images start; it needs norms."
    formula = r"W \sim \mathcal{N}(0, \sigma^2), \quad \gamma \sim \mathcal{N}(1, \sigma^2), \quad \beta = 0"
    source = "A. Radford, L. Metz, S. Chintala, Unsupervised representation learning with DCGAN, ICLR 2016"
    group = "fixed"
    Params = DcganParams
    example = {"scheme": "dcgan"}

    def fill(self, params: DcganParams, weight: Tensor, *, follows: Follows, generator: torch.Generator) -> None:
        """Draws from N(0, std²)."""
        nn.init.normal_(weight, 0.0, params.std, generator=generator)

    def variance(self, params: DcganParams, shape: Sequence[int], follows: Follows) -> float | None:
        """std²."""
        return params.std**2

    def fill_norm_scale(self, params: DcganParams, scale: Tensor, generator: torch.Generator) -> None:
        """Draws from N(1, std²)."""
        nn.init.normal_(scale, 1.0, params.std, generator=generator)
