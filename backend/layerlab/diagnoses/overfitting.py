"""A validation loss that rises while the training loss falls."""

from typing import ClassVar

from layerlab_schemas.base import Positive, PositiveCount
from layerlab_schemas.run import Remedy
from pydantic import Field

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding, some
from layerlab.diagnoses.history import Evaluated
from layerlab.figures import figure
from layerlab.params import Params


class OverfittingParams(Params):
    """When it is told."""

    rise: Positive = Field(default=0.15, description="Rise of the validation loss above its lowest, as a share of it.")
    of_first: Positive = Field(default=0.05, description="The same rise as a share of the first training loss.")
    evaluations: PositiveCount = Field(default=3, description="Evaluations in a row that lie above.")
    gap: Positive = Field(default=1.3, description="Validation loss over training loss, at least.")


class Overfitting(DiagnosisKind[OverfittingParams]):
    """Compares the evaluations since the best one with it."""

    kind = "overfitting"
    title = "Over-fitting"
    help = "The net learns the training samples by heart: on others it gets worse while it gets better on these."
    formula = r"L_{\mathrm{val}}(t) > L_{\mathrm{val}}(t^*),\quad L_{\mathrm{train}}(t) < L_{\mathrm{train}}(t^*)"
    source = "L. Prechelt, Early stopping, but when? (1998); Goodfellow, Bengio, Courville, Deep Learning (2016), 7.8"
    severity = "warning"
    patience = 1
    relief = 2
    Params = OverfittingParams
    example: ClassVar[dict[str, object]] = {
        "data": {"dataset": "moons", "params": {"samples": 60, "noise": 1.5}, "batch_size": 16},
        "graph": [
            *([{"kind": "linear", "out_features": 128}, {"kind": "relu"}] * 2),
            {"kind": "linear", "out_features": 2},
        ],
        "optimizer": {"kind": "adam", "lr": 0.01},
        "training": {"epochs": 100},
    }

    def look(self, evidence: Evidence, params: OverfittingParams, *, held: bool) -> Finding | None:
        """The mean of the latest evaluations against the best one."""
        seen = evidence.history.evaluations
        if len(seen) < params.evaluations + 1:
            return None
        best = min(seen, key=lambda one: one.loss)
        after = [one for one in seen if one.step > best.step]
        # Of many evaluations, as full batches have, more must agree.
        needed = max(params.evaluations, len(seen) // 20)
        latest = after[-needed:]
        if len(latest) < needed:
            return None
        limit = best.loss * (1 + params.rise * (0.5 if held else 1))
        mean = sum(one.loss for one in latest) / len(latest)
        train = sum(one.train_loss for one in latest) / len(latest)
        lowest = mean if held else min(one.loss for one in latest)
        least = params.of_first * (0.5 if held else 1) * (evidence.history.first_loss or 0.0)
        if lowest <= limit or mean - best.loss < least or mean < params.gap * train:
            return None
        if train >= best.train_loss and not held:
            return None
        epoch = max(1, round(best.epoch))
        return Finding(
            severity="warning",
            what="Over-fitting",
            text=f"Validation loss has risen from {figure(best.loss)} to {figure(mean)}, while training loss fell from "
            f"{figure(best.train_loss)} to {figure(train)}. The net learns the training samples by heart.",
            cause="The net is large for so few samples, or it trains for too long.",
            since=best.step,
            since_epoch=epoch,
            remedies=self._remedies(evidence, best),
        )

    def _remedies(self, evidence: Evidence, best: Evaluated) -> tuple[Remedy, ...]:
        stop = Remedy(
            label="Stop when validation is at its best",
            changes={"training.early_stopping": {"patience": 5, "min_delta": 0.0, "restore_best": True}},
            at_step=0,
        )
        has_stop = evidence.assembly.spec.training.early_stopping is not None
        return some(self._more_dropout(evidence), self._decay(evidence), None if has_stop else stop)

    def _more_dropout(self, evidence: Evidence) -> Remedy | None:
        network = evidence.assembly.network
        low = [
            node.id
            for node in evidence.plan.nodes
            if node.layer.kind in ("dropout", "dropout2d") and getattr(network.params(node.id), "p", 1.0) < 0.5
        ]
        if not low:
            return None
        changes = {f"{evidence.place(node)}.p": 0.5 for node in low}
        return Remedy(label="Set dropout to 0.5", changes=changes, live=True)

    def _decay(self, evidence: Evidence) -> Remedy | None:
        now = evidence.assembly.trainer.settings.regularization.l2
        if now >= 0.01:
            return None
        return Remedy(label="Set L2 to 0.01", changes={"regularization.l2": 0.01}, live=True)
