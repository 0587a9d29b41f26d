"""Dropout: noise that keeps units from relying on each other."""

from collections.abc import Sequence

import torch
from layerlab_schemas.base import Fraction
from torch import Tensor, nn

from layerlab.layers.base import Code, LayerKind, Shape, written
from layerlab.params import Params, live


class DropoutParams(Params):
    """Fields of ``dropout``, named as in ``nn.Dropout``."""

    p: Fraction = live(0.5, "Probability with which a number is set to 0 while training.")


class DropoutModule(nn.Module):
    """Inverted dropout as ``nn.Dropout``, with a mask drawn from a generator of its own.

    Nothing else draws from it, so the masks of a run depend on its seed and the node's name only.
    """

    def __init__(self, p: float, generator: torch.Generator) -> None:
        super().__init__()
        self.p = p
        self.generator = generator

    def forward(self, x: Tensor) -> Tensor:
        """While training: each number is 0 with probability p, else divided by 1 − p. In eval mode: ``x``."""
        if not self.training or self.p == 0:
            return x
        keep = 1 - self.p
        return x * torch.empty_like(x).bernoulli_(keep, generator=self.generator).div_(keep)


class Dropout(LayerKind[DropoutParams]):
    """Any shape → the same shape."""

    kind = "dropout"
    title = "Dropout"
    help = "While training, sets random numbers to 0 and scales up the rest, so that no unit can rely on another."
    formula = r"y_i = \frac{m_i}{1 - p}\, x_i, \quad m_i \sim \mathrm{Bernoulli}(1 - p)"
    source = "N. Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, JMLR 15 (2014)"
    group = "regularisation"
    keeps_shape = True
    Params = DropoutParams
    example = {
        "data": {"dataset": "spiral"},
        "graph": [
            {"kind": "linear", "out_features": 32},
            {"kind": "relu"},
            {"kind": "dropout", "p": 0.2},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def build(self, params: DropoutParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """A ``DropoutModule`` that draws from ``generator``."""
        return DropoutModule(params.p, generator)

    def code(self, params: DropoutParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Dropout``: the same law, drawn from PyTorch's global generator."""
        return Code(written(nn.Dropout, params.p))
