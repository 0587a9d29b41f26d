"""Gradients that fade on their way back."""

from typing import ClassVar

from layerlab_schemas.base import Positive
from pydantic import Field

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding, some
from layerlab.figures import figure
from layerlab.params import Params


class VanishingParams(Params):
    """When it is told."""

    ratio: Positive = Field(default=1e-3, description="Gradient of a layer over that of the last layer; below: told.")


class Vanishing(DiagnosisKind[VanishingParams]):
    """Looks at the gradient of the loss with respect to what each layer with weights gives."""

    kind = "vanishing_gradients"
    title = "Vanishing gradients"
    help = "The gradient fades from layer to layer on its way back, so that the first layers hardly learn."
    formula = (
        r"\frac{\|\partial L / \partial a_1\|}{\|\partial L / \partial a_n\|} ="
        r" \frac{\left\|\prod_{l} J_l^\top \, \partial L / \partial a_n\right\|}{\|\partial L / \partial a_n\|} \ll 1"
    )
    source = "X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks (2010)"
    severity = "problem"
    Params = VanishingParams
    example: ClassVar[dict[str, object]] = {
        "data": {"dataset": "noise", "params": {"features": 500}},
        "graph": [
            *([{"kind": "linear", "out_features": 500}, {"kind": "tanh"}] * 10),
            {"kind": "linear", "out_features": 10},
        ],
        "init": {"scheme": "normal", "std": 0.01},
        "optimizer": {"kind": "sgd", "lr": 0.01},
    }

    def look(self, evidence: Evidence, params: VanishingParams, *, held: bool) -> Finding | None:
        """The layer with the smallest gradient. Exactly 0 is another story: dead or equal units."""
        found = [(node.id, signs.gradient) for node in evidence.weighted if (signs := evidence.signs(node.id))]
        norms = [(node, norm) for node, norm in found if norm]
        if len(norms) < 3 or evidence.exam is None:
            return None
        last, reference = norms[-1]
        node, least = min(norms[:-1], key=lambda one: one[1])
        if least > reference * params.ratio * (3 if held else 1):
            return None
        is_grave = evidence.is_late and not evidence.has_learned
        who = node if node == norms[0][0] else f"What lies before {node}"
        text = (
            f"The gradient is {figure(least)} at {node} and {figure(reference)} at {last}: {figure(least / reference)} "
            f"of it is left. {who} hardly learns."
        )
        return Finding(
            severity="problem" if is_grave else "warning",
            what=f"Gradients vanish before they reach {node}",
            text=text,
            cause="The weights start too small for so many layers, or the activations squash what passes: each layer "
            "multiplies the gradient by a number below 1.",
            node=node,
            remedies=some(
                evidence.other_init(),
                evidence.other_activation("relu", "ReLU", instead_of={"sigmoid", "tanh"}),
            ),
        )
