"""The learning rate stays as it is set."""

from typing import Any, ClassVar

from layerlab.params import Params
from layerlab.schedules.base import ScheduleKind


class ConstantParams(Params):
    """No fields."""


class Constant(ScheduleKind[ConstantParams]):
    """The plainest, and the one to change by hand."""

    kind = "constant"
    title = "Constant"
    help = "The rate stays as it is set."
    formula = r"\eta_t = \eta"
    source = "Robbins, Monro 1951, A Stochastic Approximation Method (which lets it fall)"
    Params = ConstantParams
    example: ClassVar[dict[str, Any]] = {"kind": "constant"}

    def factor(self, params: ConstantParams, *, step: int, num_steps: int, steps_per_epoch: int) -> float:
        """Always 1."""
        return 1.0
