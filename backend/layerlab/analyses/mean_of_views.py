"""Test-time augmentation: the mean of what a network answers to several views of an image."""

from dataclasses import dataclass
from typing import Annotated

import torch
import torch.nn.functional as functional
from layerlab_schemas.base import Positive
from layerlab_schemas.frames import DataShape, Frame, LineSeries, LinesItem, SampleView
from layerlab_schemas.graph import Lack
from pydantic import Field
from torch import Tensor

from layerlab.analyses.base import AnalysisContext, AnalysisKind
from layerlab.analyses.noise import CHUNK
from layerlab.analyses.picturing import lacks_pictures
from layerlab.graph.plan import Plan
from layerlab.params import Params
from layerlab.probes.base import pack, shares

#: Which of the views (as they are, mirrored, five crops, their mirror images) each answer is the mean of.
ANSWERS = {
    "as it is": [0],
    "mirror": [1],
    "both": [0, 1],
    "1 crop": [2],
    "5 crops": [2, 3, 4, 5, 6],
    "10 crops": [2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
}
#: Those that are drawn for the one sample.
DRAWN = ("as it is", "both", "10 crops")


class ViewParams(Params):
    """How large the crops are."""

    crop: Annotated[Positive, Field(le=1)] = Field(
        default=0.875, description="Side of a crop, as a share of the image's; AlexNet took 224 of 256."
    )


@dataclass(frozen=True)
class Judged:
    """What the means over views are worth on a part of the data.

    Attributes:
        accuracy: By answer.
        loss: By answer: the mean of −ln of the mean probability of the right class.
    """

    accuracy: dict[str, float]
    loss: dict[str, float]


class MeanOfViews(AnalysisKind[ViewParams]):
    """The mean of the probabilities over an image and its mirror image, and over ten crops, on the validation part.

    The ten crops are those of AlexNet: four corners and the middle, and their mirror images. Each is scaled up to the
    size that the network reads. Views are made of the raw image and then preprocessed as the training part was.
    """

    kind = "test_time_augmentation"
    title = "Test-time augmentation"
    help = "Several views of each image, mirrored and cropped: is the mean of the answers better than one answer?"
    formula = r"\bar p_k(x) = \frac{1}{V} \sum_{v=1}^{V} p_k\big(T_v(x)\big)"
    source = "A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet classification with deep CNNs (2012), section 4.1"
    group = "Results"
    Params = ViewParams
    data_shape = DataShape.LINES
    shows_sample = True
    example = {"crop": 0.875}

    def lacks(self, plan: Plan) -> Lack | None:
        """Only for images of a validation part that get one class each."""
        return lacks_pictures(plan)

    @torch.no_grad()
    def analyse(self, context: AnalysisContext, params: ViewParams) -> Frame:
        """Items: accuracy and loss by answer, and the probabilities of the classes for the chosen sample."""
        context.network.eval()
        probabilities = self._probabilities(context, params.crop)
        targets = context.data.validation_targets.cpu()
        judged = judge(probabilities, targets)
        index = min(context.sample, len(targets) - 1)
        label = context.facts.class_names[int(targets[index])]
        items = [
            _bars("accuracy", "share of right answers", judged.accuracy, _told(judged.accuracy)),
            _bars("loss", "cross-entropy", judged.loss, "Of the mean probabilities; smaller is better."),
            _of_sample(probabilities, index, context.facts.class_names, label),
        ]
        return context.frame(
            self,
            items,
            split="validation",
            mode="eval",
            num_samples=len(targets),
            sample=SampleView(index=index, label=label),
        )

    def _probabilities(self, context: AnalysisContext, crop: float) -> dict[str, Tensor]:
        """Of each answer, [N, K] mean probabilities of the classes, float64."""
        found: dict[str, list[Tensor]] = {name: [] for name in ANSWERS}
        raw = context.data.validation_raw
        for start in range(0, len(raw), CHUNK):
            of_views = [self._asked(context, view) for view in views(raw[start : start + CHUNK].float(), crop)]
            for name, places in ANSWERS.items():
                found[name].append(torch.stack([of_views[place] for place in places]).mean(0))
            context.progress(min(1.0, (start + CHUNK) / len(raw)))
        return {name: torch.cat(parts) for name, parts in found.items()}

    @staticmethod
    def _asked(context: AnalysisContext, raw: Tensor) -> Tensor:
        """[N, K] probabilities for raw images."""
        data = context.data
        device = data.train_targets.device
        inputs = data.preprocessing.to(device).apply(raw.to(device)).contiguous(memory_format=data.memory_format)
        share_nk = shares(context.network(inputs), context.facts).double().cpu()
        return torch.cat([1 - share_nk, share_nk], 1) if share_nk.shape[1] == 1 else share_nk


def views(raw_nchw: Tensor, crop: float) -> list[Tensor]:
    """Twelve views of each image: as it is, mirrored, five crops (the middle first), and their mirror images."""
    crops = [_enlarged(raw_nchw, top, left, crop) for top, left in ((0.5, 0.5), (0, 0), (0, 1), (1, 0), (1, 1))]
    return [raw_nchw, raw_nchw.flip(-1), *crops, *(view.flip(-1) for view in crops)]


def _enlarged(raw_nchw: Tensor, top: float, left: float, crop: float) -> Tensor:
    """A crop at the size of the whole; ``top`` and ``left`` from 0 (first row or column) to 1 (as far as it goes)."""
    sides = [max(1, round(crop * size)) for size in raw_nchw.shape[-2:]]
    starts = [
        round(share * (size - side)) for share, size, side in zip((top, left), raw_nchw.shape[-2:], sides, strict=True)
    ]
    part = raw_nchw.narrow(-2, starts[0], sides[0]).narrow(-1, starts[1], sides[1])
    return functional.interpolate(part, raw_nchw.shape[-2:], mode="bilinear", align_corners=False)


def judge(probabilities: dict[str, Tensor], targets: Tensor) -> Judged:
    """Accuracy and loss of each answer.

    Args:
        probabilities: By answer, [N, K].
        targets: [N] class numbers.
    """
    smallest = torch.finfo(torch.float64).tiny
    return Judged(
        accuracy={name: (found.argmax(1) == targets).double().mean().item() for name, found in probabilities.items()},
        loss={
            name: functional.nll_loss(found.clamp(min=smallest).log(), targets).item()
            for name, found in probabilities.items()
        },
    )


def _bars(name: str, title: str, values: dict[str, float], note: str) -> LinesItem:
    y = torch.tensor(list(values.values()))
    return LinesItem(
        node=name,
        x_title="view",
        y_title=title,
        x=pack(torch.arange(len(y))),
        x_names=list(values),
        series=[LineSeries(name=title, y=pack(y), role="validation")],
        mark="bars",
        note=note,
    )


def _told(accuracy: dict[str, float]) -> str:
    """What the means gain against one look, in points of percent."""
    once = accuracy["as it is"]
    gains = [f"{name} {_points(accuracy[name] - once)}" for name in ("both", "10 crops")]
    return f"One look: {100 * once:.1f}\u2009%. Gained: {', '.join(gains)} points."


def _points(gain: float) -> str:
    return f"{100 * gain:+.1f}".replace("-", "−").replace("+0.0", "0.0").replace("−0.0", "0.0")


def _of_sample(probabilities: dict[str, Tensor], index: int, class_names: list[str], label: str) -> LinesItem:
    """The probabilities of the classes for one sample."""
    return LinesItem(
        node="this input",
        x_title="class",
        y_title="probability",
        x=pack(torch.arange(len(class_names))),
        x_names=list(class_names),
        series=[LineSeries(name=name, y=pack(probabilities[name][index])) for name in DRAWN],
        mark="points",
        note=f"Its label is {label}.",
    )
