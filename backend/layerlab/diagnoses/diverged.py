"""A loss that is no number any more."""

import re
from typing import ClassVar

from layerlab_schemas.run import Remedy, RunState

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding, some
from layerlab.figures import count, figure
from layerlab.params import Params


class DivergedParams(Params):
    """``diverged`` has no thresholds: a number is finite or it is not."""


class Diverged(DiagnosisKind[DivergedParams]):
    """Says what the trainer found when the loss stopped being finite."""

    kind = "diverged"
    title = "Diverged"
    help = "The loss became NaN or infinite, and training stopped: every further step would be NaN too."
    formula = r"L \notin \mathbb{R}"
    source = "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning (2016), 4.1, 8.2.4"
    severity = "problem"
    patience = 1
    says_since = False
    Params = DivergedParams
    example: ClassVar[dict[str, object]] = {
        "data": {"dataset": "diabetes"},
        "graph": [
            {"id": "hidden", "kind": "linear", "out_features": 16},
            {"kind": "relu"},
            {"kind": "linear", "out_features": 1},
        ],
        "optimizer": {"kind": "sgd", "lr": 10.0},
    }

    def look(self, evidence: Evidence, params: DivergedParams, *, held: bool) -> Finding | None:
        """The first bad tensor, as the trainer told it."""
        outcome = evidence.outcome
        if outcome is None or outcome.status is not RunState.DIVERGED:
            return None
        # "The loss became …" is the first sentence, the likely cause the last ones.
        became = outcome.reason.split(" at step ")[0]
        told = outcome.reason.split(" Most often ")[0]
        where = f", first at {outcome.node}" if outcome.node else ""
        return Finding(
            severity="problem",
            what=f"{became} at step {count(outcome.step)}{where}",
            text=re.sub(r"^The loss became .*? with a learning rate of", "The learning rate was", told),
            cause="Most often the learning rate is too high: a step leads to a larger gradient, and that to a larger "
            "step, until numbers are too large for 32 bits.",
            node=outcome.node,
            since=outcome.step,
            # What is thrown out within some steps is far too fast.
            remedies=some(evidence.set_rate(0.01 if outcome.step <= 20 else 0.1, live=False), self._before(evidence)),
        )

    def _before(self, evidence: Evidence) -> Remedy | None:
        """Back to where the loss was at its lowest; None where that was hardly after the start."""
        best = evidence.history.best()
        if best is None or best.last < 50:
            return None
        rate = float(f"{evidence.learning_rate / 10:.2g}")
        label = f"Fork before step {count(best.last)} with rate {figure(rate)}"
        return Remedy(label=label, changes={"optimizer.lr": rate}, at_step=best.last)
