"""What a schedule is: a factor for the learning rate that depends on the step alone, so that it has no state."""

from abc import abstractmethod
from typing import Generic, TypeVar

from layerlab_schemas.catalog import Family

from layerlab.params import Params
from layerlab.registry import Kind

P = TypeVar("P", bound=Params)


class ScheduleKind(Kind, Generic[P]):
    """One schedule."""

    family = Family.SCHEDULE
    group = "Schedules"

    @abstractmethod
    def factor(self, params: P, *, step: int, num_steps: int, steps_per_epoch: int) -> float:
        """What the learning rate is multiplied by for the update that follows ``step`` updates (0, 1, 2 …)."""
