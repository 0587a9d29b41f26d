"""Group norm: each group of channels of each sample gets mean 0 and variance 1."""

from collections.abc import Sequence
from math import prod

import torch
from layerlab_schemas.base import Boolean, Positive
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

from layerlab.layers.base import SWAPPED, Code, LayerKind, Shape, Site, Width, channels_of, count_text, written
from layerlab.layers.grouping import usual_groups
from layerlab.params import Params


class GroupNormParams(Params):
    """Fields of ``group_norm``, named as in ``nn.GroupNorm``."""

    num_groups: Width | None = Field(
        default=None,
        description="Groups of channels; left out, the most up to 32 that divide the channels, two or more in each.",
    )
    eps: Positive = Field(default=1e-5, description="Added to the variance, so that nothing is divided by 0.")
    affine: Boolean = Field(default=True, description="Learn a scale γ and a shift β for each channel.")
    num_channels: Width | None = Field(default=None, description="Channels; inferred, checked when stated.")


class SequenceGroupNorm(nn.GroupNorm):
    """``nn.GroupNorm`` of sequences as [N, T, F]: groups of features, over all steps."""

    def forward(self, x: Tensor) -> Tensor:
        """The same shape, normalised."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class GroupNorm(LayerKind[GroupNormParams]):
    """[F], [T, F] or [C, H, W] → the same shape; γ starts at 1, β at 0."""

    kind = "group_norm"
    title = "GroupNorm"
    help = "Normalises groups of channels within each sample: does not care how large the batch is."
    formula = r"y_{n,g} = \gamma\, \frac{x_{n,g} - \mu_{n,g}}{\sqrt{\sigma^2_{n,g} + \epsilon}} + \beta"
    source = "Y. Wu, K. He, Group normalization, ECCV 2018"
    group = "norm"
    by_frame = True
    keeps_shape = True
    is_norm = True
    Params = GroupNormParams
    example = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
            {"kind": "group_norm", "num_groups": 4},
            {"kind": "relu"},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 10},
        ],
    }

    def check_inputs(self, params: GroupNormParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses groups that do not divide the channels, and groups of a single value."""
        (shape,) = input_shapes
        channels = channels_of(shape)
        problems = site.stated_size("num_channels", params.num_channels, channels, "channels", "The norm")
        groups, usual = params.num_groups or usual_groups(channels), usual_groups(channels)
        mend = site.mend("num_groups", usual)
        if channels % groups:
            message = (
                f"{site.node} cannot split {count_text(channels)} channels from {site.source} into {groups} groups."
            )
            hint = f"Set num_groups to a divisor of {channels}, such as {usual}."
            problems.append(
                site.problem(
                    "groups_do_not_divide",
                    message,
                    field="num_groups",
                    expected=f"a divisor of {channels}",
                    got=groups,
                    hint=hint,
                    mend=mend,
                )
            )
        elif prod(shape) == groups:
            message = f"Each group of {site.node} has one value only; what comes out would always be 0."
            hint = "Use fewer groups." if usual < groups else "Place it where there are at least 2 features."
            problems.append(
                site.problem(
                    "one_value",
                    message,
                    field="num_groups",
                    expected="at least 2 values in a group",
                    got=1,
                    hint=hint,
                    mend=mend if usual < groups else None,
                )
            )
        return problems

    def build(self, params: GroupNormParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.GroupNorm``."""
        (shape,) = input_shapes
        channels = channels_of(shape)
        module = SequenceGroupNorm if len(shape) == 2 else nn.GroupNorm
        return module(params.num_groups or usual_groups(channels), channels, eps=params.eps, affine=params.affine)

    def code(self, params: GroupNormParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.GroupNorm``."""
        (shape,) = input_shapes
        groups = params.num_groups or usual_groups(channels_of(shape))
        module = written(nn.GroupNorm, groups, channels_of(shape), eps=params.eps, affine=params.affine)
        return Code(module, SWAPPED if len(shape) == 2 else "{self}({0})")

    def norm_axes(self, params: GroupNormParams, input_shape: Shape) -> str:
        """The channels of one group of one sample, and their positions."""
        return {1: "F / groups", 2: "F / groups, T", 3: "C / groups, H, W"}[len(input_shape)]

    def norm_rows(self, params: GroupNormParams, x: Tensor) -> Tensor:
        """One row for each group of each sample, samples first."""
        first = x.transpose(1, 2) if x.dim() == 3 else x
        groups = params.num_groups or usual_groups(first.shape[1])
        return first.reshape(x.shape[0] * groups, -1)
