"""Predictions against targets, and what is left over."""

from typing import Any, ClassVar, NamedTuple

import torch
from layerlab_schemas.frames import DataShape, Frame, ScatterItem
from layerlab_schemas.graph import Lack
from torch import Tensor

from layerlab.graph.lacks import lacks_numbers, lacks_validation
from layerlab.graph.plan import Plan
from layerlab.probes.base import ProbeContext, ProbeKind, pack, pack_places
from layerlab.probes.distribution import Asked, distributions
from layerlab.probes.judged import Judged

MOST_POINTS = 600
#: More numbers a sample than this are taken together, as those of a picture.
MOST_OUTPUTS = 4


class Fit(NamedTuple):
    """One output of the network over all samples, or all of them together: [A] each."""

    name: str
    target: Tensor
    prediction: Tensor
    sample: Tensor
    r2: float


class OfRegression(ProbeKind):
    """Probes of data with numbers to predict."""

    group = "Results"
    example: ClassVar[Any] = {
        "data": {"dataset": "diabetes"},
        "graph": [{"kind": "linear", "out_features": 8}, {"kind": "relu"}, {"kind": "linear", "out_features": 1}],
    }

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where numbers are predicted, and there are samples to judge by."""
        return lacks_validation(plan) or lacks_numbers(plan)


class RegressionFit(OfRegression):
    """Prediction against target, and residual against prediction, of the validation samples at the newest evaluation.

    A sample of points, evenly taken, where there are many; R² is over all.
    """

    kind = "regression_fit"
    title = "Fit"
    help = (
        "On the line y = x the prediction is right. R² is the share of the targets' variance that is explained: "
        "1 is perfect, 0 is as good as always answering the mean. Residuals should show no pattern."
    )
    formula = r"R^2 = 1 - \frac{\sum_n (y_n - \hat y_n)^2}{\sum_n (y_n - \bar y)^2}"
    source = "scikit-learn, sklearn.metrics.r2_score"
    data_shape = DataShape.SCATTER

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """Two items for each output. Its step is that of the evaluation."""
        judged = context.judged
        if judged is None or not self.applies(context.network.plan):
            return None
        items = [item for fit in fits(judged) for item in _items(fit)]
        num = len(judged.targets)
        return context.frame(self, items, split="validation", mode="eval", num_samples=num, step=judged.step)


class Residuals(OfRegression):
    """The distribution of target − prediction over the validation samples at the newest evaluation."""

    kind = "residuals"
    title = "Residuals"
    help = "What is left of the targets when the predictions are taken off: narrow around 0 is good, a shift is a bias."
    formula = r"r_n = y_n - \hat y_n"
    source = "C. F. Gauss, Theoria motus (1809)"
    data_shape = DataShape.HISTOGRAM

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """One item for each output. Its step is that of the evaluation."""
        judged = context.judged
        if judged is None or not self.applies(context.network.plan):
            return None
        items = distributions([Asked(x=fit.target - fit.prediction, node=fit.name) for fit in fits(judged)])
        num = len(judged.targets)
        return context.frame(self, items, split="validation", mode="eval", num_samples=num, step=judged.step)


def fits(judged: Judged) -> list[Fit]:
    """A fit for each output, or one of all together where they are many."""
    targets_mt, outputs_mt = judged.targets.flatten(1).double(), judged.outputs.flatten(1).double()
    if judged.targets.dim() == 1:
        targets_mt, outputs_mt = judged.targets[:, None].double(), judged.outputs.reshape(-1, 1).double()
    num_outputs = targets_mt.shape[1]
    samples_m = torch.arange(len(targets_mt))
    if num_outputs > MOST_OUTPUTS:
        samples = samples_m.repeat_interleave(num_outputs)
        return [Fit("all outputs", targets_mt.flatten(), outputs_mt.flatten(), samples, r2(targets_mt, outputs_mt))]
    return [
        Fit(
            "output" if num_outputs == 1 else f"output {column + 1}",
            targets_mt[:, column],
            outputs_mt[:, column],
            samples_m,
            r2(targets_mt[:, column : column + 1], outputs_mt[:, column : column + 1]),
        )
        for column in range(num_outputs)
    ]


def r2(targets_mt: Tensor, predictions_mt: Tensor) -> float:
    """Share of the variance about each output's own mean that is explained; NaN where the targets have none."""
    left = (targets_mt - predictions_mt).square().sum()
    around = (targets_mt - targets_mt.mean(0)).square().sum()
    return float(1 - left / around) if around > 0 else float("nan")


def _items(fit: Fit) -> list[ScatterItem]:
    """The fit, and the residuals over the predictions."""
    some = torch.linspace(0, len(fit.target) - 1, min(MOST_POINTS, len(fit.target))).round().long()
    target, prediction, sample = fit.target[some], fit.prediction[some], pack_places(fit.sample[some])
    note = f"R² {fit.r2:.3f}" if fit.r2 == fit.r2 else "R² undefined: the targets are all equal"
    if len(some) < len(fit.target):
        note += f" · {len(some)} of {_spaced(len(fit.target))} points shown"
    return [
        ScatterItem(
            node=fit.name,
            x_title="target",
            y_title="prediction",
            x=pack(target),
            y=pack(prediction),
            diagonal=True,
            samples=sample,
            note=note,
        ),
        ScatterItem(
            node=f"residuals of {fit.name}",
            x_title="prediction",
            y_title="target − prediction",
            x=pack(prediction),
            y=pack(target - prediction),
            samples=sample,
            note=note,
        ),
    ]


def _spaced(count: int) -> str:
    """With thin spaces between thousands, as the page writes numbers."""
    return f"{count:,}".replace(",", "\u202f")
