"""Softmax: numbers as shares of a whole."""

from collections.abc import Sequence

import torch
from torch import nn

from layerlab.layers.base import Code, LayerKind, Shape, written
from layerlab.params import Params


class SoftmaxParams(Params):
    """``softmax`` has no fields."""


class Softmax(LayerKind[SoftmaxParams]):
    """Any shape → the same shape; the channels of a pixel, the features of a step, or all features sum to 1."""

    kind = "softmax"
    title = "Softmax"
    help = "Turns numbers into shares that sum to 1. As a hidden layer it lets units compete; the loss has its own."
    formula = r"y_i = \frac{e^{x_i}}{\sum_j e^{x_j}}"
    source = "J. Bridle, Probabilistic interpretation of feedforward classification network outputs, NATO ASI (1990)"
    group = "activation"
    by_frame = True
    keeps_shape = True
    Params = SoftmaxParams
    example = {
        "data": {"dataset": "spiral"},
        "graph": [
            {"kind": "linear", "out_features": 16},
            {"kind": "softmax"},
            {"kind": "linear", "out_features": 2},
        ],
    }
    gain_name = "linear"
    output_range = (0.0, 1.0)

    def build(self, params: SoftmaxParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.Softmax`` over the channels of an image, else over the features."""
        return nn.Softmax(dim=_axis(input_shapes))

    def code(self, params: SoftmaxParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Softmax``."""
        return Code(written(nn.Softmax, dim=_axis(input_shapes)))


def _axis(input_shapes: Sequence[Shape]) -> int:
    return 1 if len(input_shapes[0]) == 3 else -1
