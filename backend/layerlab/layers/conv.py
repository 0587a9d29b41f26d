"""Convolution over images."""

from collections.abc import Sequence
from math import prod
from typing import Any, Literal

import torch
from layerlab_schemas.base import Boolean
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import pad

from layerlab.layers.base import (
    Code,
    Extents,
    LayerKind,
    Margins,
    Shape,
    Site,
    Sliding,
    Width,
    Window,
    check_groups,
    written,
)
from layerlab.params import Params


class Conv2dParams(Params):
    """Fields of ``conv2d``, named as in ``nn.Conv2d``."""

    out_channels: Width = Field(description="Number of filters, and so of maps that come out.")
    kernel_size: Extents = Field(description="Side of a filter in pixels, or [height, width].")
    stride: Extents = Field(default=1, description="Pixels from one place of the filter to the next.")
    padding: Margins | Literal["same"] = Field(
        default=0, description='Zeros put around the image; "same" keeps its size.'
    )
    dilation: Extents = Field(default=1, description="Pixels between neighbours in the filter; 1 is a dense filter.")
    groups: Width = Field(default=1, description="Channels are split into so many groups that do not see each other.")
    bias: Boolean = Field(default=True, description="Add a learned number to each map.")
    in_channels: Width | None = Field(default=None, description="Channels that come in; inferred, checked when stated.")

    def window(self) -> Window:
        """The filter as a sliding window."""
        return Window.of(self.kernel_size, self.stride, self.padding, self.dilation)


class SameConv2d(nn.Conv2d):
    """A convolution that keeps the size where the zeros needed are odd: one more at the bottom and right.

    The same values as ``padding="same"`` of PyTorch, without its warning about a copy.
    """

    def __init__(self, *sizes: Any, zeros: tuple[int, ...], **fields: Any) -> None:
        super().__init__(*sizes, **fields)
        self.zeros = zeros

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] → [N, out_channels, H, W]."""
        return super().forward(pad(x, self.zeros))


class Conv2d(LayerKind[Conv2dParams]):
    """[C, H, W] → [out_channels, H′, W′]."""

    kind = "conv2d"
    title = "Conv2d"
    help = "Slides small learned filters over an image; each gives a map of where its pattern is."
    formula = r"y_{o,i,j} = b_o + \sum_{c,u,v} w_{o,c,u,v}\, x_{c,\, si+du-p,\, sj+dv-p}"
    source = "Y. LeCun et al., Gradient-based learning applied to document recognition, Proc. IEEE 86 (1998)"
    group = "weights"
    by_frame = True
    aliases = ("convolution",)
    Params = Conv2dParams
    example = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
            {"kind": "relu"},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 10},
        ],
    }
    has_weights = True

    def check_inputs(self, params: Conv2dParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses what is no image, groups that do not divide the channels, and kernels that do not fit."""
        (shape,) = input_shapes
        problems = site.needs_image(shape)
        if problems:
            return problems
        problems += site.stated_size("in_channels", params.in_channels, shape[0], "channels", "The convolution")
        problems += check_groups(site, params.groups, shape[0], params.out_channels)
        return problems + params.window().check(shape[1:], site)

    def build(self, params: Conv2dParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.Conv2d`` of the channels that arrive."""
        window, fields = params.window(), self._fields(params)
        sizes: Any = (input_shapes[0][0], params.out_channels, window.kernel)
        if window.is_uneven:
            return SameConv2d(*sizes, zeros=window.zeros, **fields)
        return nn.Conv2d(*sizes, **fields)

    def output_shape(self, params: Conv2dParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """By arithmetic: (W − K + 2P)/S + 1."""
        window = params.window()
        return (params.out_channels, *(window.places(size, axis) for axis, size in enumerate(input_shapes[0][1:])))

    def code(self, params: Conv2dParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Conv2d``; where "same" asks for one zero more at the far edges, after a pad."""
        window = params.window()
        call = f"{{self}}(nn.functional.pad({{0}}, {window.zeros}))" if window.is_uneven else "{self}({0})"
        fields = self._fields(params)
        return Code(written(nn.Conv2d, input_shapes[0][0], params.out_channels, window.kernel, **fields), call)

    def _fields(self, params: Conv2dParams) -> dict[str, Any]:
        window = params.window()
        return {
            "stride": window.stride,
            "padding": 0 if window.is_uneven else window.padding,
            "dilation": window.dilation,
            "groups": params.groups,
            "bias": params.bias,
        }

    def multiply_adds(
        self, params: Conv2dParams, module: Any, input_shapes: Sequence[Shape], output_shape: Shape
    ) -> int:
        """Every output number is a sum over kernel height · width · C_in / groups products."""
        return prod(output_shape) * prod(params.window().kernel) * input_shapes[0][0] // params.groups

    def receptive(self, params: Conv2dParams) -> Sliding:
        """Reach of the dilated kernel, and the stride."""
        return params.window().reach, params.window().stride
