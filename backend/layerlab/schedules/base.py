"""What a schedule is: the learning rate of each update. Nearly all depend on the step alone and have no state."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from layerlab_schemas.base import Count
from layerlab_schemas.catalog import Family
from pydantic import Field

from layerlab.params import Params
from layerlab.registry import Kind

#: What a schedule remembers, as plain JSON data, so that it can stand in a checkpoint.
Memory = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Where a run stands before an update.

    Attributes:
        step: Updates done: 0 before the first.
        epoch: Whole passes over the training data done.
        num_steps: Updates when all is done as planned.
        steps_per_epoch: Updates in a pass.
        memory: What the schedule remembers; empty for nearly all.
    """

    step: int
    epoch: int
    num_steps: int
    steps_per_epoch: int
    memory: Memory = field(default_factory=dict)


class ScheduleParams(Params):
    """Most schedules can begin with a warm-up."""

    warmup_steps: Count = Field(
        default=0, description="Steps at the start in which the rate rises evenly to its value; 0 starts at once."
    )


P = TypeVar("P", bound=Params)


class ScheduleKind(Kind, Generic[P]):
    """One schedule.

    Where its fields have ``warmup_steps`` W above 0, the rate of the update after t updates is besides multiplied by
    min(1, (t + 1) / (W + 1)): PyTorch's ChainedScheduler of LinearLR(1 / (W + 1), total_iters=W) and the schedule.
    """

    family = Family.SCHEDULE
    group = "Schedules"
    watches_validation: ClassVar[bool] = False
    """True where the rate depends on the validation loss, so that nobody knows it before the run."""

    def facts(self) -> dict[str, Any]:
        """Tells the browser whether the preview is certain."""
        return {"watches_validation": self.watches_validation} | self.details

    def rate(self, params: P, lr: float, moment: Moment) -> float:
        """The learning rate of the next update, where the optimizer's is ``lr``; the warm-up included."""
        return self.scheduled(params, lr, moment) * warmth(params, moment.step)

    @abstractmethod
    def scheduled(self, params: P, lr: float, moment: Moment) -> float:
        """The learning rate without the warm-up."""

    def remember(self, params: P, memory: Memory, *, loss: float, lr: float) -> Memory:
        """What is known after an evaluation with this validation loss; ``lr`` is the optimizer's."""
        return memory

    def earliest_surprise(self, params: P, evaluation_every: int) -> int | None:
        """The first update whose rate may differ from the preview, with an evaluation every so many steps."""
        return None


def warmth(params: Params, step: int) -> float:
    """The warm-up's share of the rate."""
    num_steps: int = getattr(params, "warmup_steps", 0)
    return min(1.0, (step + 1) / (num_steps + 1))
