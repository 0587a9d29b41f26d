"""Clips played otherwise: backwards, faster, with frames missing, or a part of them. Every clip keeps its length."""

from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import NonNegative, Positive
from pydantic import Field
from torch import Tensor

from layerlab.augment.base import AugmentKind, AugmentParams, DrawnStrengthParams
from layerlab.augment.drawn import factor_b, uniform_b


class TimeReversalParams(AugmentParams):
    """Only the chance."""


class TimeReversal(AugmentKind[TimeReversalParams]):
    """The last frame first. Wrong where the class is a direction: what went left then goes right."""

    kind = "time_reversal"
    title = "Time reversal"
    help = "Played backwards. Not where the class is a direction: what went left then goes right."
    formula = r"x'_t = x_{T-1-t}"
    source = "D. Wei et al., Learning and using the arrow of time, CVPR 2018"
    group = "Time"
    takes = ("video",)
    Params = TimeReversalParams
    example: ClassVar[dict[str, Any]] = {"kind": "time_reversal"}

    def change(self, params: TimeReversalParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """Every clip turned round."""
        return inputs.flip(1)


class SpeedChangeParams(DrawnStrengthParams):
    """How far."""

    speed: Annotated[NonNegative, Field(le=3)] = Field(
        default=0.5, description="0.5: speed by a factor between 1 / 1.5 and 1.5, drawn evenly on a log scale."
    )


class SpeedChange(AugmentKind[SpeedChangeParams]):
    """Played slower or faster. Between two frames their weighted mean is shown; past an end its frame stands still.

    A slower clip shows a part of what happened, from anywhere in it; a faster one stands still before, after, or both.
    """

    kind = "speed_change"
    title = "Speed change"
    help = "Played slower or faster: between frames their mean, past an end its frame stands still."
    formula = r"x'_t = x(s t + o),\quad o = u\,(T-1)(1-s),\ u \sim U(0, 1)"
    source = "S. Benaim et al., SpeedNet: learning the speediness in videos, CVPR 2020"
    group = "Time"
    takes = ("video",)
    Params = SpeedChangeParams
    example: ClassVar[dict[str, Any]] = {"kind": "speed_change", "speed": 0.5}

    def change(self, params: SpeedChangeParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """One speed and one beginning a clip."""
        last = inputs.shape[1] - 1
        speed_b = factor_b(params.speed, inputs, generator)
        start_b = uniform_b(0.0, 1.0, inputs, generator) * last * (1 - speed_b)
        steps = torch.arange(last + 1, device=inputs.device)
        return _between(inputs, (start_b[:, None] + steps * speed_b[:, None]).clamp(0, last))


def _between(inputs: Tensor, times_bt: Tensor) -> Tensor:
    """The clips at these times, from 0 to T − 1; between two frames their weighted mean."""
    before_bt = times_bt.floor().long()
    after_bt = (before_bt + 1).clamp(max=inputs.shape[1] - 1)
    weight = (times_bt - before_bt).reshape(*times_bt.shape, *[1] * (inputs.ndim - 2))
    return (1 - weight) * frames_at(inputs, before_bt) + weight * frames_at(inputs, after_bt)


def frames_at(inputs: Tensor, frames_bt: Tensor) -> Tensor:
    """The frames of these numbers [B, T] of each clip."""
    return inputs[torch.arange(len(inputs), device=inputs.device)[:, None], frames_bt]


class FrameDroppingParams(DrawnStrengthParams):
    """How many."""

    rate: Annotated[Positive, Field(lt=1)] = Field(default=0.3, description="Chance that a frame is lost.")


class FrameDropping(AugmentKind[FrameDroppingParams]):
    """Frames lost by chance; the one before stands still in their place. The first is never lost."""

    kind = "frame_dropping"
    title = "Frame dropping"
    help = "Frames are lost by chance, and the one before stands still in their place, as over a bad line."
    formula = r"x'_t = x_{k(t)},\quad k(t) = \max\{s \le t : \text{frame } s \text{ is not lost}\}"
    source = "Dropout of frames; N. Srivastava et al., Dropout (2014), for the principle"
    group = "Time"
    takes = ("video",)
    Params = FrameDroppingParams
    example: ClassVar[dict[str, Any]] = {"kind": "frame_dropping", "rate": 0.3}

    def change(self, params: FrameDroppingParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """A draw for each frame."""
        num_frames = inputs.shape[1]
        is_lost_bt = torch.rand(len(inputs), num_frames, generator=generator) < params.rate
        kept_bt = torch.arange(num_frames).expand(len(inputs), -1).masked_fill(is_lost_bt, 0)
        return frames_at(inputs, kept_bt.cummax(1).values.to(inputs.device))


class TemporalCropParams(DrawnStrengthParams):
    """How short the part may be."""

    scale: Annotated[Positive, Field(le=1)] = Field(
        default=0.6, description="Least share of the frames that is kept; the share is drawn evenly up to 1."
    )


class TemporalCrop(AugmentKind[TemporalCropParams]):
    """A stretch of frames from anywhere in the clip, at its own speed; its last frame then stands still to the end."""

    kind = "temporal_crop"
    title = "Temporal crop"
    help = "A stretch of frames from anywhere in the clip; its last one then stands still to the end."
    formula = r"x'_t = x_{a + \min(t,\,L-1)},\quad L \ge \lceil s T \rceil,\ a \in \{0, \dots, T-L\}"
    source = "L. Wang et al., Temporal segment networks, ECCV 2016, for crops in time"
    group = "Time"
    takes = ("video",)
    Params = TemporalCropParams
    example: ClassVar[dict[str, Any]] = {"kind": "temporal_crop", "scale": 0.6}

    def change(self, params: TemporalCropParams, inputs: Tensor, *, generator: torch.Generator) -> Tensor:
        """One stretch a clip."""
        num_frames = inputs.shape[1]
        share_b = uniform_b(params.scale, 1.0, inputs, generator)
        length_b = (share_b * num_frames).ceil().long().clamp(1, num_frames)
        start_b = (uniform_b(0.0, 1.0, inputs, generator) * (num_frames - length_b + 1)).long()
        start_b = torch.minimum(start_b, num_frames - length_b)
        steps = torch.arange(num_frames, device=inputs.device)
        return frames_at(inputs, start_b[:, None] + torch.minimum(steps, length_b[:, None] - 1))
