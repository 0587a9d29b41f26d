"""A first loss that is far above that of guessing."""

from typing import ClassVar

from layerlab_schemas.base import Positive
from layerlab_schemas.run import Remedy
from pydantic import Field

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding, some
from layerlab.figures import counted, figure
from layerlab.params import Params


class FirstLossParams(Params):
    """When it is told."""

    ratio: Positive = Field(default=3.0, description="Loss at step 0 over that of guessing; above: told.")


class FirstLoss(DiagnosisKind[FirstLossParams]):
    """Compares the loss before the first update with what guessing costs."""

    kind = "first_loss"
    title = "First loss above ln(classes)"
    help = "Before it has learned anything a net should guess; this one is sure of wrong answers."
    formula = r"L_0 \gg \ln K"
    source = "A. Karpathy, A recipe for training neural networks (2019): verify loss at init"
    severity = "warning"
    patience = 1
    says_since = False
    Params = FirstLossParams
    example: ClassVar[dict[str, object]] = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 64},
            {"kind": "relu"},
            {"kind": "linear", "out_features": 10},
        ],
        "init": {"scheme": "normal", "std": 0.5},
    }

    def look(self, evidence: Evidence, params: FirstLossParams, *, held: bool) -> Finding | None:
        """At step 0 only; over as soon as the loss has come down."""
        guessing, exam = evidence.guessing_loss, evidence.exam
        if guessing is None or guessing < 0.1 or exam is None or (exam.step and not held):
            return None
        if exam.loss < params.ratio * guessing * (0.5 if held else 1):
            return None
        last = evidence.weighted[-1].id if evidence.weighted else None
        return Finding(
            severity="warning",
            what=f"The first loss is {figure(exam.loss)}, guessing costs {figure(guessing)}",
            text=f"Before the first step the loss is {figure(exam.loss)} on {counted(exam.num_samples, 'sample')}; a "
            f"net that knows nothing should have {figure(guessing)}. The first steps only unlearn this.",
            cause="The weights start so large that the outputs are far from 0 and the net is sure at random.",
            node=last,
            since=0,
            remedies=some(evidence.other_init(), self._small_last(evidence, last)),
        )

    def _small_last(self, evidence: Evidence, last: str | None) -> Remedy | None:
        if last is None or evidence.plan.by_id[last].init is not None:
            return None
        small = {f"{evidence.place(last)}.init": {"scheme": "normal", "std": 0.01}}
        return Remedy(label=f"Start {last} small", changes=small, at_step=0)
