"""Upsample: a larger image without learning."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import torch
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import nn

from layerlab.layers.base import Code, Extents, LayerKind, Shape, Site, Sliding, both, written
from layerlab.params import Params


class UpsampleParams(Params):
    """Fields of ``upsample``, named as in ``nn.Upsample``."""

    scale_factor: Extents = Field(default=2, description="How many times larger, or [height, width].")
    mode: Literal["nearest", "bilinear"] = Field(
        default="nearest", description="Repeat each pixel, or draw straight lines between the middles of pixels."
    )


class Upsample(LayerKind[UpsampleParams]):
    """[C, H, W] → [C, s·H, s·W]."""

    kind = "upsample"
    title = "Upsample"
    help = "Makes an image larger by repeating or blending its pixels: the way back up in an autoencoder."
    formula = r"y_{c,i,j} = x_{c,\, \lfloor i/s \rfloor,\, \lfloor j/s \rfloor}"
    source = "A. Odena, V. Dumoulin, C. Olah, Deconvolution and checkerboard artifacts, Distill (2016)"
    group = "shape"
    by_frame = True
    Params = UpsampleParams
    example = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "avg_pool2d", "kernel_size": 2},
            {"kind": "upsample", "scale_factor": 2},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 10},
        ],
    }

    def check_inputs(self, params: UpsampleParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses what is no image."""
        return site.needs_image(input_shapes[0])

    def output_shape(self, params: UpsampleParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """By arithmetic."""
        channels, height, width = input_shapes[0]
        down, across = both(params.scale_factor)
        return (channels, height * down, width * across)

    def build(self, params: UpsampleParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.Upsample``."""
        return nn.Upsample(scale_factor=both(params.scale_factor), mode=params.mode)

    def code(self, params: UpsampleParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Upsample``."""
        return Code(written(nn.Upsample, scale_factor=both(params.scale_factor), mode=params.mode))

    def receptive(self, params: UpsampleParams) -> Sliding:
        """One pixel, or two that are blended; neighbours lie closer together in the input."""
        sees = 1 if params.mode == "nearest" else 2
        down, across = both(params.scale_factor)
        return (sees if down > 1 else 1, sees if across > 1 else 1), (Fraction(1, down), Fraction(1, across))
