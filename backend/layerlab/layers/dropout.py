"""Dropout: noise that keeps units from relying on each other."""

from collections.abc import Sequence

import torch
from layerlab_schemas.base import Fraction
from layerlab_schemas.problems import Problem
from torch import nn

from layerlab.layers.base import Code, LayerKind, Shape, Site, written
from layerlab.layers.masking import Dropout2dModule, DropoutModule
from layerlab.params import Params, live


class DropoutParams(Params):
    """Fields of ``dropout``, named as in ``nn.Dropout``."""

    p: Fraction = live(0.5, "Probability with which a number is set to 0 while training.")


class Dropout(LayerKind[DropoutParams]):
    """Any shape → the same shape."""

    kind = "dropout"
    title = "Dropout"
    help = "While training, sets random numbers to 0 and scales up the rest, so that no unit can rely on another."
    formula = r"y_i = \frac{m_i}{1 - p}\, x_i, \quad m_i \sim \mathrm{Bernoulli}(1 - p)"
    source = "N. Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, JMLR 15 (2014)"
    group = "regularisation"
    keeps_shape = True
    dropout_places = ("",)
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


class Dropout2dParams(Params):
    """Fields of ``dropout2d``, named as in ``nn.Dropout2d``."""

    p: Fraction = live(0.5, "Probability with which a whole map is set to 0 while training.")


class Dropout2d(LayerKind[Dropout2dParams]):
    """[C, H, W] → the same shape."""

    kind = "dropout2d"
    title = "Dropout2d"
    help = "While training, sets whole random maps to 0: neighbouring pixels say the same, so single ones hide little."
    formula = r"y_{c,i,j} = \frac{m_c}{1 - p}\, x_{c,i,j}, \quad m_c \sim \mathrm{Bernoulli}(1 - p)"
    source = "J. Tompson et al., Efficient object localization using convolutional networks, CVPR 2015"
    group = "regularisation"
    by_frame = True
    keeps_shape = True
    dropout_places = ("",)
    aliases = ("spatial_dropout",)
    Params = Dropout2dParams
    example = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
            {"kind": "relu"},
            {"kind": "dropout2d", "p": 0.2},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 10},
        ],
    }

    def check_inputs(self, params: Dropout2dParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses what has no maps."""
        if len(input_shapes[0]) == 3:
            return []
        (problem,) = site.needs_image(input_shapes[0])
        mend = site.mend("kind", "dropout", "Use dropout")
        message = f"{site.node} drops whole maps of an image and gets {problem.got} from {site.source}."
        hint = "Use dropout, which drops single numbers."
        return [problem.model_copy(update={"message": message, "hint": hint, "mend": mend})]

    def build(self, params: Dropout2dParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """A ``Dropout2dModule`` that draws from ``generator``."""
        return Dropout2dModule(params.p, generator)

    def code(self, params: Dropout2dParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Dropout2d``: the same law, drawn from PyTorch's global generator."""
        return Code(written(nn.Dropout2d, params.p))
