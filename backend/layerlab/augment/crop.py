"""A part of the image in place of the whole, at the size that the network reads."""

from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import NonNegative, Positive
from pydantic import Field
from torch import Tensor

from layerlab.augment.base import AugmentKind
from layerlab.augment.drawn import uniform_b
from layerlab.augment.warping import WarpParams, warp


class RandomCropParams(WarpParams):
    """How much is put around before the crop."""

    padding: Annotated[NonNegative, Field(le=0.5)] = Field(
        default=0.125, description="Put on each side before, as a share of the side: 4 of 32 pixels is 0.125."
    )


class RandomCrop(AugmentKind[RandomCropParams]):
    """Padded all round, then a window of the old size cut out anywhere: a shift by whole pixels, without blur."""

    kind = "random_crop"
    title = "Padding and random crop"
    help = "Padded all round, then a window of the old size is cut out anywhere: the usual one for CIFAR-10."
    formula = r"x'_{i,j} = \operatorname{pad}_P(x)_{i+a,\,j+b},\quad a, b \in \{0, \dots, 2P\}"
    source = "K. He et al., Deep residual learning for image recognition (2016), section 4.2"
    group = "Geometry"
    takes = ("image", "video")
    Params = RandomCropParams
    example: ClassVar[dict[str, Any]] = {"kind": "random_crop", "padding": 0.125}

    def change(self, params: RandomCropParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """One window a sample."""
        pads = [round(params.padding * size) for size in inputs.shape[-2:]]
        offsets = [torch.randint(-pad, pad + 1, (len(inputs),), generator=generator) for pad in pads]
        rows_bh, columns_bw = (
            (torch.arange(size) + offset_b[:, None]).to(inputs.device)
            for size, offset_b in zip(inputs.shape[-2:], offsets, strict=True)
        )
        return _read(inputs, rows_bh, columns_bw, params.padding_mode)


def _read(inputs: Tensor, rows_bh: Tensor, columns_bw: Tensor, padding_mode: str) -> Tensor:
    """The pixels at these rows and columns, which may lie outside."""
    height, width = inputs.shape[-2:]
    flat = inputs.flatten(1, -3)
    inside_rows, inside_columns = _inside(rows_bh, height, padding_mode), _inside(columns_bw, width, padding_mode)
    sample_b11 = torch.arange(len(flat), device=flat.device)[:, None, None]
    found = flat.permute(0, 2, 3, 1)[sample_b11, inside_rows[:, :, None], inside_columns[:, None, :]]
    if padding_mode == "zeros":
        is_in = ((rows_bh >= 0) & (rows_bh < height))[:, :, None] & ((columns_bw >= 0) & (columns_bw < width))[:, None]
        found = found * is_in[..., None]
    return found.permute(0, 3, 1, 2).reshape(inputs.shape)


def _inside(places: Tensor, size: int, padding_mode: str) -> Tensor:
    """Places brought back into 0 … size − 1; reflection is about the edge pixels' middles, as in ``F.pad``."""
    if padding_mode == "reflection" and size > 1:
        period = 2 * (size - 1)
        folded = places.remainder(period)
        return torch.minimum(folded, period - folded)
    return places.clamp(0, size - 1)


class RandomResizedCropParams(WarpParams):
    """How small and how oblong the part may be."""

    scale: Annotated[Positive, Field(le=1)] = Field(
        default=0.5, description="Least share of the area that is kept; the share is drawn evenly up to 1."
    )
    ratio: Annotated[float, Field(ge=1, le=4)] = Field(
        default=1.33, description="Most that one side of the part is longer than the other, relative to the image."
    )


class RandomResizedCrop(AugmentKind[RandomResizedCropParams]):
    """A part of any place, area and shape, scaled up to the whole size.

    Area and aspect are drawn as in Inception; a side that would be longer than the image's is cut to it.
    """

    kind = "random_resized_crop"
    title = "Random crop and resize"
    help = "A part of any place, area and shape, scaled up to the whole size: things look larger, and are cut off."
    formula = (
        r"w = \sqrt{a r}\,W,\ h = \sqrt{a / r}\,H,\quad a \sim U(s, 1),\ \ln r \sim U(-\ln r_{\max}, \ln r_{\max})"
    )
    source = "C. Szegedy et al., Going deeper with convolutions (2015), section 6"
    group = "Geometry"
    takes = ("image", "video")
    Params = RandomResizedCropParams
    example: ClassVar[dict[str, Any]] = {"kind": "random_resized_crop", "scale": 0.5}

    def change(self, params: RandomResizedCropParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """One part a sample."""
        height, width = inputs.shape[-2:]
        area_b = uniform_b(params.scale, 1.0, inputs, generator)
        aspect_b = params.ratio ** uniform_b(-1.0, 1.0, inputs, generator)
        shares_b2 = torch.stack([(area_b * aspect_b).sqrt(), (area_b / aspect_b).sqrt()], 1).clamp(max=1.0)
        places = torch.stack([uniform_b(-0.5, 0.5, inputs, generator) for _ in "xy"], 1)
        # The middle of the part, as shares of the image away from its middle: wherever it fits.
        middle_b2 = places * (1 - shares_b2)
        pixels = inputs.new_tensor([width, height])
        # Scaled about the middle of the image, the part's middle comes to lie off by so many pixels.
        shift_b2 = -middle_b2 * pixels / shares_b2
        return warp(inputs, params.padding_mode, shift_b2=shift_b2, scale_b2=1 / shares_b2)
