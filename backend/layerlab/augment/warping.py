"""Images moved, turned and bent as a whole; kornia reads the pixels between pixels."""

from typing import Annotated, Literal

import torch
from layerlab_schemas.base import NonNegative
from pydantic import Field
from torch import Tensor

from layerlab.augment.base import AugmentParams

PaddingMode = Literal["zeros", "border", "reflection"]


class WarpParams(AugmentParams):
    """Fields of every change that moves pixels; its strength is drawn, so that it may come out small."""

    p: Annotated[NonNegative, Field(le=1)] = Field(default=1.0, description="Chance that a sample is changed.")
    padding_mode: PaddingMode = Field(
        default="zeros",
        description="What comes in from outside: zeros (black), border (the edge repeated), or reflection.",
    )


def warp(
    inputs: Tensor,
    padding_mode: str,
    *,
    angle_b: Tensor | None = None,
    shift_b2: Tensor | None = None,
    scale_b2: Tensor | None = None,
    shear_b2: Tensor | None = None,
) -> Tensor:
    """Each sample sheared, turned and scaled about its middle, then moved; all frames of a clip alike.

    Args:
        inputs: [B, C, H, W] or [B, T, C, H, W].
        padding_mode: What comes in from outside.
        angle_b: [B] degrees, clockwise.
        shift_b2: [B, 2] pixels to the right and down.
        scale_b2: [B, 2] factors along x and y; above 1 enlarges.
        shear_b2: [B, 2] degrees along x and y.
    """
    from kornia.geometry.transform import get_affine_matrix2d, warp_affine

    flat = inputs.flatten(1, -3)
    height, width = flat.shape[-2:]
    nothing = flat.new_zeros(len(flat))
    middle = flat.new_tensor([(width - 1) / 2, (height - 1) / 2]).expand(len(flat), 2)
    shear = None if shear_b2 is None else torch.deg2rad(shear_b2)
    matrix = get_affine_matrix2d(
        nothing[:, None].expand(-1, 2) if shift_b2 is None else shift_b2,
        middle,
        torch.ones_like(middle) if scale_b2 is None else scale_b2,
        nothing if angle_b is None else angle_b,
        None if shear is None else shear[:, 0],
        None if shear is None else shear[:, 1],
    )
    moved = warp_affine(flat, matrix[:, :2], (height, width), padding_mode=padding_mode)
    return moved.reshape(inputs.shape)
