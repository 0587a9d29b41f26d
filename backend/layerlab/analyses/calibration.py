"""Whether the network is right as often as it says: reliability diagram and expected calibration error."""

from math import nan

import torch
from layerlab_schemas.frames import DataShape, Frame, LineSeries, LinesItem
from layerlab_schemas.graph import Lack
from pydantic import Field
from torch import Tensor

from layerlab.analyses.base import AnalysisContext, AnalysisKind
from layerlab.analyses.noise import outputs_of, part_of, switch_dropout
from layerlab.datasets.rows import Samples
from layerlab.graph.drops import has_dropout
from layerlab.graph.lacks import lacks_classes
from layerlab.graph.plan import Plan
from layerlab.losses.base import NO_ANSWER
from layerlab.params import Params
from layerlab.probes.base import pack, shares


class CalibrationParams(Params):
    """How fine, and how many passes."""

    bins: int = Field(default=10, ge=2, le=50, description="Bins of equal width between 0 and 1.")
    passes: int = Field(
        default=25,
        ge=2,
        le=200,
        description="Forward passes with dropout on whose mean is taken; 25 to 100.",
    )


class Calibration(AnalysisKind[CalibrationParams]):
    """Accuracy by confidence on the validation part, with dropout off, and for the mean of passes with dropout on.

    The confidence of an answer is the probability of the class it names. Answers are put in bins (0, 1/M], …; the
    expected calibration error is the mean, over all answers, of the distance between accuracy and mean confidence of
    their bin. Sequences that are answered at each step count by steps, padding left out.
    """

    kind = "calibration"
    title = "Calibration"
    help = "Of the answers given with 80 % confidence 80 % should be right; and what the mean with dropout on changes."
    formula = r"\mathrm{ECE} = \sum_{m=1}^{M} \frac{|B_m|}{n}\, \big|\mathrm{acc}(B_m) - \mathrm{conf}(B_m)\big|"
    source = "C. Guo et al., On calibration of modern neural networks, ICML 2017"
    group = "Dropout"
    Params = CalibrationParams
    data_shape = DataShape.LINES
    example = {"bins": 10, "passes": 25}

    def lacks(self, plan: Plan) -> Lack | None:
        """Only for classes."""
        return lacks_classes(plan)

    @torch.no_grad()
    def analyse(self, context: AnalysisContext, params: CalibrationParams) -> Frame:
        """Items: the reliability diagram, and how many answers are in each bin."""
        inputs, targets, split = part_of(context.data)
        context.network.eval()
        name = "dropout off" if has_dropout(context.plan) else "network"
        found = {name: shares(outputs_of(context.network, inputs), context.facts).double()}
        if has_dropout(context.plan):
            found[f"mean of {params.passes}"] = self._mean(context, inputs, params.passes)
        binned = {name: Binned.of(*confidences(given, targets), params.bins) for name, given in found.items()}
        items = [_diagram(binned, params.bins), _counts(binned, params.bins)]
        return context.frame(self, items, split=split, mode="eval", num_samples=len(targets))

    def _mean(self, context: AnalysisContext, inputs: Samples, passes: int) -> Tensor:
        """The mean probabilities of passes with dropout on."""
        switch_dropout(context.network, is_on=True, seed=context.assembly.spec.training.seed, name=self.kind)
        total: Tensor | None = None
        for done in range(passes):
            given = shares(outputs_of(context.network, inputs), context.facts).double()
            total = given if total is None else total + given
            context.progress((done + 1) / passes)
        assert total is not None
        return total / passes


class Binned:
    """Answers in bins of confidence.

    Attributes:
        counts: [M] answers in each bin.
        accuracy: [M] share of right ones; NaN where there is none.
        confidence: [M] mean confidence; NaN where there is none.
        error: The expected calibration error.
    """

    def __init__(self, counts: Tensor, accuracy: Tensor, confidence: Tensor) -> None:
        self.counts, self.accuracy, self.confidence = counts, accuracy, confidence
        gaps = (accuracy - confidence).abs().nan_to_num(0.0)
        self.error = float((counts * gaps).sum() / counts.sum())

    @classmethod
    def of(cls, confidence_n: Tensor, right_n: Tensor, bins: int) -> "Binned":
        """From the confidence of each answer and whether it is right."""
        place_n = (confidence_n * bins).ceil().long().sub(1).clamp(0, bins - 1)
        counts = place_n.bincount(minlength=bins).double()
        rights, sums = (place_n.bincount(x.double(), minlength=bins) for x in (right_n, confidence_n))
        missing = torch.full_like(counts, nan)
        is_filled = counts > 0
        return cls(
            counts.cpu(),
            torch.where(is_filled, rights / counts, missing).cpu(),
            torch.where(is_filled, sums / counts, missing).cpu(),
        )


def confidences(probabilities: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Of each answer the probability of the class it names, and whether it is right; [n] and [n]."""
    if probabilities.shape[-1] == 1:
        probabilities = torch.cat([1 - probabilities, probabilities], dim=-1)
    confidence, answer = probabilities.max(-1)
    wanted = targets.long()
    if wanted.dim() > answer.dim():
        wanted = wanted.squeeze(-1)
    counted = wanted != NO_ANSWER
    return confidence[counted], (answer == wanted)[counted]


def _diagram(binned: dict[str, Binned], bins: int) -> LinesItem:
    series = [LineSeries(name=f"{name}, ECE {one.error:.3f}", y=pack(one.accuracy)) for name, one in binned.items()]
    middle = (torch.arange(bins) + 0.5) / bins
    return LinesItem(
        node="reliability",
        x_title="confidence",
        y_title="share of right answers",
        x=pack(middle),
        series=[
            *series,
            LineSeries(name="ideal", y=pack(middle), role="reference"),
        ],
        mark="points",
        note="Below the line the network is right less often than it says.",
    )


def _counts(binned: dict[str, Binned], bins: int) -> LinesItem:
    return LinesItem(
        node="answers in each bin",
        x_title="confidence",
        y_title="share of answers",
        x=pack((torch.arange(bins) + 0.5) / bins),
        series=[LineSeries(name=name, y=pack(one.counts / one.counts.sum())) for name, one in binned.items()],
        mark="bars",
    )
