"""Receiver operating characteristic: what a class costs in false alarms."""

import torch
from layerlab_schemas.frames import DataShape, Frame, LineSeries, LinesItem
from layerlab_schemas.graph import Lack
from torch import Tensor

from layerlab.graph.lacks import lacks_classes, lacks_validation
from layerlab.graph.plan import Plan
from layerlab.probes.base import ProbeContext, ProbeKind, pack

#: With more classes the curves would lie upon each other.
MOST_CLASSES = 10
#: Places on the axis of false alarms where curves that share an axis are given.
NUM_PLACES = 201


class Roc(ProbeKind):
    """True against false positive rate over all thresholds, at the newest evaluation; of each class against the rest.

    A class is ranked by the logit of its probability, which orders answers as the probability does and has no ties
    where that is rounded to 1.
    """

    kind = "roc"
    title = "ROC"
    help = (
        "Of a class, how many are found when so many others are called it too, for every threshold. The area under the "
        "curve is the chance that a member is ranked above a stranger: 1 is perfect, 0.5 is a guess."
    )
    formula = r"\text{AUC} = P\left(s(x^+) > s(x^-)\right) + \tfrac12 P\left(s(x^+) = s(x^-)\right)"
    source = "T. Fawcett, An introduction to ROC analysis (2006); scikit-learn, sklearn.metrics.roc_curve"
    group = "Results"
    data_shape = DataShape.LINES

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there are few classes, and samples to judge by."""
        if len(plan.data.class_names) == 1:
            return Lack(text="There is one class only.")
        return lacks_validation(plan) or lacks_classes(plan, most=MOST_CLASSES, what="the curves")

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """One curve of two classes; of more, all together and each by itself. Its step is that of the evaluation."""
        judged = context.judged
        if judged is None or not self.applies(context.network.plan):
            return None
        scores, classes = judged.scored
        names, ranks = judged.facts.class_names, log_odds(scores)
        if len(names) == 2:
            items = [_of_two(names[1], ranks[:, 1], classes == 1)]
        else:
            each = [_of_two(f"class {name}", ranks[:, k], classes == k) for k, name in enumerate(names)]
            items = [_of_all(names, ranks, classes), *each]
        num = len(judged.targets)
        return context.frame(self, items, split="validation", mode="eval", num_samples=num, step=judged.step)


def log_odds(scores_ak: Tensor) -> Tensor:
    """[A, K] log p − log(1 − p) of each class, in double precision; of a single score, those of both classes."""
    scores_ak = scores_ak.double()
    if scores_ak.shape[1] == 1:
        return torch.cat([-scores_ak, scores_ak], 1)
    others = [scores_ak[:, torch.arange(scores_ak.shape[1]) != k].logsumexp(1) for k in range(scores_ak.shape[1])]
    return scores_ak - torch.stack(others, 1)


def curve(ranks_a: Tensor, is_member_a: Tensor) -> tuple[Tensor, Tensor] | None:
    """False and true positive rates at all thresholds, from (0, 0) to (1, 1), rising.

    Returns:
        None where a rank is not finite, or where members or strangers are missing: there is no such curve.
    """
    num = int(is_member_a.sum())
    if not ranks_a.isfinite().all() or num in (0, len(ranks_a)):
        return None
    order_a = ranks_a.argsort(descending=True, stable=True)
    ranks_a, is_member_a = ranks_a[order_a], is_member_a[order_a].double()
    # Answers of one rank pass the threshold together.
    last_a = torch.cat([ranks_a[1:] != ranks_a[:-1], torch.ones(1, dtype=torch.bool)])
    found, alarms = is_member_a.cumsum(0)[last_a], (1 - is_member_a).cumsum(0)[last_a]
    start = torch.zeros(1, dtype=torch.float64)
    return torch.cat([start, alarms / alarms[-1]]), torch.cat([start, found / found[-1]])


def area(false_t: Tensor, true_t: Tensor) -> float:
    """The area under the curve."""
    return float(torch.trapezoid(true_t, false_t))


def corners(false_t: Tensor, true_t: Tensor) -> tuple[Tensor, Tensor]:
    """The curve without the points that lie on a straight line between their neighbours."""
    bends = (false_t.diff(n=2).abs() > 1e-12) | (true_t.diff(n=2).abs() > 1e-12)
    kept = torch.cat([torch.ones(1, dtype=torch.bool), bends, torch.ones(1, dtype=torch.bool)])
    return false_t[kept], true_t[kept]


def reached(false_t: Tensor, true_t: Tensor, places_p: Tensor) -> Tensor:
    """[P] the largest true positive rate among thresholds whose false positive rate is at most each place."""
    last_p = torch.searchsorted(false_t, places_p, right=True) - 1
    return true_t[last_p]


def _of_two(name: str, ranks_a: Tensor, is_member_a: Tensor) -> LinesItem:
    """The curve itself, with all its corners where they are few enough."""
    found = curve(ranks_a, is_member_a)
    if found is None:
        places = torch.tensor([0.0, 1.0])
        return _item(name, places, [LineSeries(name="none", y=pack(places * torch.nan))])
    false_t, true_t = corners(*found)
    if len(false_t) > 5 * NUM_PLACES:
        places = torch.linspace(0, 1, NUM_PLACES, dtype=torch.float64)
        false_t, true_t = places, reached(*found, places)
    return _item(name, false_t, [LineSeries(name=f"AUC {area(*found):.3f}", y=pack(true_t))])


def _of_all(names: list[str], ranks_ak: Tensor, classes_a: Tensor) -> LinesItem:
    """A curve a class over places that all share."""
    places = torch.linspace(0, 1, NUM_PLACES, dtype=torch.float64)
    series, areas = [], []
    for number, name in enumerate(names):
        found = curve(ranks_ak[:, number], classes_a == number)
        if found is None:
            series.append(LineSeries(name=f"{name}: none", y=pack(places * torch.nan)))
        else:
            areas.append(area(*found))
            series.append(LineSeries(name=f"{name}: AUC {areas[-1]:.3f}", y=pack(reached(*found, places))))
    note = f"mean AUC {sum(areas) / len(areas):.3f}" if areas else None
    return _item("each class", places, series, note=note)


def _item(node: str, x: Tensor, series: list[LineSeries], *, note: str | None = None) -> LinesItem:
    guess = LineSeries(name="guess", y=pack(x), role="reference")
    return LinesItem(
        node=node,
        x_title="false positive rate",
        y_title="true positive rate",
        x=pack(x),
        series=[*series, guess],
        note=note,
    )
