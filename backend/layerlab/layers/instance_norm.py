"""Instance norm: each channel of each sample gets mean 0 and variance 1."""

from collections.abc import Sequence
from math import prod

import torch
from layerlab_schemas.base import Boolean, Positive
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

from layerlab.layers.base import (
    SWAPPED,
    Code,
    LayerKind,
    Momentum,
    Shape,
    Site,
    Width,
    channels_of,
    shape_text,
    written,
)
from layerlab.params import Params, live


class InstanceNormParams(Params):
    """Fields of ``instance_norm``, named as in ``nn.InstanceNorm2d``."""

    eps: Positive = Field(default=1e-5, description="Added to the variance, so that nothing is divided by 0.")
    momentum: Momentum = live(0.1, "Share of the new batch in the running statistics, where these are tracked.")
    affine: Boolean = Field(default=False, description="Learn a scale γ and a shift β for each channel.")
    track_running_stats: Boolean = Field(default=False, description="Use running statistics in evaluation.")
    num_features: Width | None = Field(default=None, description="Channels; inferred, checked when stated.")


class SequenceInstanceNorm(nn.InstanceNorm1d):
    """``nn.InstanceNorm1d`` of sequences as [N, T, F]: each feature over the steps."""

    def forward(self, x: Tensor) -> Tensor:
        """The same shape, normalised."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class InstanceNorm(LayerKind[InstanceNormParams]):
    """[T, F] or [C, H, W] → the same shape."""

    kind = "instance_norm"
    title = "InstanceNorm"
    help = "Gives each channel of each single image mean 0 and variance 1: contrast is gone, pattern stays."
    formula = r"y_{n,c} = \gamma_c\, \frac{x_{n,c} - \mu_{n,c}}{\sqrt{\sigma^2_{n,c} + \epsilon}} + \beta_c"
    source = "D. Ulyanov, A. Vedaldi, V. Lempitsky, Instance normalization, arXiv:1607.08022 (2016)"
    group = "norm"
    by_frame = True
    keeps_shape = True
    is_norm = True
    aliases = ("instance_norm1d", "instance_norm2d")
    Params = InstanceNormParams
    example = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
            {"kind": "instance_norm", "affine": True},
            {"kind": "relu"},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 10},
        ],
    }

    def check_inputs(self, params: InstanceNormParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses channels with a single value, and a stated ``num_features`` that does not match."""
        (shape,) = input_shapes
        channels = channels_of(shape)
        if prod(shape) == channels:
            message = (
                f"{site.node} normalises each channel over its own positions, and {shape_text(shape)} "
                f"from {site.source} has one position for each; what comes out would always be 0."
            )
            hint = "Use layer_norm, which normalises over the features."
            mend = site.mend("kind", "layer_norm", "Use layer_norm") if prod(shape) > 1 else None
            return [
                site.problem(
                    "one_value", message, field="inputs", expected="at least 2 positions", got=1, hint=hint, mend=mend
                )
            ]
        return site.stated_size("num_features", params.num_features, channels, "channels", "The norm")

    def build(
        self, params: InstanceNormParams, input_shapes: Sequence[Shape], *, generator: torch.Generator
    ) -> nn.Module:
        """An ``nn.InstanceNorm2d`` for images, its 1-D kin for sequences."""
        (shape,) = input_shapes
        module = nn.InstanceNorm2d if len(shape) == 3 else SequenceInstanceNorm
        return module(
            channels_of(shape),
            eps=params.eps,
            momentum=params.momentum,
            affine=params.affine,
            track_running_stats=params.track_running_stats,
        )

    def code(self, params: InstanceNormParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.InstanceNorm2d`` for images, an ``nn.InstanceNorm1d`` for sequences."""
        (shape,) = input_shapes
        module = nn.InstanceNorm2d if len(shape) == 3 else nn.InstanceNorm1d
        fields = params.model_dump(exclude={"num_features"})
        return Code(written(module, channels_of(shape), **fields), SWAPPED if len(shape) == 2 else "{self}({0})")

    def norm_axes(self, params: InstanceNormParams, input_shape: Shape) -> str:
        """The positions of one channel of one sample."""
        return "H, W" if len(input_shape) == 3 else "T"

    def norm_rows(self, params: InstanceNormParams, x: Tensor) -> Tensor:
        """One row for each channel of each sample, samples first."""
        return x.flatten(2).flatten(0, 1) if x.dim() == 4 else x.transpose(1, 2).flatten(0, 1)
