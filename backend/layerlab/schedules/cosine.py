"""The learning rate falls along half a cosine."""

import math
from typing import Any, ClassVar

from layerlab_schemas.base import Fraction
from pydantic import Field

from layerlab.params import Params
from layerlab.schedules.base import ScheduleKind


class CosineParams(Params):
    """Where it ends."""

    final: Fraction = Field(default=0.0, description="Share of the rate that is left at the end of the run.")


class Cosine(ScheduleKind[CosineParams]):
    """Slow at both ends: explores first, settles last, and has hardly anything to tune."""

    kind = "cosine"
    title = "CosineAnnealingLR"
    help = "The rate falls along half a cosine, from its full value to about 0 at the end of the run."
    formula = r"\eta_t = \eta \left(f + \tfrac{1 - f}{2} (1 + \cos(\pi t / T))\right)"
    source = "Loshchilov, Hutter 2017, SGDR; torch.optim.lr_scheduler.CosineAnnealingLR"
    Params = CosineParams
    example: ClassVar[dict[str, Any]] = {"kind": "cosine", "final": 0.01}

    def factor(self, params: CosineParams, *, step: int, num_steps: int, steps_per_epoch: int) -> float:
        """1 at the first update, ``final`` after the last."""
        way = min(1.0, step / max(1, num_steps))
        return params.final + (1 - params.final) * (1 + math.cos(math.pi * way)) / 2
