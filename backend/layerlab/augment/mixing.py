"""Two samples made one, with both labels."""

from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import Positive
from pydantic import Field
from torch import Tensor

from layerlab.augment.base import DrawnStrengthParams, MixKind


class MixParams(DrawnStrengthParams):
    """How even the shares are."""

    alpha: Annotated[Positive, Field(le=100)] = Field(
        default=0.4, description="Of the Beta distribution of the share: small ones leave most samples nearly whole."
    )


class CutMixParams(DrawnStrengthParams):
    """How even the shares are."""

    alpha: Annotated[Positive, Field(le=100)] = Field(
        default=1.0, description="Of the Beta distribution of the share; 1: every share is equally likely."
    )


def beta_b(num: int, alpha: float, generator: torch.Generator) -> Tensor:
    """[B] draws from Beta(α, α), as the share of one of two Gamma(α) draws."""
    concentrations = torch.full((num, 2), alpha, dtype=torch.float64)
    gamma_b2 = torch._standard_gamma(concentrations, generator=generator)
    share_b: Tensor = (gamma_b2[:, 0] / gamma_b2.sum(1).clamp(min=1e-300)).float()
    return share_b


class Mixup(MixKind[MixParams]):
    """A weighted mean of two samples, with the labels weighted in the same way.

    The network learns to answer evenly between samples, and is less sure of itself where it has seen nothing.
    """

    kind = "mixup"
    title = "Mixup"
    help = "The weighted mean of two images; the loss weighs both labels in the same way."
    formula = r"x' = \lambda x_i + (1-\lambda) x_j,\quad \lambda \sim \mathrm{Beta}(\alpha, \alpha)"
    source = "H. Zhang et al., mixup: beyond empirical risk minimization, ICLR 2018"
    group = "Mixing"
    takes = ("image", "video")
    Params = MixParams
    example: ClassVar[dict[str, Any]] = {"kind": "mixup", "alpha": 0.4}

    def blend(
        self, params: MixParams, inputs: Tensor, partners: Tensor, *, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """The weighted mean of each pair."""
        share_b = beta_b(len(inputs), params.alpha, generator).to(inputs.device)
        weight = share_b.reshape(-1, *[1] * (inputs.ndim - 1))
        return weight * inputs + (1 - weight) * partners, share_b


class CutMix(MixKind[CutMixParams]):
    """A rectangle of another sample pasted in; the labels have the shares of the areas."""

    kind = "cutmix"
    title = "CutMix"
    help = "A rectangle of another image is pasted in; the loss weighs both labels by area."
    formula = r"x' = M \odot x_i + (1-M) \odot x_j,\quad 1-\bar M \approx 1-\lambda"
    source = "S. Yun et al., CutMix: regularization strategy to train strong classifiers, ICCV 2019"
    group = "Mixing"
    takes = ("image", "video")
    Params = CutMixParams
    example: ClassVar[dict[str, Any]] = {"kind": "cutmix", "alpha": 1.0}

    def blend(
        self, params: CutMixParams, inputs: Tensor, partners: Tensor, *, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """The rectangle has the sides √(1 − λ) of the image's and any centre in it; what juts out is cut off."""
        height, width = inputs.shape[-2:]
        side_b = (1 - beta_b(len(inputs), params.alpha, generator)).sqrt()
        centre_b2 = torch.rand(len(inputs), 2, generator=generator)
        is_in_bh = _span(centre_b2[:, 0], side_b, height)
        is_in_bw = _span(centre_b2[:, 1], side_b, width)
        is_cut_bhw = (is_in_bh[:, :, None] & is_in_bw[:, None, :]).to(inputs.device)
        cut = is_cut_bhw.reshape(len(inputs), *[1] * (inputs.ndim - 3), height, width)
        return torch.where(cut, partners, inputs), 1 - is_cut_bhw.float().mean((1, 2))


def _span(centre_b: Tensor, side_b: Tensor, size: int) -> Tensor:
    """[B, size] True for the pixels of a stretch of the share ``side_b`` around ``centre_b``."""
    half_b, middle_b = (side_b * size / 2)[:, None], (centre_b * size)[:, None]
    place = torch.arange(size) + 0.5
    return (place >= middle_b - half_b) & (place < middle_b + half_b)
