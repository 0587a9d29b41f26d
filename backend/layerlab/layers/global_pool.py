"""Global average pooling: one number for each map, or each feature of a sequence."""

from collections.abc import Sequence
from typing import Any

import torch
from layerlab_schemas.problems import Problem
from torch import Tensor, nn

from layerlab.layers.base import Code, LayerKind, Shape, Site, channels_of, shape_text, sources_of
from layerlab.params import Params


class GlobalAvgPoolParams(Params):
    """``global_avg_pool`` has no fields."""


def mean_over_steps(x_ntf: Tensor, *, masks: Any = (None,)) -> Any:
    """The mean over the steps, or over those that are no padding."""
    if masks[0] is None:
        return x_ntf.mean(1)
    share_nt1 = masks[0][:, :, None].to(x_ntf.dtype)
    return (x_ntf * share_nt1).sum(1) / share_nt1.sum(1).clamp(min=1)


class GlobalAvgPoolModule(nn.Module):
    """The mean over all pixels of a map, or all real steps of a sequence."""

    def forward(self, x: Tensor, *, masks: tuple[Tensor | None, ...] = (None,)) -> Tensor:
        """[N, C, H, W] → [N, C]; [N, T, F] → [N, F]."""
        given: Tensor = x.mean((2, 3)) if x.dim() == 4 else mean_over_steps(x, masks=masks)
        return given


class GlobalAvgPool(LayerKind[GlobalAvgPoolParams]):
    """[C, H, W] → [C]; [T, F] → [F]. Steps that are padding do not count."""

    kind = "global_avg_pool"
    title = "Global average pool"
    help = "Takes the mean of each whole map, or of each feature over all steps: a few numbers instead of a long row."
    formula = r"y_c = \frac{1}{HW} \sum_{i,j} x_{c,i,j}"
    source = "M. Lin, Q. Chen, S. Yan, Network in network, ICLR 2014"
    group = "pooling"
    by_frame = True
    aliases = ("global_average_pool", "global_avg_pool2d")
    reads_masks = True
    is_local = False
    Params = GlobalAvgPoolParams
    example = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "conv2d", "out_channels": 16, "kernel_size": 3, "padding": 1},
            {"kind": "relu"},
            {"kind": "global_avg_pool"},
            {"kind": "linear", "out_features": 10},
        ],
    }

    def check_inputs(self, params: GlobalAvgPoolParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses features: there is nothing to take the mean over."""
        (shape,) = input_shapes
        if len(shape) > 1:
            return []
        message = f"{site.node} takes the mean over pixels or steps and gets features, {shape_text(shape)}, "
        message += f"from {site.source}."
        hint = "Place it before the flatten, or take it out."
        return [
            site.problem(
                "needs_places", message, field="inputs", expected="an image or a sequence", got=shape_text(shape),
                hint=hint,
                mend=site.mend("kind", "identity", "Use identity"),
            )
        ]  # fmt: skip

    def build(
        self, params: GlobalAvgPoolParams, input_shapes: Sequence[Shape], *, generator: torch.Generator
    ) -> nn.Module:
        """A ``GlobalAvgPoolModule``."""
        return GlobalAvgPoolModule()

    def output_shape(self, params: GlobalAvgPoolParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """The channels, or the features."""
        return (channels_of(input_shapes[0]),)

    def code(self, params: GlobalAvgPoolParams, input_shapes: Sequence[Shape]) -> Code:
        """A mean."""
        if len(input_shapes[0]) == 3:
            return Code(call="{0}.mean((2, 3))")
        return Code(call="mean_over_steps({0}, masks={masks})", definitions=sources_of(mean_over_steps))
