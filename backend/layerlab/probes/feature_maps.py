"""One sample on its way through the network."""

import math

import torch
from layerlab_schemas.frames import DataShape, Frame, ImageGridItem, SampleView
from torch import Tensor

from layerlab.graph.plan import Plan
from layerlab.probes.base import ProbeContext, ProbeKind, Sample, pack, shares

MOST_MAPS = 64
MOST_UNITS = 1024


class FeatureMaps(ProbeKind):
    """What every node gives for the chosen validation sample, in eval mode: maps, units, or units over time."""

    kind = "feature_maps"
    title = "Feature maps"
    help = "One input at every layer: which maps and units answer to it, and what the network says of it in the end."
    formula = r"a^{(l)} = f_l\left(a^{(l-1)}\right)"
    source = "M. Zeiler, R. Fergus, Visualizing and understanding convolutional networks, ECCV 2014"
    data_shape = DataShape.IMAGE_GRID
    shows_sample = True

    def applies(self, plan: Plan) -> bool:
        """Only where there is a validation sample to show."""
        return plan.data.num_validation > 0

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """An item for the data, before preprocessing, and one for each node."""
        sample, recording = context.sample, context.shown
        if sample is None or recording is None:
            return None
        items = [_item("input", sample.raw[0])]
        items += [_item(node.id, recording.outputs[node.id][0]) for node in context.network.plan.nodes]
        return context.frame(self, items, split="validation", mode="eval", num_samples=1, sample=_view(sample, context))


def _item(node: str, value: Tensor) -> ImageGridItem:
    images, total = _images(value.float())
    low, high = (float(end) for end in value.float().aminmax()) if value.numel() else (0.0, 0.0)
    return ImageGridItem(
        node=node, images=pack(images), total=total, signed=low < 0, low=_finite(low), high=_finite(high)
    )


def _images(value: Tensor) -> tuple[Tensor, int]:
    """As images [N, 1, H, W], and how many there are: maps of [C, H, W], units of [F], one picture of [T, F]."""
    if value.dim() == 3:
        return value[:MOST_MAPS].unsqueeze(1), len(value)
    if value.dim() == 2:
        return value[:, :MOST_MAPS].t()[None, None], 1
    return value[:MOST_UNITS].reshape(-1, 1, 1, 1), len(value)


def _finite(value: float) -> float:
    """JSON has no NaN; a scale that has lost its ends is one of no width."""
    return value if math.isfinite(value) else 0.0


def _view(sample: Sample, context: ProbeContext) -> SampleView:
    """The sample with its label, and what the network makes of it."""
    assert context.shown is not None
    names = context.facts.class_names
    answer_k = shares(context.shown.outputs[context.network.plan.output], context.facts)[0]
    if not names:
        return SampleView(index=sample.index, label=_numbers(sample.target[0]), prediction=_numbers(answer_k))
    if answer_k.shape == (1,):
        second = float(answer_k[0])
        best, probability = (1, second) if second >= 0.5 else (0, 1 - second)
    else:
        best = int(answer_k.argmax())
        probability = float(answer_k[best])
    return SampleView(
        index=sample.index,
        label=names[int(sample.target[0])],
        prediction=names[best],
        probability=_finite(probability),
    )


def _numbers(values_t: Tensor) -> str:
    return ", ".join(f"{float(value):.3g}" for value in values_t.flatten())
