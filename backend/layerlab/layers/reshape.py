"""Reshape: the same numbers in another shape."""

from collections.abc import Sequence
from math import prod
from typing import Annotated

import torch
from layerlab_schemas.base import Integer
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

from layerlab.layers.base import Code, LayerKind, Shape, Site, count_text, shape_text
from layerlab.layers.base.fields import LARGEST_WIDTH
from layerlab.params import Params

_Size = Annotated[Integer, Field(ge=-1, le=LARGEST_WIDTH)]


class ReshapeParams(Params):
    """Fields of ``reshape``, named as in ``torch.reshape``."""

    shape: Annotated[list[_Size], Field(min_length=1, max_length=4)] = Field(
        description="The new shape without the batch: [features], [steps, features], [channels, height, width] or "
        "[frames, channels, height, width]; one size may be −1 and is then worked out."
    )


class ReshapeModule(nn.Module):
    """A reshape of everything behind the batch."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        """[N, …] → [N, *shape]."""
        return x.reshape(len(x), *self.shape)


class Reshape(LayerKind[ReshapeParams]):
    """Any shape → another one of as many numbers."""

    kind = "reshape"
    title = "Reshape"
    help = "Writes the same numbers in another shape: a row of features as an image, an image as a sequence of rows."
    formula = r"y_{(i W + j)} = x_{i,j}"
    source = "PyTorch, torch.reshape"
    group = "shape"
    aliases = ("view", "unflatten")
    is_local = False
    Params = ReshapeParams
    example = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "reshape", "shape": [8, 8]},
            {"kind": "lstm", "hidden_size": 16},
            {"kind": "linear", "out_features": 10},
        ],
    }

    def check_inputs(self, params: ReshapeParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses a shape of another number of numbers."""
        (given,) = input_shapes
        if _resolved(params.shape, prod(given)):
            return []
        mended = _mended(params.shape, prod(given))
        wanted = "×".join("?" if size == -1 else count_text(size) for size in params.shape)
        message = (
            f"{site.node} cannot write {shape_text(given)} from {site.source} ({count_text(prod(given))} numbers) "
            f"as {wanted}."
        )
        return [
            site.problem(
                "wrong_size",
                message,
                field="shape",
                expected=f"{prod(given)} numbers",
                got=wanted,
                hint=f"Set shape to {mended}, or to other sizes whose product is {count_text(prod(given))}.",
                mend=site.mend("shape", mended),
            )
        ]

    def build(self, params: ReshapeParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """A ``ReshapeModule`` with every size known."""
        return ReshapeModule(_resolved(params.shape, prod(input_shapes[0])))

    def output_shape(self, params: ReshapeParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """The new shape."""
        return _resolved(params.shape, prod(input_shapes[0]))

    def code(self, params: ReshapeParams, input_shapes: Sequence[Shape]) -> Code:
        """A ``reshape``."""
        sizes = ", ".join(map(str, _resolved(params.shape, prod(input_shapes[0]))))
        return Code(call=f"{{0}}.reshape(len({{0}}), {sizes})")

    def keeps_steps(self, params: ReshapeParams, input_shapes: Sequence[Shape], output_shape: Shape) -> bool:
        """Steps are lost in a row of numbers, even where their count comes out the same."""
        return input_shapes[0] == output_shape


def _resolved(sizes: Sequence[int], total: int) -> Shape:
    """The sizes with −1 worked out; () where they do not fit ``total`` numbers."""
    known = prod(size for size in sizes if size != -1)
    if 0 in sizes or sizes.count(-1) > 1 or total % known or (-1 not in sizes and known != total):
        return ()
    return tuple(total // known if size == -1 else size for size in sizes)


def _mended(sizes: Sequence[int], total: int) -> list[int]:
    """The sizes with the last one that can be changed so that they fit; one row where none can."""
    for place in reversed(range(len(sizes))):
        tried = [size if other != place else -1 for other, size in enumerate(sizes)]
        if found := _resolved(tried, total):
            return list(found)
    return [total]
