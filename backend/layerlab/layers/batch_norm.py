"""Batch norm: each channel gets mean 0 and variance 1 over the batch."""

from collections.abc import Sequence
from math import prod

import torch
from layerlab_schemas.base import Boolean, Positive
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

from layerlab.layers.base import SWAPPED, Code, LayerKind, Momentum, Shape, Site, Width, channels_of, written
from layerlab.layers.batch_statistics import BatchNormModule
from layerlab.params import Params, live


class BatchNormParams(Params):
    """Fields of ``batch_norm``, named as in ``nn.BatchNorm2d``."""

    eps: Positive = Field(default=1e-5, description="Added to the variance, so that nothing is divided by 0.")
    momentum: Momentum = live(0.1, "Share of the new batch in the running statistics: (1 − m)·running + m·batch.")
    affine: Boolean = Field(default=True, description="Learn a scale γ and a shift β for each channel.")
    track_running_stats: Boolean = Field(
        default=True, description="Keep running statistics for evaluation; otherwise each batch uses its own."
    )
    num_features: Width | None = Field(default=None, description="Channels; inferred, checked when stated.")


class BatchNorm(LayerKind[BatchNormParams]):
    """[F], [T, F] or [C, H, W] → the same shape; γ starts at 1, β at 0."""

    kind = "batch_norm"
    title = "BatchNorm"
    help = "Gives each channel mean 0 and variance 1 over the batch, then a learned scale γ and shift β."
    formula = r"y = \gamma\, \frac{x - \mu_{\mathrm{batch}}}{\sqrt{\sigma^2_{\mathrm{batch}} + \epsilon}} + \beta"
    source = "S. Ioffe, C. Szegedy, Batch normalization, ICML 2015"
    group = "norm"
    by_frame = True
    keeps_shape = True
    is_norm = True
    aliases = ("batch_norm1d", "batch_norm2d")
    Params = BatchNormParams
    example = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
            {"kind": "batch_norm"},
            {"kind": "relu"},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 10},
        ],
    }

    def check_inputs(self, params: BatchNormParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses a stated ``num_features`` that does not match."""
        return site.stated_size(
            "num_features", params.num_features, channels_of(input_shapes[0]), "channels", "The norm"
        )

    def check_batch(
        self, params: BatchNormParams, input_shapes: Sequence[Shape], smallest_batch: int, site: Site
    ) -> list[Problem]:
        """Refuses batches of one sample where a channel has one value a sample."""
        (shape,) = input_shapes
        if smallest_batch * prod(shape) > channels_of(shape):
            return []
        message = f"{site.node} needs more than one value for each channel, and a training batch here has one sample."
        hint = "Change batch_size so that no batch is left with one sample, or use layer_norm."
        return [site.problem("batch_too_small", message, expected="at least 2 samples", got=smallest_batch, hint=hint)]

    def build(self, params: BatchNormParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """A batch norm over the channels that arrive."""
        return BatchNormModule(
            channels_of(input_shapes[0]),
            eps=params.eps,
            momentum=params.momentum,
            affine=params.affine,
            track_running_stats=params.track_running_stats,
        )

    def code(self, params: BatchNormParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.BatchNorm2d`` for images, else an ``nn.BatchNorm1d``."""
        (shape,) = input_shapes
        module = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
        fields = params.model_dump(exclude={"num_features"})
        return Code(written(module, channels_of(shape), **fields), SWAPPED if len(shape) == 2 else "{self}({0})")

    def norm_axes(self, params: BatchNormParams, input_shape: Shape) -> str:
        """All but the channels."""
        return {1: "N", 2: "N, T", 3: "N, H, W"}[len(input_shape)]

    def norm_rows(self, params: BatchNormParams, x: Tensor) -> Tensor:
        """One row for each channel."""
        channel_axis = 2 if x.dim() == 3 else 1
        return x.movedim(channel_axis, 0).flatten(1) if x.dim() > 2 else x.transpose(0, 1)
