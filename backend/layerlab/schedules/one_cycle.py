"""One cycle: the learning rate rises to its peak and falls far below where it began."""

import math
from typing import Annotated, Any, ClassVar, Literal

from layerlab_schemas.base import Boolean, Fraction, Positive
from pydantic import Field

from layerlab.params import Params
from layerlab.schedules.base import Moment, ScheduleKind

Divisor = Annotated[Positive, Field(ge=1, le=1e12)]


class OneCycleParams(Params):
    """When the peak comes, and how far below it the rate starts and ends. The optimizer's rate is the peak."""

    pct_start: Fraction = Field(default=0.3, description="Share of the run in which the rate rises.")
    anneal_strategy: Literal["cos", "linear"] = Field(default="cos", description="Along half a cosine or a line.")
    div_factor: Divisor = Field(default=25.0, description="The rate starts at the peak divided by this.")
    final_div_factor: Divisor = Field(default=1e4, description="It ends at the start's rate divided by this.")
    three_phase: Boolean = Field(
        default=False, description="Fall back to the start's rate as long as it rose, and only then to the end's."
    )


class OneCycle(ScheduleKind[OneCycleParams]):
    """Large rates in the middle find flat regions quickly; the long fall settles. The optimizer's rate is the peak.

    Unlike PyTorch's class it leaves the momentum alone.
    """

    kind = "one_cycle"
    title = "OneCycleLR"
    help = "The rate rises to its value, which is the peak, and then falls to almost nothing by the end of the run."
    formula = (
        r"\frac{\eta}{d} \;\nearrow\; \eta \;\searrow\; \frac{\eta}{d\, d_{\mathrm{final}}},\quad "
        r"\text{peak at } p\, T"
    )
    source = "Smith, Topin 2018, Super-Convergence; torch.optim.lr_scheduler.OneCycleLR"
    Params = OneCycleParams
    example: ClassVar[dict[str, Any]] = {"kind": "one_cycle", "pct_start": 0.25}

    def scheduled(self, params: OneCycleParams, lr: float, moment: Moment) -> float:
        """On the leg that the step falls on; the last step has the lowest rate."""
        low, lowest = lr / params.div_factor, lr / params.div_factor / params.final_div_factor
        last = moment.num_steps - 1.0
        peak = params.pct_start * moment.num_steps - 1.0
        legs = [(peak, low, lr), (last, lr, lowest)]
        if params.three_phase:
            legs = [(peak, low, lr), (2.0 * peak, lr, low), (last, low, lowest)]
        began = 0.0
        for end, first, final in legs:
            if moment.step <= end or end is legs[-1][0]:
                way = (moment.step - began) / (end - began) if end > began else 1.0
                return _between(first, final, min(1.0, way), params.anneal_strategy)
            began = max(began, end)
        raise AssertionError("the last leg has no end")


def _between(first: float, final: float, way: float, strategy: str) -> float:
    if strategy == "linear":
        return first + (final - first) * way
    return final + (first - final) / 2.0 * (1 + math.cos(math.pi * way))
