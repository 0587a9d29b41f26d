"""Units at the ends of their range."""

from typing import ClassVar

from layerlab_schemas.base import Fraction
from pydantic import Field

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding, some
from layerlab.figures import percent
from layerlab.params import Params


class SaturatedParams(Params):
    """When it is told."""

    share: Fraction = Field(
        default=0.6, description="Share of the outputs of a layer beyond 0.99 of the range; from here on: told."
    )


class Saturated(DiagnosisKind[SaturatedParams]):
    """Looks at hidden tanh and sigmoid layers; a saturated output is what a classifier that is sure gives."""

    kind = "saturated_units"
    title = "Saturated units"
    help = "Units of tanh or sigmoid at the ends of their range, where the curve is flat and no gradient passes."
    formula = r"|a| > 0.99 \ \Rightarrow\ \tanh'(z) = 1 - a^2 < 0.02"
    source = "X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks (2010)"
    severity = "problem"
    Params = SaturatedParams
    example: ClassVar[dict[str, object]] = {
        "data": {"dataset": "noise", "params": {"features": 500}},
        "graph": [
            *([{"kind": "linear", "out_features": 500}, {"kind": "tanh"}] * 3),
            {"kind": "linear", "out_features": 10},
        ],
        "init": {"scheme": "normal", "std": 1.0},
        "optimizer": {"kind": "sgd", "lr": 0.001},
    }

    def look(self, evidence: Evidence, params: SaturatedParams, *, held: bool) -> Finding | None:
        """The layer with the largest share."""
        shares = {
            node.id: signs.saturated
            for node in evidence.plan.nodes
            if node.layer.kind in ("tanh", "sigmoid") and node.id != evidence.plan.output
            if (signs := evidence.signs(node.id)) and signs.saturated is not None
        }
        node, share = max(shares.items(), key=lambda one: one[1], default=("", 0.0))
        if share < params.share * (0.8 if held else 1) or not node:
            return None
        others = sum(one >= params.share for one in shares.values()) - 1
        more = f" So are {others} more layers." if others > 1 else " So is one more layer." if others == 1 else ""
        at_start = evidence.exams[0].signs[node].saturated if evidence.exams[0].step == 0 else None
        began_so = at_start is not None and at_start >= params.share
        return Finding(
            severity="problem" if evidence.is_late and not evidence.has_learned else "warning",
            what=f"{percent(share)} of {node} is saturated",
            text=f"{percent(share)} of the outputs of {node} lie in the outermost hundredth of the range, where the "
            f"slope is below 0.02.{more} Little gradient passes through them.",
            cause="The weights start too large for the number of inputs."
            if began_so
            else "The weights before it have grown: most often the learning rate is too high.",
            node=node,
            remedies=some(evidence.other_init() if began_so else None, evidence.set_rate(0.1, live=False)),
        )
