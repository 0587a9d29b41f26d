"""The learning-rate range test: the rate rises from tiny to huge, to see where the loss falls and where it bursts."""

from typing import Annotated, Any, ClassVar

from layerlab_schemas.base import Positive, PositiveCount
from pydantic import Field, ValidationInfo, field_validator

from layerlab.params import Params
from layerlab.schedules.base import Moment, ScheduleKind

Rate = Annotated[Positive, Field(ge=1e-12, le=1e6)]


class RangeTestParams(Params):
    """Both ends, and how long the way is. The optimizer's own rate plays no part."""

    min_lr: Rate = Field(default=1e-6, description="The rate of the first step.")
    max_lr: Rate = Field(default=10.0, description="The rate of the last step; it must be above min_lr.")
    num_steps: Annotated[PositiveCount, Field(ge=2)] | None = Field(
        default=None, description="Steps from one to the other; left out, the whole run."
    )

    @field_validator("max_lr")
    @classmethod
    def _rises(cls, max_lr: float, seen: ValidationInfo) -> float:
        if max_lr <= seen.data.get("min_lr", 0.0):
            raise ValueError("must be above min_lr")
        return max_lr


class RangeTest(ScheduleKind[RangeTestParams]):
    """A short run that trains badly on purpose; its curve of loss against rate shows which rates are right."""

    kind = "range_test"
    title = "Learning-rate range test"
    help = "The rate rises step by step from tiny to huge. Good rates are where the loss falls most steeply."
    formula = r"\eta_t = \eta_{\min} \left(\eta_{\max} / \eta_{\min}\right)^{t / (T - 1)}"
    source = "Smith 2017, Cyclical Learning Rates for Training Neural Networks, 3.3"
    Params = RangeTestParams
    example: ClassVar[dict[str, Any]] = {"kind": "range_test", "min_lr": 1e-5, "max_lr": 1.0}

    def scheduled(self, params: RangeTestParams, lr: float, moment: Moment) -> float:
        """Evenly on a logarithmic axis, ``max_lr`` at the last step; ``lr`` plays no part."""
        length = params.num_steps or moment.num_steps
        way = min(1.0, moment.step / max(1, length - 1))
        return float(params.min_lr * (params.max_lr / params.min_lr) ** way)
