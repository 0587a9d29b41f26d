"""One sample on its way through the network."""

import math

import torch
from layerlab_schemas.frames import DataShape, Frame, ImageGridItem, SampleView
from layerlab_schemas.graph import CheckedData, Lack
from torch import Tensor

from layerlab.graph.lacks import lacks_sample
from layerlab.graph.plan import Plan
from layerlab.graph.spelling import spell_answers, spell_tokens
from layerlab.losses.base import NO_ANSWER
from layerlab.probes.base import ProbeContext, ProbeKind, Sample, pack, shares

MOST_MAPS = 64
#: Of the maps of a clip, which are there once for each frame.
MOST_VALUES = 65_536
MOST_UNITS = 1024
MOST_NUMBERS = 4


class FeatureMaps(ProbeKind):
    """What every node gives for the chosen validation sample, in eval mode: maps, units, or units over time."""

    kind = "feature_maps"
    title = "Feature maps"
    help = "One input at every layer: which maps and units answer to it, and what the network says of it in the end."
    formula = r"a^{(l)} = f_l\left(a^{(l-1)}\right)"
    source = "M. Zeiler, R. Fergus, Visualizing and understanding convolutional networks, ECCV 2014"
    group = "Convolution"
    data_shape = DataShape.IMAGE_GRID
    shows_sample = True
    beside = ("pixel_arithmetic",)

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there is a validation sample to show."""
        return lacks_sample(plan)

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """An item for the data, before preprocessing, and one for each node."""
        sample, recording = context.sample, context.shown
        if sample is None or recording is None:
            return None
        in_colour = context.facts.input_kind in ("image", "video")
        items = [_item("input", source_of(sample.raw[0], context.facts), in_colour=in_colour)]
        items += [_item(node.id, recording.outputs[node.id][0]) for node in context.network.plan.nodes]
        return context.frame(self, items, split="validation", mode="eval", num_samples=1, sample=_view(sample, context))


def _item(node: str, value: Tensor, *, in_colour: bool = False) -> ImageGridItem:
    """What a node gives, as images; three channels are one image where they are its colours."""
    is_colours = in_colour and value.dim() > 2 and value.shape[-3] == 3
    images, total = (value.float().reshape(-1, *value.shape[-3:]), 1) if is_colours else _images(value.float())
    low, high = (float(end) for end in value.float().aminmax()) if value.numel() else (0.0, 0.0)
    return ImageGridItem(
        node=node,
        images=pack(images),
        total=total,
        in_colour=is_colours,
        frames=len(value) if value.dim() == 4 else None,
        signed=low < 0,
        low=_finite(low),
        high=_finite(high),
    )


def _images(value: Tensor) -> tuple[Tensor, int]:
    """As images [N, 1, H, W], and how many there are: maps of [C, H, W], units of [F], one picture of [T, F].

    Of a clip [T, C, H, W] all frames of the first map, then all of the second, and so on.
    """
    if value.dim() == 4:
        most = min(MOST_MAPS, max(1, MOST_VALUES // value[:, 0].numel()))
        return value[:, :most].transpose(0, 1).flatten(0, 1).unsqueeze(1), value.shape[1]
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
    answer = shares(context.shown.outputs[context.network.plan.output], context.facts)[0]
    target = sample.target[0]
    text = spell_tokens(source_of(sample.raw[0], context.facts), context.facts)
    if not context.facts.class_names:
        return SampleView(index=sample.index, text=text, label=_numbers(target), prediction=_numbers(answer))
    if target.dim():
        wanted_t = target != NO_ANSWER
        label = spell_answers(target, wanted_t, context.facts)
        prediction = spell_answers(_best(answer)[0], wanted_t, context.facts)
        return SampleView(index=sample.index, text=text, label=label, prediction=prediction)
    best, probability = (float(value) for value in _best(answer))
    names = context.facts.class_names
    return SampleView(
        index=sample.index,
        text=text,
        label=names[int(target)],
        prediction=names[int(best)],
        probability=_finite(probability),
    )


def source_of(raw: Tensor, facts: CheckedData) -> Tensor:
    """What the network reads first of a sample: of [2, T], data with a decoder input, the source [T]."""
    return raw[0] if facts.has_decoder_input else raw


def _best(answer_k: Tensor) -> tuple[Tensor, Tensor]:
    """The likeliest class and its probability, of [K] or [T, K]; a single number is the probability of class 1."""
    if answer_k.shape[-1] == 1:
        second = answer_k[..., 0]
        return (second >= 0.5).long(), torch.where(second >= 0.5, second, 1 - second)
    probability, best = answer_k.max(-1)
    return best, probability


def _numbers(values: Tensor) -> str | None:
    """A few numbers as text; None for more than can be read at a glance."""
    if values.numel() > MOST_NUMBERS:
        return None
    return ", ".join(f"{float(value):.3g}" for value in values.flatten())
