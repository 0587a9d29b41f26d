"""Linear: every output is a weighted sum of all features."""

from collections.abc import Sequence
from math import prod
from typing import Any

import torch
from layerlab_schemas.base import Boolean
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

from layerlab.layers.base import Code, LayerKind, Shape, Site, Width, channels_of, written
from layerlab.params import Params


class LinearParams(Params):
    """Fields of ``linear``, named as in ``nn.Linear``."""

    out_features: Width = Field(description="Number of outputs.")
    bias: Boolean = Field(default=True, description="Add a learned number to each output.")
    in_features: Width | None = Field(default=None, description="Number of inputs; inferred, checked when stated.")


class LinearModule(nn.Linear):
    """``nn.Linear`` that also reads images of one pixel, [N, C, 1, 1], as C features."""

    def forward(self, x: Tensor) -> Tensor:
        """[N, F] → [N, out], [N, T, F] → [N, T, out], [N, C, 1, 1] → [N, out]."""
        return super().forward(x.flatten(1) if x.dim() == 4 else x)


class Linear(LayerKind[LinearParams]):
    """[F] → [out_features]; [T, F] → [T, out_features]."""

    kind = "linear"
    title = "Linear"
    help = "Every output is a weighted sum of all inputs, plus a bias. On a sequence it acts on each step alike."
    formula = r"y = W x + b"
    source = "F. Rosenblatt, The perceptron, Psychological Review 65 (1958)"
    group = "weights"
    aliases = ("dense", "fully_connected")
    Params = LinearParams
    example = {
        "data": {"dataset": "spiral"},
        "graph": [{"kind": "linear", "out_features": 16}, {"kind": "tanh"}, {"kind": "linear", "out_features": 2}],
    }
    has_weights = True

    def check_inputs(self, params: LinearParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses images of more than one pixel, and a stated ``in_features`` that does not match."""
        (shape,) = input_shapes
        return site.needs_flatten(shape, "The matrix product") or site.stated_size(
            "in_features", params.in_features, channels_of(shape), "features", "The matrix product"
        )

    def build(self, params: LinearParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.Linear`` of the features that arrive."""
        return LinearModule(channels_of(input_shapes[0]), params.out_features, bias=params.bias)

    def output_shape(self, params: LinearParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """The features are replaced, step by step where there are steps."""
        (shape,) = input_shapes
        return (params.out_features,) if len(shape) == 3 else (*shape[:-1], params.out_features)

    def code(self, params: LinearParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Linear``."""
        (shape,) = input_shapes
        call = "{self}({0}.flatten(1))" if len(shape) == 3 else "{self}({0})"
        return Code(written(nn.Linear, channels_of(shape), params.out_features, bias=params.bias), call)

    def multiply_adds(
        self, params: LinearParams, module: Any, input_shapes: Sequence[Shape], output_shape: Shape
    ) -> int:
        """in · out, for every step of a sequence."""
        return channels_of(input_shapes[0]) * prod(output_shape)
