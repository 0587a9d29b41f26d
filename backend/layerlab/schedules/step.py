"""The learning rate falls by a factor every few epochs."""

from typing import Annotated, Any, ClassVar

from layerlab_schemas.base import Positive, PositiveCount
from pydantic import Field

from layerlab.params import Params
from layerlab.schedules.base import ScheduleKind


class StepParams(Params):
    """How often, and how much is left."""

    epochs: PositiveCount = Field(default=10, description="Epochs between two falls.")
    gamma: Annotated[Positive, Field(le=1)] = Field(default=0.5, description="What is left of the rate after a fall.")


class Step(ScheduleKind[StepParams]):
    """Long the standard for image nets: each fall shows as a drop of the loss."""

    kind = "step"
    title = "StepLR"
    help = "The rate falls by a factor every few epochs; the loss drops with it."
    formula = r"\eta_t = \eta\, \gamma^{\lfloor e / k \rfloor}"
    source = "He et al. 2016, Deep Residual Learning; torch.optim.lr_scheduler.StepLR"
    Params = StepParams
    example: ClassVar[dict[str, Any]] = {"kind": "step", "epochs": 5, "gamma": 0.3}

    def factor(self, params: StepParams, *, step: int, num_steps: int, steps_per_epoch: int) -> float:
        """A power of gamma by the number of whole periods so far."""
        return float(params.gamma ** (step // (params.epochs * steps_per_epoch)))
