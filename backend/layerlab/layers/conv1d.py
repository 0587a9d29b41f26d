"""Convolution over the steps of a sequence."""

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
    SWAPPED,
    Code,
    Extent,
    LayerKind,
    Margin,
    Shape,
    Site,
    Sliding,
    Width,
    Window,
    check_groups,
    written,
)
from layerlab.params import Params


class Conv1dParams(Params):
    """Fields of ``conv1d``, named as in ``nn.Conv1d``."""

    out_channels: Width = Field(description="Number of filters, and so of features that come out at each step.")
    kernel_size: Extent = Field(description="Steps that a filter sees.")
    stride: Extent = Field(default=1, description="Steps from one place of the filter to the next.")
    padding: Margin | Literal["same", "causal"] = Field(
        default=0,
        description='Zeros put around the sequence; "same" keeps its length, "causal" too, and sees only the past.',
    )
    dilation: Extent = Field(default=1, description="Steps between neighbours in the filter; 1 is a dense filter.")
    groups: Width = Field(default=1, description="Features are split into so many groups that do not see each other.")
    bias: Boolean = Field(default=True, description="Add a learned number to each feature that comes out.")
    in_channels: Width | None = Field(default=None, description="Features of a step; inferred, checked when stated.")

    def window(self) -> Window:
        """The filter as a sliding window; a causal one has all its zeros in front."""
        padding = "same" if self.padding in {"same", "causal"} else (int(self.padding),)
        if self.padding == "causal":
            padding = (0,)
        return Window((self.kernel_size,), (self.stride,), padding, (self.dilation,))  # type: ignore[arg-type]

    @property
    def zeros(self) -> tuple[int, ...] | None:
        """Zeros in front and behind where PyTorch's own padding cannot do it."""
        window = self.window()
        if self.padding == "causal":
            return (window.reach[0] - 1, 0)
        return window.zeros if window.is_uneven else None


class SequenceConv1d(nn.Conv1d):
    """``nn.Conv1d`` of sequences as [N, T, F], after ``zeros`` (in front, behind) where there are any."""

    def __init__(self, *sizes: Any, zeros: tuple[int, ...] | None, **fields: Any) -> None:
        super().__init__(*sizes, **fields)
        self.zeros = zeros

    def forward(self, x: Tensor) -> Tensor:
        """[N, T, F] → [N, T′, out_channels]."""
        x_nft = x.transpose(1, 2)
        return super().forward(pad(x_nft, self.zeros) if self.zeros else x_nft).transpose(1, 2)


class Conv1d(LayerKind[Conv1dParams]):
    """[T, F] → [T′, out_channels]."""

    kind = "conv1d"
    title = "Conv1d"
    help = "Slides small learned filters along a sequence; each gives, step by step, how well its pattern fits."
    formula = r"y_{t,o} = b_o + \sum_{c,u} w_{o,c,u}\, x_{st+du-p,\, c}"
    source = "A. Waibel et al., Phoneme recognition using time-delay neural networks, IEEE Trans. ASSP 37 (1989)"
    group = "weights"
    Params = Conv1dParams
    example = {
        "data": {"dataset": "parity", "params": {"length": 10, "samples": 200}},
        "graph": [
            {"kind": "conv1d", "out_channels": 8, "kernel_size": 3, "padding": "same"},
            {"kind": "relu"},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 2},
        ],
    }
    has_weights = True

    def check_inputs(self, params: Conv1dParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses what is no sequence, groups that do not divide the features, and kernels that do not fit."""
        (shape,) = input_shapes
        problems = site.needs_sequence(shape)
        if problems:
            return problems
        problems += site.stated_size("in_channels", params.in_channels, shape[1], "features", "The convolution")
        problems += check_groups(site, params.groups, shape[1], params.out_channels)
        return problems + ([] if params.padding == "causal" else params.window().check(shape[:1], site))

    def build(self, params: Conv1dParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """A ``SequenceConv1d`` of the features that arrive."""
        sizes = (input_shapes[0][1], params.out_channels, params.kernel_size)
        return SequenceConv1d(*sizes, zeros=params.zeros, **self._fields(params))

    def output_shape(self, params: Conv1dParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """By arithmetic; a causal filter fits as often as one with all its zeros in front."""
        steps = input_shapes[0][0]
        if params.padding == "causal":
            return ((steps - 1) // params.stride + 1, params.out_channels)
        return (params.window().places(steps, 0), params.out_channels)

    def code(self, params: Conv1dParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Conv1d``, which wants features before steps."""
        call = SWAPPED
        if params.zeros:
            call = f"{{self}}(nn.functional.pad({{0}}.transpose(1, 2), {params.zeros})).transpose(1, 2)"
        sizes = (input_shapes[0][1], params.out_channels, params.kernel_size)
        return Code(written(nn.Conv1d, *sizes, **self._fields(params)), call)

    def _fields(self, params: Conv1dParams) -> dict[str, Any]:
        return {
            "stride": params.stride,
            "padding": 0 if params.zeros or params.padding == "causal" else params.padding,
            "dilation": params.dilation,
            "groups": params.groups,
            "bias": params.bias,
        }

    def multiply_adds(
        self, params: Conv1dParams, module: Any, input_shapes: Sequence[Shape], output_shape: Shape
    ) -> int:
        """Every output number is a sum over kernel steps · F / groups products."""
        return prod(output_shape) * params.kernel_size * input_shapes[0][1] // params.groups

    def receptive(self, params: Conv1dParams) -> Sliding:
        """Reach of the dilated kernel, and the stride."""
        return params.window().reach, params.window().stride
