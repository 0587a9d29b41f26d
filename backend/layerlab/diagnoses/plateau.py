"""A loss that stays at that of guessing."""

from typing import ClassVar

from layerlab_schemas.base import Positive, PositiveCount
from layerlab_schemas.run import Remedy
from pydantic import Field

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding, some
from layerlab.figures import count, figure
from layerlab.params import Params

NO_GRADIENT = frozenset({"vanishing_gradients", "symmetric_units", "saturated_units", "dead_units"})
SMALL_UPDATE = 1e-3


class PlateauParams(Params):
    """When it is told."""

    width: Positive = Field(default=0.02, description="Distance from the loss of guessing, as a share of it.")
    steps: PositiveCount = Field(default=100, description="Steps that it lasts before it is told.")
    epochs: Positive = Field(default=2.0, description="Passes over the data that it lasts before it is told.")
    grave: Positive = Field(default=0.5, description="Share of the planned steps after which it is a problem.")


class Plateau(DiagnosisKind[PlateauParams]):
    """Compares the latest training loss with the entropy of the labels, ln(K) where classes are even."""

    kind = "plateau"
    title = "Plateau at ln(classes)"
    help = "The loss stays at what guessing costs: the net gives every class its share, whatever it sees."
    formula = r"L \approx -\sum_k p_k \ln p_k \quad (= \ln K \text{ for even classes})"
    source = "A. Karpathy, A recipe for training neural networks (2019); D. Sussillo, L. Abbott, Random walk (2014)"
    severity = "problem"
    Params = PlateauParams
    example: ClassVar[dict[str, object]] = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "flatten"},
            *([{"kind": "linear", "out_features": 64}, {"kind": "sigmoid"}] * 4),
            {"kind": "linear", "out_features": 10},
        ],
        "optimizer": {"kind": "sgd", "lr": 0.01},
        "training": {"epochs": 10},
    }

    def look(self, evidence: Evidence, params: PlateauParams, *, held: bool) -> Finding | None:
        """All blocks of the latest steps lie at the loss of guessing."""
        guessing, history = evidence.guessing_loss, evidence.history
        if guessing is None or guessing < 0.1 or evidence.epoch < params.epochs:
            return None
        width = guessing * params.width * (2 if held else 1)
        recent = history.recent(max(32, params.steps // 2))
        if recent is None or abs(recent.loss - guessing) > width:
            return None
        # The noise of one block of few steps is wider than that of many.
        since = self._since(evidence, guessing, 3 * width)
        lasted = evidence.step - since
        if lasted < params.steps or lasted < params.epochs * evidence.assembly.trainer.steps_per_epoch:
            return None
        classes = len(evidence.plan.data.class_names)
        name = f"ln({classes})" if abs(guessing - evidence.most_surprise) < width else "the entropy of the labels"
        cause, remedies = self._way_out(evidence)
        return Finding(
            severity="problem" if lasted >= params.grave * evidence.assembly.trainer.num_steps else "warning",
            what=f"Loss stays at {name}",
            text=f"The training loss is {figure(recent.loss)}, guessing costs {figure(guessing)}, and it has been "
            f"there for {count(lasted)} steps: the net has found nothing better than the shares of the classes.",
            cause=cause,
            since=since,
            remedies=remedies,
        )

    def _way_out(self, evidence: Evidence) -> tuple[str, tuple[Remedy, ...]]:
        """The likely cause and its cure, by what else is known."""
        relu = evidence.other_activation("relu", "ReLU", instead_of={"sigmoid", "tanh"})
        # Between sigmoids the gradient fades whatever the start.
        other = some(relu) if _has_sigmoids(evidence) else some(evidence.other_init(), relu)
        if other and (evidence.standing & NO_GRADIENT or _has_sigmoids(evidence)):
            return "Too little gradient reaches the first layers, so that only the biases of the last learn.", other
        if max(evidence.updates.values(), default=0.0) < SMALL_UPDATE:
            return "The steps are so small that the weights hardly move.", (evidence.set_rate(10, live=True),)
        return (
            "The steps are so large that the net keeps only the shares of the classes, or the task is hard to begin.",
            (evidence.set_rate(0.1, live=False),),
        )

    def _since(self, evidence: Evidence, guessing: float, width: float) -> int:
        """First step of the latest blocks that all lie there; 0 where they all do."""
        since = evidence.step
        for block in reversed(evidence.history.blocks):
            if abs(block.loss - guessing) > width:
                break
            since = block.first
        return since if since > 1 else 0


def _has_sigmoids(evidence: Evidence) -> bool:
    return sum(node.layer.kind == "sigmoid" for node in evidence.plan.nodes) > 1
