"""Gradients that grow without measure."""

from typing import ClassVar

from layerlab_schemas.base import Positive
from layerlab_schemas.run import Remedy
from pydantic import Field

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding, some
from layerlab.figures import figure
from layerlab.params import Params


class ExplodingParams(Params):
    """When it is told."""

    ratio: Positive = Field(default=300.0, description="Gradient of a layer over that of the last one; above: told.")
    norm: Positive = Field(default=1e3, description="Norm of the gradient of all weights; above: told.")


class Exploding(DiagnosisKind[ExplodingParams]):
    """Looks at the gradient by depth, and at the norm of that of all weights."""

    kind = "exploding_gradients"
    title = "Exploding gradients"
    help = "The gradient grows from layer to layer on its way back, so that one step throws the weights far away."
    formula = r"\frac{\|\partial L / \partial a_1\|}{\|\partial L / \partial a_n\|} \gg 1"
    source = "R. Pascanu, T. Mikolov, Y. Bengio, On the difficulty of training recurrent neural networks, ICML 2013"
    severity = "problem"
    Params = ExplodingParams
    example: ClassVar[dict[str, object]] = {
        "data": {"dataset": "noise", "params": {"features": 100}},
        "graph": [
            *([{"kind": "linear", "out_features": 100}, {"kind": "relu"}] * 8),
            {"kind": "linear", "out_features": 10},
        ],
        "init": {"scheme": "normal", "std": 0.5},
        "optimizer": {"kind": "sgd", "lr": 1e-12},
    }

    def look(self, evidence: Evidence, params: ExplodingParams, *, held: bool) -> Finding | None:
        """The layer with the largest gradient."""
        found = [(node.id, signs.gradient) for node in evidence.weighted if (signs := evidence.signs(node.id))]
        norms = [(node, norm) for node, norm in found if norm]
        exam = evidence.exam
        if not norms or exam is None:
            return None
        slack = 1 / 3 if held else 1
        last, reference = norms[-1]
        node, most = max(norms, key=lambda one: one[1])
        by_depth = len(norms) > 2 and node != last and most > params.ratio * slack * reference
        if not by_depth and exam.gradient < params.norm * slack:
            return None
        text = (
            f"The gradient is {figure(reference)} at {last} and {figure(most)} at {node}; that of all weights together "
            f"has norm {figure(exam.gradient)}. A step of the usual size throws the weights far away."
        )
        is_grave = not evidence.has_learned and (evidence.is_late or exam.gradient > params.norm)
        clip = Remedy(
            label="Clip the gradient at 1", changes={"regularization.clip_grad_norm": 1.0}, at_step=None, live=True
        )
        is_clipped = evidence.assembly.trainer.settings.regularization.clip_grad_norm
        return Finding(
            severity="problem" if is_grave else "warning",
            what=f"Gradients explode on their way to {node}" if by_depth else f"Gradients explode at {node}",
            text=text,
            cause="The weights are too large for so many layers: each multiplies the gradient by a number above 1.",
            node=node,
            remedies=some(evidence.other_init(), None if is_clipped else clip),
        )
