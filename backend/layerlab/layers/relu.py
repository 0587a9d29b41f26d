"""Activations that pass positive numbers on: ReLU and its kin."""

from collections.abc import Sequence
from typing import Any, Literal

import torch
from layerlab_schemas.base import Number
from pydantic import Field
from torch import nn

from layerlab.layers.base import Code, LayerKind, Shape, written
from layerlab.params import Params


def _example(activation: dict[str, Any]) -> dict[str, Any]:
    hidden = {"kind": "linear", "out_features": 16}
    return {"data": {"dataset": "spiral"}, "graph": [hidden, activation, {"kind": "linear", "out_features": 2}]}


class ReluParams(Params):
    """``relu`` has no fields."""


class Relu(LayerKind[ReluParams]):
    """Any shape → the same shape."""

    kind = "relu"
    title = "ReLU"
    help = "Passes positive numbers and stops negative ones. A unit that is never positive is dead: it learns no more."
    formula = r"y = \max(0, x)"
    source = "V. Nair, G. Hinton, Rectified linear units improve restricted Boltzmann machines, ICML 2010"
    group = "activation"
    keeps_shape = True
    Params = ReluParams
    example = _example({"kind": "relu"})
    relu_like = True
    gain_name = "relu"

    def build(self, params: ReluParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.ReLU``."""
        return nn.ReLU()

    def code(self, params: ReluParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.ReLU``."""
        return Code(written(nn.ReLU))


class LeakyReluParams(Params):
    """Fields of ``leaky_relu``, named as in ``nn.LeakyReLU``."""

    negative_slope: Number = Field(default=0.01, description="Slope for negative numbers.")


class LeakyRelu(LayerKind[LeakyReluParams]):
    """Any shape → the same shape."""

    kind = "leaky_relu"
    title = "LeakyReLU"
    help = "Like ReLU, but lets a little of the negative side through, so that no unit dies."
    formula = r"y = \max(0, x) + a \min(0, x)"
    source = "A. Maas et al., Rectifier nonlinearities improve neural network acoustic models, ICML 2013"
    group = "activation"
    keeps_shape = True
    Params = LeakyReluParams
    example = _example({"kind": "leaky_relu", "negative_slope": 0.1})
    gain_name = "leaky_relu"

    def build(self, params: LeakyReluParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.LeakyReLU``."""
        return nn.LeakyReLU(params.negative_slope)

    def code(self, params: LeakyReluParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.LeakyReLU``."""
        return Code(written(nn.LeakyReLU, negative_slope=params.negative_slope))


class GeluParams(Params):
    """Fields of ``gelu``, named as in ``nn.GELU``."""

    approximate: Literal["none", "tanh"] = Field(default="none", description='"tanh" is a quicker approximation.')


class Gelu(LayerKind[GeluParams]):
    """Any shape → the same shape."""

    kind = "gelu"
    title = "GELU"
    help = "A smooth ReLU: weighs each number by the chance that a normal number is smaller. Usual in transformers."
    formula = r"y = x\, \Phi(x) = \tfrac{x}{2} \left(1 + \mathrm{erf}(x / \sqrt{2})\right)"
    source = "D. Hendrycks, K. Gimpel, Gaussian error linear units (GELUs), arXiv:1606.08415 (2016)"
    group = "activation"
    keeps_shape = True
    Params = GeluParams
    example = _example({"kind": "gelu"})
    gain_name = "relu"

    def build(self, params: GeluParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.GELU``."""
        return nn.GELU(approximate=params.approximate)

    def code(self, params: GeluParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.GELU``."""
        return Code(written(nn.GELU, approximate=params.approximate))
