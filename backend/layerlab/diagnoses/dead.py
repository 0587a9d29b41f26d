"""Units that are 0 whatever comes in."""

from typing import ClassVar

import torch
from layerlab_schemas.base import Fraction
from pydantic import Field

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding, some
from layerlab.figures import count, percent
from layerlab.params import Params

#: So many looks, each at other samples, must find a unit at 0.
NUM_LOOKS = 3
TOO_LARGE = (
    "A step was too large and pushed weights or biases so far down that no sample gets through: most often the "
    "learning rate is too high."
)


class DeadParams(Params):
    """When it is told."""

    share: Fraction = Field(default=0.5, description="Share of the units of a layer that are dead; from here on: told.")
    grave: Fraction = Field(default=0.95, description="From this share on nearly nothing passes: a problem.")


class Dead(DiagnosisKind[DeadParams]):
    """A unit is dead when it was 0 for every sample in the latest looks, each at other samples."""

    kind = "dead_units"
    title = "Dead units"
    help = "Units behind a ReLU that are 0 for every sample: no gradient reaches their weights, so they stay dead."
    formula = r"\forall n:\ w^\top x_n + b \le 0 \ \Rightarrow\ \frac{\partial L}{\partial w} = 0"
    source = "L. Lu et al., Dying ReLU and initialization: theory and numerical examples, Commun. Comput. Phys. (2020)"
    severity = "problem"
    patience = 1
    Params = DeadParams
    example: ClassVar[dict[str, object]] = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "flatten"},
            {"id": "hidden", "kind": "linear", "out_features": 64},
            {"kind": "relu"},
            {"kind": "linear", "out_features": 10},
        ],
        "optimizer": {"kind": "sgd", "lr": 20.0},
        "training": {"max_steps": 150},
    }

    def look(self, evidence: Evidence, params: DeadParams, *, held: bool) -> Finding | None:
        """The layer with the largest share."""
        recent = evidence.exams[-NUM_LOOKS:]
        if len(recent) < NUM_LOOKS:
            return None
        dead: dict[str, tuple[int, int]] = {}
        for node in recent[-1].signs:
            masks = [one.signs[node].dead_u for one in recent]
            if all(mask is not None for mask in masks):
                stacked = torch.stack([mask for mask in masks if mask is not None])
                dead[node] = (int(stacked.all(0).sum()), stacked.shape[1])
        if not dead:
            return None
        node, (number, total) = max(dead.items(), key=lambda one: one[1][0] / one[1][1])
        share = number / total
        if share < params.share * (0.8 if held else 1) or number < 2:
            return None
        return Finding(
            severity="problem" if share >= params.grave and not evidence.has_learned else "warning",
            what=f"{percent(share)} of the units of {node} are dead",
            text=f"{count(number)} of {count(total)} units of {node} were 0 for each of "
            f"{count(sum(one.num_samples for one in recent))} samples. No gradient reaches their weights, so they do "
            f"not come back.",
            cause=TOO_LARGE
            if recent[0].step > 0
            else "They start that way: weights or biases keep every sample below 0.",
            node=node,
            since=recent[0].step,
            remedies=some(
                *(
                    [evidence.set_rate(0.01 if share >= params.grave else 0.1, live=False)]
                    if recent[0].step
                    else [
                        evidence.other_init(),
                        evidence.other_activation("leaky_relu", "leaky ReLU", instead_of={"relu"}),
                    ]
                )
            ),
        )
