"""Every unit's answer over the plane, and the weights between units: the network as TensorFlow Playground draws it."""

import math
from collections.abc import Iterator
from typing import Any, ClassVar

from layerlab_schemas.frames import DataShape, Frame, ImageGridItem
from layerlab_schemas.graph import Lack
from torch import Tensor, nn

from layerlab.graph.lacks import lacks_plane
from layerlab.graph.plan import Plan, PlannedNode
from layerlab.probes.base import ProbeContext, ProbeKind, pack, shares
from layerlab.probes.plane import RESOLUTION

#: Of a wider layer the first so many units are measured.
MOST_UNITS = 64
#: A frame has at most so many numbers, for there may be ten a second; many units are drawn small, on a coarser grid.
MOST_NUMBERS = 65_536
#: Every so many places of the plane.
STRIDES = (3, 4, 6, 8, 12)
#: Matrices with more rows or columns are too many lines to draw.
MOST_ENDS = 64
#: Layers that pass on each unit by itself: their value stands for that of the layer in front.
FOLLOWING = frozenset({"activation", "norm", "regularisation"})

_EXAMPLE: Any = {
    "data": {"dataset": "spiral"},
    "graph": [{"kind": "linear", "out_features": 4}, {"kind": "tanh"}, {"kind": "linear", "out_features": 2}],
}


class Units(ProbeKind):
    """The value of each unit on a grid over the plane of 2-D data, in eval mode, behind its activation."""

    kind = "units"
    title = "Units"
    help = "What each unit has learned to see: its value at every place of the plane."
    formula = r"a_j^{(l)}(x, y)"
    source = "TensorFlow Playground (Smilkov, Carter 2016)"
    data_shape = DataShape.IMAGE_GRID
    comes_first = True
    example: ClassVar[Any] = _EXAMPLE

    def lacks(self, plan: Plan) -> Lack | None:
        """Only for points of a plane."""
        return lacks_plane(plan)

    def measure(self, context: ProbeContext) -> Frame | None:
        """An item for the data as the network reads them and for each layer of features: [F, 1, H, W], the highest y
        on top, at most 64 units. The output of a classifier is told as probabilities.
        """
        plan = context.network.plan
        if not self.applies(plan):
            return None
        _, recording = context.over_plane
        values = {node: recording.outputs[node] for node in ("input", *shown_nodes(plan))}
        values[plan.output] = shares(values[plan.output], context.facts)
        stride = _stride(sum(min(MOST_UNITS, value.shape[1]) for value in values.values()))
        items = [_item(node, value, stride) for node, value in values.items()]
        return context.frame(self, items, mode="eval", num_samples=RESOLUTION**2)


class Connections(ProbeKind):
    """The weights and biases of the linear layers between the units, where they are few enough to be drawn."""

    kind = "connections"
    title = "Connections"
    help = "Each weight from one unit to the next, with its sign: who listens to whom, and who is not heard."
    formula = r"W^{(l)},\ b^{(l)}"
    source = "TensorFlow Playground (Smilkov, Carter 2016)"
    data_shape = DataShape.IMAGE_GRID
    comes_first = True
    example: ClassVar[Any] = _EXAMPLE

    def lacks(self, plan: Plan) -> Lack | None:
        """Only for points of a plane."""
        return lacks_plane(plan)

    def measure(self, context: ProbeContext) -> Frame | None:
        """For each linear layer an item ``weight`` [1, 1, out, in] and, where it has one, ``bias`` [1, 1, out, 1]."""
        network = context.network
        if not self.applies(network.plan):
            return None
        items = [
            _parameter(node.id, name, value)
            for node in network.plan.nodes
            if isinstance(layer := network.layers[node.id], nn.Linear) and max(layer.weight.shape) <= MOST_ENDS
            for name, value in layer.named_parameters()
        ]
        return context.frame(self, items) if items else None


def shown_nodes(plan: Plan) -> Iterator[str]:
    """The nodes that give features, each but those whose only reader passes its units on one by one."""
    for node in plan.nodes:
        if len(node.output_shape) == 1 and (node.id == plan.output or not _is_passed_on(plan.readers(node.id))):
            yield node.id


def _is_passed_on(readers: list[PlannedNode]) -> bool:
    return len(readers) == 1 and readers[0].layer.group in FOLLOWING


def _stride(num_units: int) -> int:
    """The finest grid on which so many units fit into a frame."""
    fitting = (stride for stride in STRIDES if num_units * ((RESOLUTION - 1) // stride + 1) ** 2 <= MOST_NUMBERS)
    return next(fitting, STRIDES[-1])


def _item(node: str, value_nf: Tensor, stride: int) -> ImageGridItem:
    maps_fhw = value_nf[:, :MOST_UNITS].t().reshape(-1, RESOLUTION, RESOLUTION)
    images_fhw = maps_fhw[:, ::stride, ::stride].flip(1)
    return _images(node, images_fhw[:, None], total=value_nf.shape[1])


def _parameter(node: str, name: str, value: Tensor) -> ImageGridItem:
    return _images(node, value.detach().reshape(1, 1, len(value), -1), total=1, parameter=name)


def _images(node: str, images: Tensor, *, total: int, parameter: str | None = None) -> ImageGridItem:
    low, high = (float(end) for end in images.aminmax())
    return ImageGridItem(
        node=node,
        parameter=parameter,
        images=pack(images),
        total=total,
        signed=True,
        low=low if math.isfinite(low) else 0.0,
        high=high if math.isfinite(high) else 0.0,
    )
