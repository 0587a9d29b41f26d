"""Steps that are too large."""

from typing import ClassVar

from layerlab_schemas.base import Positive
from pydantic import Field

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding
from layerlab.figures import figure
from layerlab.params import Params


class RateTooHighParams(Params):
    """When it is told."""

    above: Positive = Field(default=1.3, description="Latest training loss over the first one; above: told.")
    rise: Positive = Field(default=3.0, description="Latest training loss over the lowest; above: told.")


class RateTooHigh(DiagnosisKind[RateTooHighParams]):
    """Compares the latest training loss with the first one and with the lowest."""

    kind = "rate_too_high"
    title = "Learning rate too high"
    help = "Steps jump over the valley: the loss bounces or grows in the place of falling."
    formula = r"\eta > \frac{2}{\lambda_{\max}} \ \Rightarrow\ L(w - \eta \nabla L) > L(w)"
    source = "Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, Efficient BackProp (1998), 5"
    severity = "problem"
    patience = 3
    Params = RateTooHighParams
    example: ClassVar[dict[str, object]] = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 32},
            {"kind": "tanh"},
            {"kind": "linear", "out_features": 10},
        ],
        "optimizer": {"kind": "sgd", "lr": 30.0},
        "training": {"epochs": 10},
    }

    def look(self, evidence: Evidence, params: RateTooHighParams, *, held: bool) -> Finding | None:
        """Where the loss has been above the first one, or far above its best, over the latest blocks."""
        history, first = evidence.history, evidence.history.first_loss
        recent, best = history.recent(24), history.best()
        if first is None or recent is None or best is None or evidence.step < 30:
            return None
        floor = max(first, evidence.guessing_loss or 0.0)
        slack = 0.85 if held else 1
        is_above = recent.loss > params.above * slack * floor
        has_risen = recent.loss > params.rise * slack * best.loss and recent.loss > 0.5 * slack * floor
        if not (is_above or has_risen):
            return None
        compared = (
            f"It began at {figure(first)}" if is_above else f"It was down to {figure(best.loss)} at step {best.last}"
        )
        rate = recent.learning_rate
        return Finding(
            severity="problem" if is_above else "warning",
            what="Learning rate is too high",
            text=f"The training loss is {figure(recent.loss)} over the last {recent.num_steps} steps with a rate of "
            f"{figure(rate)}. {compared}. The steps jump over the valley.",
            since=self._since(evidence, params.above * floor) if is_above else best.last,
            cause="The rate times the steepest curvature of the loss is above 2, where each step leads further away.",
            # Far above, a tenth would still be too much.
            remedies=[
                evidence.set_rate(0.01 if recent.loss > 10 * floor else 0.1, live=False),
                evidence.set_rate(0.1, live=True),
            ]
            if is_above
            else [evidence.set_rate(0.1, live=True)],
        )

    def _since(self, evidence: Evidence, limit: float) -> int:
        """First step of the latest blocks that all lie above a loss."""
        since = evidence.step
        for block in reversed(evidence.history.blocks):
            if block.loss <= limit:
                break
            since = block.first
        return since
