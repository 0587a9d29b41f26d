"""Maxout: the largest of several linear functions, an activation that is learned."""

from collections.abc import Sequence
from math import prod
from typing import Annotated, Any

import torch
from layerlab_schemas.base import Boolean, PositiveCount
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

from layerlab.layers.base import Code, LayerKind, Shape, Site, Width, channels_of, written
from layerlab.params import Params

_MOST_PIECES = 256


class MaxoutParams(Params):
    """Fields of ``maxout``; those of the linear functions are named as in ``nn.Linear``."""

    out_features: Width = Field(description="Number of outputs.")
    num_pieces: Annotated[PositiveCount, Field(ge=2, le=_MOST_PIECES)] = Field(
        default=2, description="Linear functions of which each output is the largest."
    )
    bias: Boolean = Field(default=True, description="Add a learned number to each linear function.")
    in_features: Width | None = Field(default=None, description="Number of inputs; inferred, checked when stated.")


class MaxoutModule(nn.Linear):
    """All linear functions as one matrix, piece by piece, and the largest for each output."""

    def __init__(self, in_features: int, out_features: int, num_pieces: int, *, bias: bool) -> None:
        super().__init__(in_features, out_features * num_pieces, bias=bias)
        self.num_pieces = num_pieces

    def forward(self, x: Tensor) -> Tensor:
        """[N, F] → [N, out], [N, T, F] → [N, T, out], [N, C, 1, 1] → [N, out]."""
        pieces = super().forward(x.flatten(1) if x.dim() == 4 else x)
        return pieces.view(*pieces.shape[:-1], self.num_pieces, -1).amax(-2)


class Maxout(LayerKind[MaxoutParams]):
    """[F] → [out_features]; [T, F] → [T, out_features]."""

    kind = "maxout"
    title = "Maxout"
    help = "Each output is the largest of a few linear functions, so that the bend of the activation is learned too."
    formula = r"y_o = \max_k \left(w_{k,o}^\top x + b_{k,o}\right)"
    source = "I. Goodfellow et al., Maxout networks, ICML 2013"
    group = "weights"
    Params = MaxoutParams
    example = {
        "data": {"dataset": "spiral"},
        "graph": [
            {"kind": "maxout", "out_features": 16, "num_pieces": 3},
            {"kind": "linear", "out_features": 2},
        ],
    }
    has_weights = True

    def check_inputs(self, params: MaxoutParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses images of more than one pixel, and a stated ``in_features`` that does not match."""
        (shape,) = input_shapes
        return site.needs_flatten(shape, "The matrix product") or site.stated_size(
            "in_features", params.in_features, channels_of(shape), "features", "The matrix product"
        )

    def build(self, params: MaxoutParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """A ``MaxoutModule``."""
        sizes = (channels_of(input_shapes[0]), params.out_features, params.num_pieces)
        return MaxoutModule(*sizes, bias=params.bias)

    def output_shape(self, params: MaxoutParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """The features are replaced, step by step where there are steps."""
        (shape,) = input_shapes
        return (params.out_features,) if len(shape) == 3 else (*shape[:-1], params.out_features)

    def code(self, params: MaxoutParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Linear`` and a maximum."""
        (shape,) = input_shapes
        x = "{0}.flatten(1)" if len(shape) == 3 else "{0}"
        sizes = (channels_of(shape), params.out_features * params.num_pieces)
        call = f"{{self}}({x}).unflatten(-1, ({params.num_pieces}, -1)).amax(-2)"
        return Code(written(nn.Linear, *sizes, bias=params.bias), call)

    def multiply_adds(
        self, params: MaxoutParams, module: Any, input_shapes: Sequence[Shape], output_shape: Shape
    ) -> int:
        """in · out · pieces, for every step of a sequence."""
        return channels_of(input_shapes[0]) * prod(output_shape) * params.num_pieces

    def blocks(self, params: MaxoutParams, name: str, weight: Tensor) -> list[Tensor]:
        """The matrix of each piece."""
        return list(weight.chunk(params.num_pieces))

    def activation_after(self, params: MaxoutParams, name: str) -> str:
        """The largest of two keeps the mean square as it is, so none is made up for."""
        return "linear"
