"""Transposed convolution: a learned way from a small image to a larger one."""

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import Any

import torch
from layerlab_schemas.base import Boolean
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

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
    both,
    check_groups,
    written,
)
from layerlab.params import Params


class ConvTranspose2dParams(Params):
    """Fields of ``conv_transpose2d``, named as in ``nn.ConvTranspose2d``."""

    out_channels: Width = Field(description="Number of maps that come out.")
    kernel_size: Extents = Field(description="Side in pixels of what each pixel paints, or [height, width].")
    stride: Extents = Field(default=1, description="Pixels between the places that neighbours paint at.")
    padding: Margins = Field(default=0, description="Pixels cut off all around what was painted.")
    output_padding: Margins = Field(default=0, description="Pixels added below and to the right; less than the stride.")
    dilation: Extents = Field(default=1, description="Pixels between neighbours in the filter; 1 is a dense filter.")
    groups: Width = Field(default=1, description="Channels are split into so many groups that do not see each other.")
    bias: Boolean = Field(default=True, description="Add a learned number to each map.")
    in_channels: Width | None = Field(default=None, description="Channels that come in; inferred, checked when stated.")

    def fields(self) -> dict[str, Any]:
        """Arguments of PyTorch's module beyond the sizes."""
        pairs = {name: both(getattr(self, name)) for name in ("stride", "padding", "output_padding", "dilation")}
        return {**pairs, "groups": self.groups, "bias": self.bias}

    def window(self) -> Window:
        """The filter as a sliding window."""
        return Window.of(self.kernel_size, self.stride, self.padding, self.dilation)

    def size(self, extent: int, axis: int) -> int:
        """Pixels that come out along an axis: (H − 1)·s + d·(k − 1) + 1 + output padding − 2·padding."""
        window = self.window()
        painted = (extent - 1) * window.stride[axis] + window.reach[axis] + both(self.output_padding)[axis]
        return painted - 2 * both(self.padding)[axis]


class ConvTranspose2d(LayerKind[ConvTranspose2dParams]):
    """[C, H, W] → [out_channels, H′, W′]."""

    kind = "conv_transpose2d"
    title = "ConvTranspose2d"
    help = "Each pixel paints its filter into a larger image, and what overlaps is added: a convolution backwards."
    formula = r"y_{o,\, si+du-p,\, sj+dv-p} \mathrel{+}= w_{c,o,u,v}\, x_{c,i,j}, \quad H' = s(H-1) + d(k-1) + 1 - 2p"
    source = "M. Zeiler et al., Deconvolutional networks, CVPR 2010"
    group = "weights"
    by_frame = True
    Params = ConvTranspose2dParams
    example = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "conv2d", "out_channels": 8, "kernel_size": 2, "stride": 2},
            {"kind": "relu"},
            {"kind": "conv_transpose2d", "out_channels": 4, "kernel_size": 2, "stride": 2},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 10},
        ],
    }
    has_weights = True

    def check_inputs(self, params: ConvTranspose2dParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses what is no image, groups that do not divide, and paddings that PyTorch cannot do."""
        (shape,) = input_shapes
        problems = site.needs_image(shape)
        if problems:
            return problems
        problems += site.stated_size("in_channels", params.in_channels, shape[0], "channels", "The convolution")
        problems += check_groups(site, params.groups, shape[0], params.out_channels)
        return problems + (self._output_padding(params, site) or self._padding(params, shape, site))

    def _output_padding(self, params: ConvTranspose2dParams, site: Site) -> list[Problem]:
        window = params.window()
        limits = [max(pair) for pair in zip(window.stride, window.dilation, strict=True)]
        if all(more < limit for more, limit in zip(both(params.output_padding), limits, strict=True)):
            return []
        most = min(limits) - 1
        message = f"output_padding of {site.node} must be less than its stride or dilation, so at most {most}."
        hint, mend = f"Set output_padding to {most}.", site.mend("output_padding", most)
        return [
            site.problem(
                "padding_too_large", message, field="output_padding", expected=f"at most {most}",
                got=max(both(params.output_padding)), hint=hint, mend=mend,
            )
        ]  # fmt: skip

    def _padding(self, params: ConvTranspose2dParams, shape: Shape, site: Site) -> list[Problem]:
        sizes = [params.size(extent, axis) for axis, extent in enumerate(shape[1:])]
        if min(sizes) >= 1:
            return []
        painted = [size + 2 * pad for size, pad in zip(sizes, both(params.padding), strict=True)]
        most = (min(painted) - 1) // 2
        message = (
            f"{site.node} cuts {max(both(params.padding))} pixels off each side of an image of "
            f"{painted[0]}×{painted[1]}, and nothing is left."
        )
        hint, mend = f"Set padding to at most {most}.", site.mend("padding", most)
        return [
            site.problem(
                "padding_too_large", message, field="padding", expected=f"at most {most}",
                got=max(both(params.padding)), hint=hint, mend=mend,
            )
        ]  # fmt: skip

    def output_shape(self, params: ConvTranspose2dParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """By arithmetic."""
        sizes = [params.size(extent, axis) for axis, extent in enumerate(input_shapes[0][1:])]
        return (params.out_channels, *sizes)

    def build(
        self, params: ConvTranspose2dParams, input_shapes: Sequence[Shape], *, generator: torch.Generator
    ) -> nn.Module:
        """An ``nn.ConvTranspose2d`` of the channels that arrive."""
        return nn.ConvTranspose2d(
            input_shapes[0][0], params.out_channels, params.window().kernel, **params.fields()  # type: ignore[arg-type]
        )  # fmt: skip

    def code(self, params: ConvTranspose2dParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.ConvTranspose2d``."""
        sizes = (input_shapes[0][0], params.out_channels, params.window().kernel)
        return Code(written(nn.ConvTranspose2d, *sizes, **params.fields()))

    def multiply_adds(
        self, params: ConvTranspose2dParams, module: Any, input_shapes: Sequence[Shape], output_shape: Shape
    ) -> int:
        """Every input number paints a kernel into each map of its group."""
        return prod(input_shapes[0]) * prod(params.window().kernel) * params.out_channels // params.groups

    def blocks(self, params: ConvTranspose2dParams, name: str, weight: Tensor) -> list[Tensor]:
        """The kernel of each group as [out, in, height, width], as a convolution has it, so that fans count right."""
        return [part.transpose(0, 1) for part in weight.chunk(params.groups)]

    def receptive(self, params: ConvTranspose2dParams) -> Sliding:
        """A pixel is painted by those whose filters reach it; neighbours lie closer together in the input."""
        window = params.window()
        (tall, wide), (down, across) = window.reach, window.stride
        return (-(-tall // down), -(-wide // across)), (Fraction(1, down), Fraction(1, across))
