"""Layers that join branches: add, multiply and concat."""

from collections.abc import Sequence
from functools import reduce
from operator import add, mul
from typing import Any

import torch
from layerlab_schemas.base import Integer
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

from layerlab.layers.base import Code, LayerKind, Shape, Site, shape_text
from layerlab.params import Params

_TWO_BRANCHES: list[dict[str, Any]] = [
    {"id": "wide", "kind": "linear", "out_features": 16, "inputs": ["input"]},
    {"id": "bent", "kind": "tanh"},
]


class AddParams(Params):
    """``add`` has no fields."""


class AddModule(nn.Module):
    """The sum of its inputs, from left to right."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """Tensors of one shape → their sum."""
        return reduce(add, inputs)


class Add(LayerKind[AddParams]):
    """Two or more inputs of one shape → that shape."""

    kind = "add"
    keeps_shape = True
    title = "Add"
    help = "Adds branches number by number. With a branch that skips layers it makes a residual connection."
    formula = r"y = \sum_k x_k"
    source = "K. He et al., Deep residual learning for image recognition, CVPR 2016"
    group = "combine"
    Params = AddParams
    example = {
        "data": {"dataset": "spiral"},
        "graph": [
            *_TWO_BRANCHES,
            {"kind": "add", "inputs": ["wide", "bent"]},
            {"kind": "linear", "out_features": 2},
        ],
    }
    num_inputs = (2, 64)

    def check_inputs(self, params: AddParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses shapes that differ."""
        for index, shape in enumerate(input_shapes):
            if shape != input_shapes[0]:
                return [_differs(site, index, input_shapes, "adds number by number and needs equal shapes")]
        return []

    def build(self, params: AddParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``AddModule``."""
        return AddModule()

    def code(self, params: AddParams, input_shapes: Sequence[Shape]) -> Code:
        """``a + b``."""
        return Code(call=" + ".join(f"{{{index}}}" for index in range(len(input_shapes))))


class MultiplyParams(Params):
    """``multiply`` has no fields."""


class MultiplyModule(nn.Module):
    """The product of its inputs, number by number, from left to right."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """Tensors of one shape → their product."""
        return reduce(mul, inputs)


class Multiply(LayerKind[MultiplyParams]):
    """Two or more inputs of one shape → that shape."""

    kind = "multiply"
    keeps_shape = True
    title = "Multiply"
    help = "Multiplies branches number by number. With a sigmoid in one of them it is a gate on the other."
    formula = r"y = \prod_k x_k"
    source = "Y. Dauphin et al., Language modeling with gated convolutional networks, ICML 2017"
    group = "combine"
    Params = MultiplyParams
    example = {
        "data": {"dataset": "spiral"},
        "graph": [
            {"id": "wide", "kind": "linear", "out_features": 16, "inputs": ["input"]},
            {"id": "gate", "kind": "sigmoid"},
            {"kind": "multiply", "inputs": ["wide", "gate"]},
            {"kind": "linear", "out_features": 2},
        ],
    }
    num_inputs = (2, 64)

    def check_inputs(self, params: MultiplyParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses shapes that differ."""
        for index, shape in enumerate(input_shapes):
            if shape != input_shapes[0]:
                return [_differs(site, index, input_shapes, "multiplies number by number and needs equal shapes")]
        return []

    def build(self, params: MultiplyParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """A ``MultiplyModule``."""
        return MultiplyModule()

    def code(self, params: MultiplyParams, input_shapes: Sequence[Shape]) -> Code:
        """``a * b``."""
        return Code(call=" * ".join(f"{{{index}}}" for index in range(len(input_shapes))))


class ConcatParams(Params):
    """Fields of ``concat``, named as in ``torch.cat``."""

    dim: Integer | None = Field(
        default=None,
        description="Axis along which they are joined, the batch being axis 0; left out: channels, or features.",
    )


class ConcatModule(nn.Module):
    """Its inputs, one behind the other along an axis."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        """Tensors that differ at most along ``dim`` → one tensor."""
        return torch.cat(inputs, dim=self.dim)


class Concat(LayerKind[ConcatParams]):
    """Two or more inputs → their sizes along one axis added."""

    kind = "concat"
    title = "Concat"
    help = "Puts branches side by side: the channels of images and clips, the features of everything else."
    formula = r"y = [x_1, x_2, \dots]"
    source = "G. Huang et al., Densely connected convolutional networks, CVPR 2017"
    group = "combine"
    aliases = ("concatenate",)
    Params = ConcatParams
    example = {
        "data": {"dataset": "spiral"},
        "graph": [
            *_TWO_BRANCHES,
            {"kind": "concat", "inputs": ["input", "bent"]},
            {"kind": "linear", "out_features": 2},
        ],
    }
    num_inputs = (2, 64)

    def check_inputs(self, params: ConcatParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses an axis that is not there, and shapes that differ along another axis."""
        rank = len(input_shapes[0])
        if params.dim is not None and not (1 <= params.dim <= rank or -rank <= params.dim <= -1):
            message = f"{site.node} cannot join {shape_text(input_shapes[0])} along axis {params.dim}."
            hint = f"The axes after the batch are 1 to {rank}; leave dim out for the usual one."
            mend = site.mend("dim", None, "Take dim out")
            return [
                site.problem(
                    "no_such_axis", message, field="dim", expected=f"1 to {rank}", got=params.dim, hint=hint, mend=mend
                )
            ]
        axis = _axis(params, rank) - 1
        rests = [(*shape[:axis], *shape[axis + 1 :], len(shape)) for shape in input_shapes]
        for index, rest in enumerate(rests):
            if rest != rests[0]:
                return [_differs(site, index, input_shapes, f"joins along axis {axis + 1} and needs the others equal")]
        return []

    def build(self, params: ConcatParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """A ``ConcatModule`` along the chosen axis."""
        return ConcatModule(_axis(params, len(input_shapes[0])))

    def output_shape(self, params: ConcatParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """The sizes along the axis added."""
        axis = _axis(params, len(input_shapes[0])) - 1
        joined = list(input_shapes[0])
        joined[axis] = sum(shape[axis] for shape in input_shapes)
        return tuple(joined)

    def code(self, params: ConcatParams, input_shapes: Sequence[Shape]) -> Code:
        """``torch.cat``."""
        parts = ", ".join(f"{{{index}}}" for index in range(len(input_shapes)))
        return Code(call=f"torch.cat([{parts}], dim={_axis(params, len(input_shapes[0]))})")


def _axis(params: ConcatParams, rank: int) -> int:
    """The axis, batch included, counted from the front."""
    if params.dim is None:
        return rank - 2 if rank > 2 else rank
    return params.dim if params.dim > 0 else rank + 1 + params.dim


def _differs(site: Site, index: int, shapes: Sequence[Shape], does: str) -> Problem:
    first, other = shape_text(shapes[0]), shape_text(shapes[index])
    message = f"{site.node} {does}; {site.source} gives {first} and {site.source_of(index)} gives {other}."
    hint = f"Change {site.source_of(index)} so that it gives {first}."
    return site.problem("shapes_differ", message, field="inputs", expected=first, got=other, hint=hint)
