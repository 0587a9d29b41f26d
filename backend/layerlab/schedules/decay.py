"""The learning rate falls by a factor: every few epochs, or every epoch."""

from typing import Annotated, Any, ClassVar

from layerlab_schemas.base import Positive, PositiveCount
from pydantic import Field

from layerlab.schedules.base import Moment, ScheduleKind, ScheduleParams

Gamma = Annotated[Positive, Field(le=1)]


class StepParams(ScheduleParams):
    """How often, and how much is left."""

    step_size: PositiveCount = Field(default=10, description="Epochs between two falls.")
    gamma: Gamma = Field(default=0.5, description="What is left of the rate after a fall.")


class Step(ScheduleKind[StepParams]):
    """Long the standard for image nets: each fall shows as a drop of the loss."""

    kind = "step"
    title = "StepLR"
    help = "The rate falls by a factor every few epochs; the loss drops with it."
    formula = r"\eta_t = \eta\, \gamma^{\lfloor e / k \rfloor}"
    source = "He et al. 2016, Deep Residual Learning; torch.optim.lr_scheduler.StepLR"
    Params = StepParams
    example: ClassVar[dict[str, Any]] = {"kind": "step", "step_size": 5, "gamma": 0.3}

    def scheduled(self, params: StepParams, lr: float, moment: Moment) -> float:
        """A power of gamma by the number of whole periods so far."""
        return float(lr * params.gamma ** (moment.epoch // params.step_size))


class ExponentialParams(ScheduleParams):
    """How much is left."""

    gamma: Gamma = Field(default=0.9, description="What is left of the rate after each epoch.")


class Exponential(ScheduleKind[ExponentialParams]):
    """Steady: the same share is lost with every epoch."""

    kind = "exponential"
    title = "ExponentialLR"
    help = "The rate falls by the same factor after every epoch."
    formula = r"\eta_t = \eta\, \gamma^{e}"
    source = "LeCun et al. 1998, Efficient BackProp, on falling rates; torch.optim.lr_scheduler.ExponentialLR"
    Params = ExponentialParams
    example: ClassVar[dict[str, Any]] = {"kind": "exponential", "gamma": 0.95}

    def scheduled(self, params: ExponentialParams, lr: float, moment: Moment) -> float:
        """A power of gamma by the number of whole epochs so far."""
        return float(lr * params.gamma**moment.epoch)
