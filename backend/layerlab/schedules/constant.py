"""The learning rate stays as it is set."""

from typing import Any, ClassVar

from layerlab.schedules.base import Moment, ScheduleKind, ScheduleParams


class ConstantParams(ScheduleParams):
    """A warm-up, if wanted."""


class Constant(ScheduleKind[ConstantParams]):
    """The plainest, and the one to change by hand."""

    kind = "constant"
    title = "Constant"
    help = "The rate stays as it is set."
    formula = r"\eta_t = \eta"
    source = "Robbins, Monro 1951, A Stochastic Approximation Method (which lets it fall)"
    Params = ConstantParams
    example: ClassVar[dict[str, Any]] = {"kind": "constant"}

    def scheduled(self, params: ConstantParams, lr: float, moment: Moment) -> float:
        """As set."""
        return lr
