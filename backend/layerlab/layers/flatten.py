"""Flatten: all numbers of a sample as one row of features."""

from collections.abc import Sequence
from math import prod

import torch
from torch import nn

from layerlab.layers.base import Code, LayerKind, Shape
from layerlab.params import Params


class FlattenParams(Params):
    """``flatten`` has no fields."""


class Flatten(LayerKind[FlattenParams]):
    """Any shape → [F]."""

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

    def build(self, params: FlattenParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.Flatten`` of all axes but the batch."""
        return nn.Flatten()

    def output_shape(self, params: FlattenParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """One row."""
        return (prod(input_shapes[0]),)

    def code(self, params: FlattenParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Flatten``."""
        return Code("nn.Flatten()")
