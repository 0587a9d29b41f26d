"""Identity: what goes in comes out."""

from collections.abc import Sequence

import torch
from torch import nn

from layerlab.layers.base import Code, LayerKind, Shape
from layerlab.params import Params


class IdentityParams(Params):
    """``identity`` has no fields."""


class Identity(LayerKind[IdentityParams]):
    """Any shape → the same shape."""

    kind = "identity"
    title = "Identity"
    help = "Changes nothing. In place of an activation it shows that layers without one between them are a single one."
    formula = r"y = x"
    source = "PyTorch, torch.nn.Identity"
    group = "activation"
    keeps_shape = True
    aliases = ("linear_activation",)
    Params = IdentityParams
    example = {
        "data": {"dataset": "spiral"},
        "graph": [
            {"kind": "linear", "out_features": 16},
            {"kind": "identity"},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def build(self, params: IdentityParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.Identity``."""
        return nn.Identity()

    def code(self, params: IdentityParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Identity``."""
        return Code("nn.Identity()")
