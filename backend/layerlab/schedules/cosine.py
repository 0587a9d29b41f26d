"""The learning rate falls along half a cosine: once, or again and again."""

import math
from typing import Any, ClassVar

from layerlab_schemas.base import NonNegative, PositiveCount
from pydantic import Field

from layerlab.schedules.base import Moment, ScheduleKind, ScheduleParams


def _half_cosine(lr: float, lowest: float, way: float) -> float:
    """From ``lr`` at 0 to ``lowest`` at 1."""
    return lowest + (lr - lowest) * (1 + math.cos(math.pi * way)) / 2


class CosineParams(ScheduleParams):
    """Where it ends."""

    T_max: PositiveCount | None = Field(
        default=None, description="Epochs until the lowest rate, which then stays; left out, the whole run."
    )
    eta_min: NonNegative = Field(default=0.0, description="The lowest rate: a rate, not a share of one.")


class Cosine(ScheduleKind[CosineParams]):
    """Slow at both ends: explores first, settles last, and has hardly anything to tune."""

    kind = "cosine"
    title = "CosineAnnealingLR"
    help = "The rate falls along half a cosine, from its full value to about 0 at the end of the run."
    formula = r"\eta_t = \eta_{\min} + \tfrac{1}{2} (\eta - \eta_{\min}) (1 + \cos(\pi t / T))"
    source = "Loshchilov, Hutter 2017, SGDR; torch.optim.lr_scheduler.CosineAnnealingLR"
    Params = CosineParams
    example: ClassVar[dict[str, Any]] = {"kind": "cosine", "eta_min": 0.0001}

    def scheduled(self, params: CosineParams, lr: float, moment: Moment) -> float:
        """The full rate at the first update, ``eta_min`` after the last."""
        length = moment.num_steps if params.T_max is None else params.T_max * moment.steps_per_epoch
        return _half_cosine(lr, params.eta_min, min(1.0, moment.step / max(1, length)))


class CosineRestartsParams(ScheduleParams):
    """How long the periods are, and where they end."""

    T_0: PositiveCount = Field(default=5, description="Epochs of the first period.")
    T_mult: PositiveCount = Field(default=2, description="How much longer each period is than the one before.")
    eta_min: NonNegative = Field(default=0.0, description="The lowest rate: a rate, not a share of one.")


class CosineRestarts(ScheduleKind[CosineRestartsParams]):
    """Each restart throws the net out of where it settled; just before one is a good time to keep it."""

    kind = "cosine_restarts"
    title = "CosineAnnealingWarmRestarts"
    help = "The rate falls along half a cosine, then jumps back and falls again, each time more slowly."
    formula = (
        r"\eta_t = \eta_{\min} + \tfrac{1}{2} (\eta - \eta_{\min}) (1 + \cos(\pi\, T_{\mathrm{cur}} / T_i)),\quad "
        r"T_{i+1} = T_{\mathrm{mult}}\, T_i"
    )
    source = "Loshchilov, Hutter 2017, SGDR; torch.optim.lr_scheduler.CosineAnnealingWarmRestarts"
    Params = CosineRestartsParams
    example: ClassVar[dict[str, Any]] = {"kind": "cosine_restarts", "T_0": 2, "T_mult": 2}

    def scheduled(self, params: CosineRestartsParams, lr: float, moment: Moment) -> float:
        """By the place in the present period; the rate moves with every step, not only with every epoch."""
        place, length = moment.step, params.T_0 * moment.steps_per_epoch
        if params.T_mult == 1:
            place %= length
        while place >= length:
            place -= length
            length *= params.T_mult
        return _half_cosine(lr, params.eta_min, place / length)
