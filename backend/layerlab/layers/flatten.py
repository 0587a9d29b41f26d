"""Flatten: all numbers of a sample, or of each of its steps, as one row of features."""

from collections.abc import Sequence
from math import prod
from typing import Annotated

import torch
from layerlab_schemas.base import PositiveCount
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import nn

from layerlab.layers.base import Code, LayerKind, Shape, Site, shape_text, written
from layerlab.params import Params


class FlattenParams(Params):
    """Fields of ``flatten``, named as in ``nn.Flatten``."""

    start_dim: Annotated[PositiveCount, Field(le=4)] = Field(
        default=1,
        description="First axis of the row, the batch being axis 0: 1 takes all, 2 keeps frames as steps.",
    )


class Flatten(LayerKind[FlattenParams]):
    """Any shape → [F]; with ``start_dim`` 2 [T, C, H, W] → [T, F]."""

    kind = "flatten"
    title = "Flatten"
    help = "Writes all numbers of an image or a sequence into one row, so that a linear layer can read them."
    formula = r"y_{(c H + i) W + j} = x_{c,i,j}"
    source = "PyTorch, torch.nn.Flatten"
    group = "shape"
    is_local = False
    Params = FlattenParams
    example = {
        "data": {"dataset": "digits"},
        "graph": [{"kind": "flatten"}, {"kind": "linear", "out_features": 10}],
    }

    def check_inputs(self, params: FlattenParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses an axis that is not there."""
        (shape,) = input_shapes
        if params.start_dim <= len(shape):
            return []
        message = f"{site.node} starts at axis {params.start_dim}, and {shape_text(shape)} from {site.source} has "
        message += f"{len(shape)} {'axis' if len(shape) == 1 else 'axes'} after the batch."
        wanted, mend = f"at most {len(shape)}", site.mend("start_dim", 1)
        return [
            site.problem(
                "no_such_axis", message, field="start_dim", expected=wanted, got=params.start_dim,
                hint="Set start_dim to 1, which takes all.", mend=mend,
            )
        ]  # fmt: skip

    def build(self, params: FlattenParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.Flatten`` of the axes from ``start_dim`` on."""
        return nn.Flatten(params.start_dim)

    def output_shape(self, params: FlattenParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """The axes before ``start_dim``, then one row."""
        kept = input_shapes[0][: params.start_dim - 1]
        return (*kept, prod(input_shapes[0][params.start_dim - 1 :]))

    def code(self, params: FlattenParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Flatten``."""
        return Code(written(nn.Flatten, start_dim=params.start_dim))
