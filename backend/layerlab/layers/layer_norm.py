"""Layer norm: each sample gets mean 0 and variance 1 over its own features."""

from collections.abc import Sequence
from math import prod

import torch
from layerlab_schemas.base import Boolean, Positive
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

from layerlab.layers.base import Code, LayerKind, Shape, Site, written
from layerlab.params import Params


class LayerNormParams(Params):
    """Fields of ``layer_norm``, named as in ``nn.LayerNorm``."""

    eps: Positive = Field(default=1e-5, description="Added to the variance, so that nothing is divided by 0.")
    elementwise_affine: Boolean = Field(default=True, description="Learn a scale γ and a shift β for each feature.")
    bias: Boolean = Field(default=True, description="Learn the shift β too; needs elementwise_affine.")


class LayerNorm(LayerKind[LayerNormParams]):
    """[F], [T, F] or [C, H, W] → the same shape; γ and β have the shape that is normalised."""

    kind = "layer_norm"
    title = "LayerNorm"
    help = "Gives each sample mean 0 and variance 1 over its own features; the same in training and evaluation."
    formula = r"y = \gamma\, \frac{x - \mu_{\mathrm{sample}}}{\sqrt{\sigma^2_{\mathrm{sample}} + \epsilon}} + \beta"
    source = "J. L. Ba, J. R. Kiros, G. Hinton, Layer normalization, arXiv:1607.06450 (2016)"
    group = "norm"
    by_frame = True
    keeps_shape = True
    is_norm = True
    Params = LayerNormParams
    example = {
        "data": {"dataset": "spiral"},
        "graph": [
            {"kind": "linear", "out_features": 16},
            {"kind": "layer_norm"},
            {"kind": "relu"},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def check_inputs(self, params: LayerNormParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses a single feature: its only deviation from the mean is 0."""
        if prod(_normalized(input_shapes[0])) > 1:
            return []
        message = f"{site.node} has one feature to normalise, from {site.source}; what comes out would always be 0."
        hint = "Place it where there are at least 2 features, or take it out."
        return [site.problem("one_value", message, field="inputs", expected="at least 2 features", got=1, hint=hint)]

    def build(self, params: LayerNormParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.LayerNorm`` over [C, H, W] of an image, the features of a step of a sequence, or all features."""
        return nn.LayerNorm(
            _normalized(input_shapes[0]),
            eps=params.eps,
            elementwise_affine=params.elementwise_affine,
            bias=params.bias,
        )

    def code(self, params: LayerNormParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.LayerNorm``."""
        sizes = _normalized(input_shapes[0])
        return Code(written(nn.LayerNorm, sizes[0] if len(sizes) == 1 else tuple(sizes), **params.model_dump()))

    def norm_axes(self, params: LayerNormParams, input_shape: Shape) -> str:
        """All of an image, the features of one step of a sequence."""
        return "C, H, W" if len(input_shape) == 3 else "F"

    def norm_rows(self, params: LayerNormParams, x: Tensor) -> Tensor:
        """One row for each sample, or each step of each sample."""
        return x.flatten(1) if x.dim() != 3 else x.flatten(0, 1)


def _normalized(shape: Shape) -> list[int]:
    """The axes, by size, that share one mean and variance."""
    return list(shape) if len(shape) == 3 else [shape[-1]]
