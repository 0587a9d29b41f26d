"""Activations that press all numbers into a range: tanh and sigmoid."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from layerlab.layers.base import Code, LayerKind, Shape
from layerlab.params import Params


def _example(activation: str) -> dict[str, Any]:
    hidden = [{"kind": "linear", "out_features": 16}, {"kind": activation}]
    return {"data": {"dataset": "spiral"}, "graph": [*hidden, {"kind": "linear", "out_features": 2}]}


class SquashingParams(Params):
    """``tanh`` and ``sigmoid`` have no fields."""


class Tanh(LayerKind[SquashingParams]):
    """Any shape → the same shape."""

    kind = "tanh"
    title = "Tanh"
    help = "Presses all numbers into −1 to 1. Far from 0 it is flat: a saturated unit gets hardly any gradient."
    formula = r"y = \tanh x = \frac{e^x - e^{-x}}{e^x + e^{-x}}"
    source = "Y. LeCun et al., Efficient BackProp, in Neural Networks: Tricks of the Trade (1998)"
    group = "activation"
    keeps_shape = True
    Params = SquashingParams
    example = _example("tanh")
    gain_name = "tanh"
    output_range = (-1.0, 1.0)

    def build(self, params: SquashingParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.Tanh``."""
        return nn.Tanh()

    def code(self, params: SquashingParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Tanh``."""
        return Code("nn.Tanh()")


class Sigmoid(LayerKind[SquashingParams]):
    """Any shape → the same shape."""

    kind = "sigmoid"
    title = "Sigmoid"
    help = "Presses all numbers into 0 to 1, like a probability or a gate. Its slope is at most a quarter."
    formula = r"y = \sigma(x) = \frac{1}{1 + e^{-x}}"
    source = "D. Rumelhart, G. Hinton, R. Williams, Learning representations by back-propagating errors, Nature (1986)"
    group = "activation"
    keeps_shape = True
    aliases = ("logistic",)
    Params = SquashingParams
    example = _example("sigmoid")
    gain_name = "sigmoid"
    output_range = (0.0, 1.0)

    def build(self, params: SquashingParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.Sigmoid``."""
        return nn.Sigmoid()

    def code(self, params: SquashingParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Sigmoid``."""
        return Code("nn.Sigmoid()")
