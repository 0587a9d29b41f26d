"""Pooling along the steps of a sequence."""

from collections.abc import Sequence

import torch
from layerlab_schemas.base import Boolean
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

from layerlab.layers.base import SWAPPED, Code, Extent, LayerKind, Margin, Shape, Site, Sliding, Window, written
from layerlab.params import Params


class MaxPool1dParams(Params):
    """Fields of ``max_pool1d``, named as in ``nn.MaxPool1d``."""

    kernel_size: Extent = Field(description="Steps in a window.")
    stride: Extent | None = Field(default=None, description="Steps between windows; the kernel size when left out.")
    padding: Margin = Field(default=0, description="Steps put around the sequence, at most half the kernel.")
    ceil_mode: Boolean = Field(default=False, description="Also use a window that sticks out at the end.")

    def window(self) -> Window:
        """The pool as a sliding window."""
        return Window((self.kernel_size,), (self.stride or self.kernel_size,), (self.padding,), (1,))


class SequenceMaxPool1d(nn.MaxPool1d):
    """``nn.MaxPool1d`` of sequences as [N, T, F]."""

    def forward(self, x: Tensor) -> Tensor:
        """[N, T, F] → [N, T′, F]."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)  # type: ignore[no-any-return]


class MaxPool1d(LayerKind[MaxPool1dParams]):
    """[T, F] → [T′, F]."""

    kind = "max_pool1d"
    title = "MaxPool1d"
    help = "Keeps the largest number of each feature in every window of steps: a shorter sequence."
    formula = r"y_{t,f} = \max_u x_{st+u,\, f}"
    source = "R. Collobert et al., Natural language processing (almost) from scratch, JMLR 12 (2011)"
    group = "pooling"
    Params = MaxPool1dParams
    example = {
        "data": {"dataset": "parity", "params": {"length": 10, "samples": 200}},
        "graph": [
            {"kind": "conv1d", "out_channels": 8, "kernel_size": 3, "padding": "same"},
            {"kind": "relu"},
            {"kind": "max_pool1d", "kernel_size": 2},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def check_inputs(self, params: MaxPool1dParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses what is no sequence, windows that do not fit, and padding of more than half the window."""
        (shape,) = input_shapes
        window = params.window()
        return site.needs_sequence(shape) or window.check_padding(site) or window.check(shape[:1], site)

    def build(self, params: MaxPool1dParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """A ``SequenceMaxPool1d``."""
        return SequenceMaxPool1d(params.kernel_size, params.stride, params.padding, ceil_mode=params.ceil_mode)

    def output_shape(self, params: MaxPool1dParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """By arithmetic."""
        steps, features = input_shapes[0]
        return (params.window().places(steps, 0, ceil_mode=params.ceil_mode), features)

    def code(self, params: MaxPool1dParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.MaxPool1d``, which wants features before steps."""
        fields = params.model_dump(exclude={"kernel_size"})
        return Code(written(nn.MaxPool1d, params.kernel_size, **fields), SWAPPED)

    def receptive(self, params: MaxPool1dParams) -> Sliding:
        """The window and its stride."""
        return params.window().reach, params.window().stride
