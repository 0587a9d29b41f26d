"""Rubber sheets: every pixel moves its own way, and neighbours nearly alike."""

import math
from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import NonNegative, Positive
from pydantic import Field
from torch import Tensor

from layerlab.augment.base import AugmentKind
from layerlab.augment.warping import WarpParams


class ElasticParams(WarpParams):
    """How far pixels move, and over how far they move alike."""

    alpha: Annotated[NonNegative, Field(le=0.5)] = Field(
        default=0.05, description="Standard deviation of the shifts, as a share of the side; Simard's come to 0.05."
    )
    sigma: Annotated[Positive, Field(ge=0.02, le=0.5)] = Field(
        default=0.14, description="Width of the bell that smooths the field, in sides; Simard's 4 of 29 are 0.14."
    )


class Elastic(AugmentKind[ElasticParams]):
    """Bent like a rubber sheet: a field of shifts, drawn evenly from −1 to 1, smoothed by a Gaussian, times a strength.

    Handwriting varies much like that, which is why it did so well on MNIST. Simard scales the smoothed field by 34
    (σ = 4, images of 29 pixels), which makes shifts of 1.4 pixels. Here the strength is told as what comes out, so
    that it means the same for images of any size.
    """

    kind = "elastic"
    title = "Elastic deformation"
    help = "Bent like a rubber sheet, as handwriting varies: a random field of shifts, smoothed by a Gaussian."
    formula = (
        r"x'(u) = x\big(u + \tfrac{\alpha \sqrt 3}{\lVert G_\sigma \rVert}\, (G_\sigma * \xi)(u)\big),"
        r"\quad \xi \sim U(-1, 1)^2"
    )
    source = "P. Simard, D. Steinkraus, J. Platt, Best practices for CNNs applied to visual document analysis (2003)"
    group = "Geometry"
    takes = ("image", "video")
    aliases = ("elastic_deformation",)
    Params = ElasticParams
    example: ClassVar[dict[str, Any]] = {"kind": "elastic", "alpha": 0.05, "sigma": 0.14}

    def change(self, params: ElasticParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """A field a sample; the field is smoothed with zeros around it, so that the border moves less."""
        from kornia.geometry.transform import elastic_transform2d

        flat = inputs.flatten(1, -3)
        height, width = flat.shape[-2:]
        sigmas = (params.sigma * height, params.sigma * width)
        sizes = (2 * math.ceil(3 * sigmas[0]) + 1, 2 * math.ceil(3 * sigmas[1]) + 1)
        field = (torch.rand(len(flat), 2, height, width, generator=generator) * 2 - 1).to(flat.device)
        # On the grid that kornia reads, a side is 2 long.
        strength = 2 * params.alpha / _deviation(sizes, sigmas)
        bent = elastic_transform2d(flat, field, sizes, sigmas, (strength, strength), padding_mode=params.padding_mode)
        return bent.reshape(inputs.shape)


def _deviation(sizes: tuple[int, int], sigmas: tuple[float, float]) -> float:
    """Standard deviation of draws from U(−1, 1) that a Gaussian kernel has smoothed: its norm over √3."""
    from kornia.filters import get_gaussian_kernel1d

    norms = [float(get_gaussian_kernel1d(size, sigma).norm()) for size, sigma in zip(sizes, sigmas, strict=True)]
    return norms[0] * norms[1] / math.sqrt(3)
