"""Images drawn from the distance to a form: a pixel is covered as far as the form reaches into it."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import torch
from layerlab_schemas.base import Fraction, NonNegative, PositiveCount
from pydantic import Field, field_validator
from torch import Tensor

from layerlab.datasets.base import limit_numbers
from layerlab.registry import Params


class DrawnParams(Params):
    """Fields of all drawn images."""

    size: Annotated[PositiveCount, Field(ge=8, le=64)] = Field(default=32, description="Pixels of a side.")
    colour: Literal["grey", "colour"] = Field(
        default="grey", description="One channel, or three with a colour for the form and one for the ground."
    )
    samples: Annotated[PositiveCount, Field(ge=10, le=20_000)] = Field(
        default=2000, description="How many images, the classes in equal parts."
    )
    position: Annotated[NonNegative, Field(le=1)] = Field(
        default=1.0, description="How far a form may lie from the middle: 0 not at all, 1 to the edge."
    )
    scale: Fraction = Field(default=0.5, description="How much smaller a form may be: 0 all of one size, 0.5 to half.")
    rotation: Annotated[NonNegative, Field(le=180)] = Field(
        default=180, description="Degrees that a form may be turned to either side."
    )
    noise: Annotated[NonNegative, Field(le=1)] = Field(
        default=0.05, description="Standard deviation of the noise on each pixel; pixels run from 0 to 1."
    )

    @field_validator("samples")
    @classmethod
    def _fits(cls, samples: int, info: Any) -> int:
        channels = 3 if info.data.get("colour") == "colour" else 1
        return limit_numbers(samples, channels * info.data.get("size", 1) ** 2)


@dataclass(frozen=True)
class Placed:
    """Where each form lies.

    Attributes:
        x: [N, H, W], place of each pixel on the form's own plane, where it reaches from about −1 to 1.
        y: The same, upwards.
        radius: [N, 1, 1] pixels that 1 stands for.
    """

    x: Tensor
    y: Tensor
    radius: Tensor

    def at(self, index_m: Tensor) -> "Placed":
        """The same for some of the samples."""
        return Placed(self.x[index_m], self.y[index_m], self.radius[index_m])


def place(params: DrawnParams, generator: torch.Generator) -> Placed:
    """Draws position, size and turn of each form."""
    count, size = params.samples, params.size

    def chance() -> Tensor:
        return torch.rand(count, 1, 1, generator=generator)

    radius_n11 = 0.42 * size * (1 - params.scale * chance())
    free_n11 = params.position * (size / 2 - radius_n11)
    middle_x, middle_y = (size / 2 + free_n11 * (2 * chance() - 1) for _ in range(2))
    angle_n11 = math.radians(params.rotation) * (2 * chance() - 1)
    pixel = torch.arange(size) + 0.5
    across_nhw = (pixel[None, None, :] - middle_x) / radius_n11
    up_nhw = (middle_y - pixel[None, :, None]) / radius_n11
    cos, sin = angle_n11.cos(), angle_n11.sin()
    return Placed(cos * across_nhw + sin * up_nhw, cos * up_nhw - sin * across_nhw, radius_n11)


def paint(distance_nhw: Tensor, placed: Placed, params: DrawnParams, generator: torch.Generator) -> Tensor:
    """[N, 1 or 3, H, W] of 0…1: a bright form on dark ground, and noise.

    Args:
        distance_nhw: To the form's edge on its own plane, below 0 inside.
        placed: Says how many pixels that is.
        params: Colour and noise.
        generator: Where the chance comes from.
    """
    cover_n1hw = (0.5 - distance_nhw * placed.radius).clamp(0, 1)[:, None]
    shape = (len(distance_nhw), 3 if params.colour == "colour" else 1, 1, 1)
    ground = 0.4 * torch.rand(shape, generator=generator)
    ink = 0.4 * torch.rand(shape, generator=generator) + 0.2
    # Another channel is the full one from image to image, so that colours differ and all forms stand out.
    full = torch.randint(shape[1], (shape[0], 1, 1, 1), generator=generator)
    ink = torch.where(torch.arange(shape[1])[None, :, None, None] == full, ink + 0.4, ink)
    image = ground + cover_n1hw * (ink - ground)
    return (image + params.noise * torch.randn(image.shape, generator=generator)).clamp(0, 1)


def even_classes(samples: int, classes: int, generator: torch.Generator) -> Tensor:
    """[N] class numbers in equal parts, mixed."""
    return (torch.arange(samples) % classes)[torch.randperm(samples, generator=generator)]
