"""Smooth activations: ELU and SiLU."""

from collections.abc import Sequence

import torch
from layerlab_schemas.base import Number
from pydantic import Field
from torch import nn

from layerlab.layers.base import Code, LayerKind, Shape, written
from layerlab.params import Params

_HIDDEN = {"kind": "linear", "out_features": 16}
_END = {"kind": "linear", "out_features": 2}


class EluParams(Params):
    """Fields of ``elu``, named as in ``nn.ELU``."""

    alpha: Number = Field(default=1.0, description="How far below 0 it goes: it levels off at −α.")


class Elu(LayerKind[EluParams]):
    """Any shape → the same shape."""

    kind = "elu"
    title = "ELU"
    help = "Like ReLU, but bends softly to −α on the negative side: no unit dies, and the mean stays near 0."
    formula = r"y = x \text{ for } x > 0, \quad y = \alpha (e^x - 1) \text{ for } x \le 0"
    source = "D.-A. Clevert, T. Unterthiner, S. Hochreiter, Exponential linear units (ELUs), ICLR 2016"
    group = "activation"
    keeps_shape = True
    Params = EluParams
    example = {"data": {"dataset": "spiral"}, "graph": [_HIDDEN, {"kind": "elu"}, _END]}
    gain_name = "relu"

    def build(self, params: EluParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.ELU``."""
        return nn.ELU(params.alpha)

    def code(self, params: EluParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.ELU``."""
        return Code(written(nn.ELU, alpha=params.alpha))


class SiluParams(Params):
    """``silu`` has no fields."""


class Silu(LayerKind[SiluParams]):
    """Any shape → the same shape."""

    kind = "silu"
    title = "SiLU"
    help = "A smooth ReLU: the number times its own sigmoid. Dips a little below 0. Also called swish."
    formula = r"y = x\, \sigma(x) = \frac{x}{1 + e^{-x}}"
    source = "S. Elfwing, E. Uchibe, K. Doya, Sigmoid-weighted linear units, Neural Networks 107 (2018)"
    group = "activation"
    keeps_shape = True
    aliases = ("swish",)
    Params = SiluParams
    example = {"data": {"dataset": "spiral"}, "graph": [_HIDDEN, {"kind": "silu"}, _END]}
    gain_name = "relu"

    def build(self, params: SiluParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.SiLU``."""
        return nn.SiLU()

    def code(self, params: SiluParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.SiLU``."""
        return Code("nn.SiLU()")
