"""Steps that are too small."""

from math import log10
from typing import ClassVar

from layerlab_schemas.base import Fraction, Positive
from pydantic import Field

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding
from layerlab.figures import count, figure, percent
from layerlab.params import Params

#: Usual size of an update over the weights.
USUAL = 1e-3
OTHER_CAUSES = frozenset({"vanishing_gradients", "exploding_gradients", "symmetric_units", "dead_units"})


class RateTooLowParams(Params):
    """When it is told."""

    update: Positive = Field(default=1e-4, description="Largest update over the weights it moves; below: told.")
    fall: Fraction = Field(default=0.1, description="Share of the first loss that is gone by now, at most.")
    part: Fraction = Field(default=0.1, description="Share of the planned steps that are done, at least.")


class RateTooLow(DiagnosisKind[RateTooLowParams]):
    """Measures how far a step moves the weights, and how far the loss has come."""

    kind = "rate_too_low"
    title = "Learning rate too low"
    help = "Steps are so small that the loss would fall for thousands of epochs: the net hardly learns."
    formula = r"\frac{\|\Delta w\|}{\|w\|} \ll 10^{-3}"
    source = "A. Karpathy, CS231n notes, Neural networks part 3: ratio of weights to updates (2016)"
    severity = "warning"
    Params = RateTooLowParams
    example: ClassVar[dict[str, object]] = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 32},
            {"kind": "relu"},
            {"kind": "linear", "out_features": 10},
        ],
        "optimizer": {"kind": "sgd", "lr": 1e-5},
        "training": {"epochs": 10},
    }

    def look(self, evidence: Evidence, params: RateTooLowParams, *, held: bool) -> Finding | None:
        """The largest update of all layers, while the rate is not one that a schedule has brought down."""
        trainer, history = evidence.assembly.trainer, evidence.history
        first, recent = history.first_loss, history.recent(24)
        if first is None or recent is None or not evidence.updates or not evidence.is_late:
            return None
        slack = 2 if held else 1
        node, most = max(evidence.updates.items(), key=lambda one: one[1])
        fall = 1 - recent.loss / first if first else 1.0
        is_early = evidence.step < params.part * trainer.num_steps
        is_scheduled = recent.learning_rate < 0.3 * evidence.learning_rate
        if most > params.update * slack or fall > params.fall * slack or fall < -0.02 or is_early or is_scheduled:
            return None
        # Where little gradient arrives, another rate is not the cure.
        if evidence.exam is None or evidence.exam.gradient < 1e-3 or OTHER_CAUSES & evidence.standing:
            return None
        factor = 10.0 ** min(4, max(1, round(log10(USUAL / most)))) if most else 1e4
        return Finding(
            severity="warning",
            what="Learning rate is too low",
            text=f"A step moves the weights of {node} by {figure(most)} of their size, and no layer by more. After "
            f"{count(evidence.step)} steps {percent(max(0.0, fall))} of the loss is gone. About 10⁻³ is usual.",
            cause=f"The rate of {figure(recent.learning_rate)} is too small for the gradients that arrive.",
            node=node,
            since=0,
            remedies=[evidence.set_rate(factor, live=True)],
        )
