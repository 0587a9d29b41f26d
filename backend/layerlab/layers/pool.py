"""Pooling: one number for each small window of an image."""

from collections.abc import Sequence
from typing import Any, TypeVar

import torch
from layerlab_schemas.base import Boolean
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import nn

from layerlab.layers.base import Code, Extents, LayerKind, Margins, Shape, Site, Sliding, Window, written
from layerlab.params import Params


class PoolParams(Params):
    """Fields of ``max_pool2d``, named as in ``nn.MaxPool2d``."""

    kernel_size: Extents = Field(description="Side of the window in pixels, or [height, width].")
    stride: Extents | None = Field(default=None, description="Pixels between windows; the kernel size when left out.")
    padding: Margins = Field(default=0, description="Pixels put around the image, at most half the kernel.")
    ceil_mode: Boolean = Field(default=False, description="Also use windows that stick out at the far edges.")

    def window(self) -> Window:
        """The pool as a sliding window."""
        return Window.of(self.kernel_size, self.kernel_size if self.stride is None else self.stride, self.padding)


class AvgPoolParams(PoolParams):
    """Fields of ``avg_pool2d``, named as in ``nn.AvgPool2d``."""

    count_include_pad: Boolean = Field(default=True, description="Count the padded zeros in the mean.")


P = TypeVar("P", bound=PoolParams)


class Pool2d(LayerKind[P]):
    """What max and average pooling share."""

    group = "pooling"
    by_frame = True

    def check_inputs(self, params: P, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses what is no image, windows that do not fit, and padding of more than half the window."""
        (shape,) = input_shapes
        problems = site.needs_image(shape)
        if problems:
            return problems
        window = params.window()
        return window.check_padding(site) or window.check(shape[1:], site)

    def output_shape(self, params: P, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """By arithmetic."""
        channels, *sizes = input_shapes[0]
        window, ceil_mode = params.window(), params.ceil_mode
        return (channels, *(window.places(size, axis, ceil_mode=ceil_mode) for axis, size in enumerate(sizes)))

    def receptive(self, params: P) -> Sliding:
        """The window and its stride."""
        return params.window().reach, params.window().stride


class MaxPool2d(Pool2d[PoolParams]):
    """[C, H, W] → [C, H′, W′]."""

    kind = "max_pool2d"
    title = "MaxPool2d"
    help = "Keeps the largest number of each window: the pattern is there or not, a little shift does not matter."
    formula = r"y_{c,i,j} = \max_{u,v} x_{c,\, si+u,\, sj+v}"
    source = "M. Ranzato et al., Unsupervised learning of invariant feature hierarchies, CVPR 2007"
    aliases = ("max_pool",)
    Params = PoolParams
    example = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
            {"kind": "relu"},
            {"kind": "max_pool2d", "kernel_size": 2},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 10},
        ],
    }

    def build(self, params: PoolParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.MaxPool2d``."""
        window = params.window()
        assert window.padding != "same"
        return nn.MaxPool2d(window.kernel, window.stride, window.padding, ceil_mode=params.ceil_mode)

    def code(self, params: PoolParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.MaxPool2d``."""
        window = params.window()
        fields = {"padding": window.padding, "ceil_mode": params.ceil_mode}
        return Code(written(nn.MaxPool2d, window.kernel, **_stride(window), **fields))


class AvgPool2d(Pool2d[AvgPoolParams]):
    """[C, H, W] → [C, H′, W′]."""

    kind = "avg_pool2d"
    title = "AvgPool2d"
    help = "Takes the mean of each window: a smaller, smoother image."
    formula = r"y_{c,i,j} = \frac{1}{k^2} \sum_{u,v} x_{c,\, si+u,\, sj+v}"
    source = "Y. LeCun et al., Gradient-based learning applied to document recognition, Proc. IEEE 86 (1998)"
    aliases = ("avg_pool", "average_pool2d")
    Params = AvgPoolParams
    example = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
            {"kind": "tanh"},
            {"kind": "avg_pool2d", "kernel_size": 2},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 10},
        ],
    }

    def build(self, params: AvgPoolParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.AvgPool2d``."""
        window = params.window()
        kernel: Any = window.kernel
        stride: Any = window.stride
        padding: Any = window.padding
        return nn.AvgPool2d(
            kernel,
            stride,
            padding,
            ceil_mode=params.ceil_mode,
            count_include_pad=params.count_include_pad,
        )

    def code(self, params: AvgPoolParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.AvgPool2d``."""
        window = params.window()
        fields = {"padding": window.padding, "ceil_mode": params.ceil_mode}
        fields["count_include_pad"] = params.count_include_pad
        return Code(written(nn.AvgPool2d, window.kernel, **_stride(window), **fields))


def _stride(window: Window) -> dict[str, Any]:
    """The stride where it is not the kernel size, which is PyTorch's default."""
    return {} if window.stride == window.kernel else {"stride": window.stride}
