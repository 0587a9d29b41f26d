"""What analyses of one image share: the score of a class, the layer of maps, and heat as the page draws it."""

from typing import NamedTuple

import torch
from layerlab_schemas.frames import Example, SampleView
from layerlab_schemas.graph import Lack
from layerlab_schemas.problems import Problem
from torch import Tensor

from layerlab.analyses.base import AnalysisContext
from layerlab.errors import SpecError
from layerlab.graph.lacks import lacks_sample
from layerlab.graph.plan import Plan, PlannedNode
from layerlab.probes.base import pack, shares

#: Without a chosen class the likeliest ones are shown.
MOST_CLASSES = 10
#: Layers that only bend or scale what the layer before found, pixel by pixel.
_FOLLOWING = frozenset({"norm", "activation"})


class Shown(NamedTuple):
    """The image that an analysis is about, as the network reads it: [1, C, H, W], and its place and class."""

    place: int
    inputs: Tensor
    raw: Tensor
    label: int


def shown_image(context: AnalysisContext) -> Shown:
    """The chosen sample of the validation part."""
    data = context.data
    index = min(context.sample, data.num_validation - 1)
    here = slice(index, index + 1)
    label = int(data.validation_targets[index])
    return Shown(index, data.validation_inputs[here], data.validation_raw[index], label)


def lacks_pictures(plan: Plan) -> Lack | None:
    """Where not each image of a validation part gets one class."""
    data, scores = plan.data, len(plan.by_id[plan.output].output_shape)
    if data.input_kind != "image" or not data.class_names or scores != 1:
        return Lack(text="The data are no images with classes.")
    return lacks_sample(plan)


def score_of(answer_nk: Tensor, number: int) -> Tensor:
    """The score of a class, summed over samples: the network's own output; a single output speaks for class 1."""
    if answer_nk.shape[1] == 1:
        return answer_nk.sum() if number == 1 else -answer_nk.sum()
    return answer_nk[:, number].sum()


@torch.no_grad()
def probabilities(context: AnalysisContext, shown: Shown) -> Tensor:
    """Of each class, [K]."""
    share_k = shares(context.network(shown.inputs), context.facts)[0]
    return torch.cat([1 - share_k, share_k]) if len(share_k) == 1 else share_k


def classes_to_show(context: AnalysisContext, share_k: Tensor, wanted: int | None) -> list[int]:
    """The chosen class alone, or the likeliest ones with the predicted one first.

    Raises:
        SpecError: There is no class of that number.
    """
    if wanted is None:
        return share_k.argsort(descending=True)[:MOST_CLASSES].tolist()
    if wanted < len(share_k):
        return [wanted]
    last = len(share_k) - 1
    message = f"There is no class {wanted}: the classes are numbered from 0 to {last}."
    raise SpecError([Problem(code="no_such_class", path="params.class_number", message=message, got=str(wanted))])


def heat_example(context: AnalysisContext, shown: Shown, heat_hw: Tensor, share_k: Tensor) -> Example:
    """The image with heat over it, scaled so that its hottest place is 1."""
    names, predicted, largest = context.facts.class_names, int(share_k.argmax()), float(heat_hw.max())
    return Example(
        index=shown.place,
        image=pack(shown.raw),
        heat=pack(heat_hw / largest if largest > 0 else torch.zeros_like(heat_hw)),
        label=names[shown.label],
        prediction=names[predicted],
        probability=float(share_k[predicted]),
        value=largest,
        wrong=predicted != shown.label,
    )


def view_of(context: AnalysisContext, shown: Shown) -> SampleView:
    """What the frame says of the sample."""
    return SampleView(index=shown.place, label=context.facts.class_names[shown.label])


def map_layers(plan: Plan) -> list[str]:
    """Nodes that give maps of more than one pixel."""
    shapes = {node.id: node.output_shape for node in plan.nodes}
    return [node for node, shape in shapes.items() if len(shape) == 3 and shape[1] * shape[2] > 1]


def last_maps(plan: Plan) -> str | None:
    """The last layer with weights or joined branches that gives maps, behind its norm and activation."""
    maps = set(map_layers(plan))
    finding = [node for node in plan.nodes if node.id in maps and _finds(node)]
    if not finding:
        return None
    node = finding[-1]
    while len(readers := plan.readers(node.id)) == 1 and readers[0].layer.group in _FOLLOWING and readers[0].id in maps:
        node = readers[0]
    return node.id


def _finds(node: PlannedNode) -> bool:
    return node.layer.has_weights or node.layer.kind in {"add", "concat"}


def layer_of(plan: Plan, wanted: str) -> str:
    """The named layer of maps, or the last one.

    Raises:
        SpecError: There is no such layer, or it gives no maps.
    """
    found, known = wanted or last_maps(plan), map_layers(plan)
    if found in known:
        assert found is not None
        return found
    message = f"{wanted} gives no feature maps." if wanted in plan.by_id else f"There is no layer called {wanted}."
    hint = f"Layers with feature maps are {', '.join(known)}."
    raise SpecError([Problem(code="no_such_layer", path="params.node", message=message, got=wanted, hint=hint)])
