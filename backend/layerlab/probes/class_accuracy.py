"""How well each class is known, and how often it occurs."""

import torch
from layerlab_schemas.frames import DataShape, Frame, LineSeries, LinesItem
from layerlab_schemas.graph import Lack
from torch import Tensor

from layerlab.graph.lacks import lacks_classes, lacks_validation
from layerlab.graph.plan import Plan
from layerlab.losses.base import NO_ANSWER
from layerlab.probes.base import ProbeContext, ProbeKind, pack

MOST_CLASSES = 30


class ClassAccuracy(ProbeKind):
    """Recall, precision and F1 of each class at the newest evaluation, and the share of each class in the data."""

    kind = "class_accuracy"
    title = "By class"
    help = (
        "Recall: how many of a class are found. Precision: how many of those called so are right. "
        "A class that is rare in the data is often the one with the lowest recall."
    )
    formula = (
        r"\text{recall}_i = \frac{C_{ii}}{\sum_j C_{ij}},\quad \text{precision}_i = \frac{C_{ii}}{\sum_j C_{ji}}"
        r",\quad F_1 = \frac{2\,\text{precision}\cdot\text{recall}}{\text{precision}+\text{recall}}"
    )
    source = "scikit-learn, sklearn.metrics.precision_recall_fscore_support"
    group = "Results"
    data_shape = DataShape.LINES

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there are classes, few enough to read, and samples to judge by."""
        return lacks_validation(plan) or lacks_classes(plan, most=MOST_CLASSES, what="the bars")

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """Bars by class. Its step is that of the evaluation."""
        found = context.confusion
        if found is None or not self.applies(context.network.plan):
            return None
        names = context.facts.class_names
        items = [_bars("recall and precision", "share", names, _quality(found.counts))]
        balance = _balance(found.counts, context.train_targets)
        items.append(_bars("class balance", "share of answers", names, balance))
        return context.frame(
            self, items, split="validation", mode="eval", num_samples=found.num_samples, step=found.step
        )


def _bars(node: str, y_title: str, names: list[str], series: list[LineSeries]) -> LinesItem:
    return LinesItem(
        node=node,
        x_title="class",
        y_title=y_title,
        x=pack(torch.arange(len(names))),
        x_names=names,
        series=series,
        mark="bars",
    )


def _quality(counts_kk: Tensor) -> list[LineSeries]:
    """Recall is NaN for a class without samples, precision for one that is never the answer."""
    recall, precision, f1 = recall_precision_f1(counts_kk)
    return [LineSeries(name="recall", y=pack(recall)), LineSeries(name="precision", y=pack(precision)),
            LineSeries(name="F1", y=pack(f1))]  # fmt: skip


def recall_precision_f1(counts_kk: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """[K] each, of counts [true, predicted]; NaN where nothing was there to divide by."""
    counts_kk = counts_kk.double()
    right_k, true_k, called_k = counts_kk.diagonal(), counts_kk.sum(1), counts_kk.sum(0)
    return right_k / true_k, right_k / called_k, 2 * right_k / (true_k + called_k)


def _balance(counts_kk: Tensor, train_targets: Tensor | None) -> list[LineSeries]:
    """The share of each class in both parts of the data."""
    series = []
    if train_targets is not None:
        asked = train_targets[train_targets != NO_ANSWER]
        series.append(_shares("training", asked.bincount(minlength=len(counts_kk)), role="train"))
    series.append(_shares("validation", counts_kk.sum(1), role="validation"))
    return series


def _shares(name: str, counts_k: Tensor, *, role: str) -> LineSeries:
    return LineSeries.model_validate({"name": name, "y": pack(counts_k.double() / counts_k.sum()), "role": role})
