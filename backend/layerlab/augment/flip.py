"""Mirror images."""

from typing import Any, ClassVar

import torch
from torch import Tensor

from layerlab.augment.base import AugmentKind, AugmentParams


class FlipParams(AugmentParams):
    """Only the chance."""


class HorizontalFlip(AugmentKind[FlipParams]):
    """Left becomes right. Wrong for digits and letters, whose mirror image is another sign or none."""

    kind = "horizontal_flip"
    title = "Horizontal flip"
    help = "The mirror image: left becomes right. Not for digits and letters, which mean something else mirrored."
    formula = r"x'_{c,i,j} = x_{c,i,W-1-j}"
    source = "A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet classification with deep CNNs (2012)"
    group = "Geometry"
    takes = ("image", "video")
    Params = FlipParams
    example: ClassVar[dict[str, Any]] = {"kind": "horizontal_flip"}

    def change(self, params: FlipParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """Every row turned round."""
        return inputs.flip(-1)


class VerticalFlip(AugmentKind[FlipParams]):
    """Top becomes bottom: right for what has no up and down, such as cells or pictures from above."""

    kind = "vertical_flip"
    title = "Vertical flip"
    help = "Top becomes bottom: for pictures without up and down, such as cells or the ground from above."
    formula = r"x'_{c,i,j} = x_{c,H-1-i,j}"
    source = "C. Shorten, T. Khoshgoftaar, A survey on image data augmentation, Journal of Big Data 6 (2019)"
    group = "Geometry"
    takes = ("image", "video")
    Params = FlipParams
    example: ClassVar[dict[str, Any]] = {"kind": "vertical_flip"}

    def change(self, params: FlipParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """Every column turned round."""
        return inputs.flip(-2)
