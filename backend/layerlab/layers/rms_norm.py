"""RMS norm: each sample is divided by its own root mean square."""

from collections.abc import Sequence
from math import prod

import torch
from layerlab_schemas.base import Boolean, Positive
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

from layerlab.layers.base import Code, LayerKind, Shape, Site, written
from layerlab.params import Params


class RmsNormParams(Params):
    """Fields of ``rms_norm``, named as in ``nn.RMSNorm``."""

    eps: Positive | None = Field(
        default=None, description="Added to the mean square; left out, the smallest step of the number format (1.2e-7)."
    )
    elementwise_affine: Boolean = Field(default=True, description="Learn a scale γ for each feature.")


class RmsNorm(LayerKind[RmsNormParams]):
    """[F], [T, F] or [C, H, W] → the same shape; γ has the shape that is normalised."""

    kind = "rms_norm"
    title = "RMSNorm"
    help = "Layer norm without the mean: divides by the root mean square of the features. Usual in large transformers."
    formula = r"y = \gamma\, \frac{x}{\sqrt{\frac{1}{d} \sum_i x_i^2 + \epsilon}}"
    source = "B. Zhang, R. Sennrich, Root mean square layer normalization, NeurIPS 2019"
    group = "norm"
    by_frame = True
    keeps_shape = True
    is_norm = True
    Params = RmsNormParams
    example = {
        "data": {"dataset": "spiral"},
        "graph": [
            {"kind": "linear", "out_features": 16},
            {"kind": "rms_norm"},
            {"kind": "relu"},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def check_inputs(self, params: RmsNormParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses a single feature: divided by its own size only its sign is left."""
        if prod(_normalized(input_shapes[0])) > 1:
            return []
        message = f"{site.node} has one feature to normalise, from {site.source}; only its sign would be left."
        hint = "Place it where there are at least 2 features, or take it out."
        return [site.problem("one_value", message, field="inputs", expected="at least 2 features", got=1, hint=hint)]

    def build(self, params: RmsNormParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.RMSNorm`` over [C, H, W] of an image, the features of a step of a sequence, or all features."""
        return nn.RMSNorm(_normalized(input_shapes[0]), **params.model_dump())

    def code(self, params: RmsNormParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.RMSNorm``."""
        sizes = _normalized(input_shapes[0])
        return Code(written(nn.RMSNorm, sizes[0] if len(sizes) == 1 else tuple(sizes), **params.model_dump()))

    def norm_axes(self, params: RmsNormParams, input_shape: Shape) -> str:
        """All of an image, the features of one step of a sequence."""
        return "C, H, W" if len(input_shape) == 3 else "F"

    def norm_rows(self, params: RmsNormParams, x: Tensor) -> Tensor:
        """One row for each sample, or each step of each sample."""
        return x.flatten(1) if x.dim() != 3 else x.flatten(0, 1)


def _normalized(shape: Shape) -> list[int]:
    """The axes, by size, that share one mean square."""
    return list(shape) if len(shape) == 3 else [shape[-1]]
