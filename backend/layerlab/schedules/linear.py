"""The learning rate moves along a line: down over the run, or up at its start."""

from typing import Annotated, Any, ClassVar

from layerlab_schemas.base import NonNegative, Positive, PositiveCount
from pydantic import Field

from layerlab.params import Params
from layerlab.schedules.base import Moment, ScheduleKind, ScheduleParams

Factor = Annotated[NonNegative, Field(le=1)]
StartFactor = Annotated[Positive, Field(le=1)]


def _on_the_line(start: float, end: float, step: int, length: int) -> float:
    return start + (end - start) * min(1.0, step / max(1, length))


class LinearParams(ScheduleParams):
    """Both ends, and how long the way is."""

    start_factor: StartFactor = Field(default=1.0, description="Share of the rate at the first step.")
    end_factor: Factor = Field(default=0.0, description="Share of the rate at the end, which then stays.")
    total_iters: PositiveCount | None = Field(
        default=None, description="Steps from one to the other; left out, the whole run."
    )


class Linear(ScheduleKind[LinearParams]):
    """The usual end of training for transformers, together with a warm-up."""

    kind = "linear"
    title = "LinearLR"
    help = "The rate falls evenly to 0 by the end of the run, or moves between two shares of it."
    formula = r"\eta_t = \eta \left(a + (b - a) \min(1, t / T)\right)"
    source = "Devlin et al. 2019, BERT; torch.optim.lr_scheduler.LinearLR"
    Params = LinearParams
    example: ClassVar[dict[str, Any]] = {"kind": "linear", "end_factor": 0.1, "warmup_steps": 2}

    def scheduled(self, params: LinearParams, lr: float, moment: Moment) -> float:
        """``start_factor`` at the first update, ``end_factor`` after ``total_iters``."""
        length = params.total_iters or moment.num_steps
        return lr * _on_the_line(params.start_factor, params.end_factor, moment.step, length)


class WarmupParams(Params):
    """Where it starts, and how long it takes."""

    start_factor: StartFactor = Field(default=0.01, description="Share of the rate at the first step.")
    total_iters: PositiveCount | None = Field(
        default=None, description="Steps until the full rate; left out, a tenth of the run."
    )


class Warmup(ScheduleKind[WarmupParams]):
    """The first steps see gradients that are large and alike; small rates keep them from doing harm."""

    kind = "warmup"
    title = "Warm-up"
    help = "The rate rises evenly from a small share to its full value, and stays. Others do so with warmup_steps."
    formula = r"\eta_t = \eta \left(a + (1 - a) \min(1, t / T)\right)"
    source = "Goyal et al. 2017, Accurate, Large Minibatch SGD; torch.optim.lr_scheduler.LinearLR"
    Params = WarmupParams
    example: ClassVar[dict[str, Any]] = {"kind": "warmup", "total_iters": 50}

    def scheduled(self, params: WarmupParams, lr: float, moment: Moment) -> float:
        """``start_factor`` at the first update, the full rate after ``total_iters``."""
        length = params.total_iters or max(1, moment.num_steps // 10)
        return lr * _on_the_line(params.start_factor, 1.0, moment.step, length)
