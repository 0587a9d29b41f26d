"""What each unit of a linear layer looks for in the input: its weights as a picture."""

import math
from typing import Any, ClassVar

import torch
from layerlab_schemas.frames import DataShape, Frame, ImageGridItem
from layerlab_schemas.graph import INPUT, Lack
from torch import Tensor, nn

from layerlab.graph.plan import Plan, PlannedNode
from layerlab.probes.base import ProbeContext, ProbeKind, pack

#: Of a wider layer the first so many units are sent.
MOST_TEMPLATES = 64
MOST_NUMBERS = 65_536
#: Layers that hand on each number of the input at its place.
HANDING_ON = frozenset({"flatten", "dropout", "identity"})


class Templates(ProbeKind):
    """The weights of each linear layer that reads the image itself, reshaped to the image: one template a unit."""

    kind = "templates"
    title = "Templates"
    help = "The weights of a linear layer that reads the image, as images: what speaks for each class, and against it."
    formula = r"s_k = \langle W_k, x \rangle + b_k"
    source = "PyTorch, torch.nn.Linear"
    group = "Convolution"
    data_shape = DataShape.IMAGE_GRID
    example: ClassVar[Any] = {
        "data": {"dataset": "digits"},
        "graph": [{"kind": "flatten"}, {"kind": "linear", "out_features": 10}],
    }

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where the data are images and a linear layer reads all their pixels."""
        if plan.data.input_kind == "image" and any(reads_image(node, plan) for node in plan.nodes):
            return None
        return Lack(text="No linear layer of this network reads the pixels of an image.")

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """An item for each such layer: [units, C, H, W], with the names of the classes where it gives the answer."""
        plan = context.network.plan
        if not self.applies(plan):
            return None
        items = [
            _grid(node.id, layer.weight.detach().reshape(-1, *plan.data.input_shape), plan)
            for node in plan.nodes
            if reads_image(node, plan) and isinstance(layer := context.network.layers[node.id], nn.Linear)
        ]
        return context.frame(self, items) if items else None


def reads_image(node: PlannedNode, plan: Plan) -> bool:
    """True for a linear layer whose inputs are the pixels of the image, one by one and in their order."""
    if node.layer.kind != "linear" or len(plan.data.input_shape) != 3:
        return False
    if node.input_shapes[0] != (math.prod(plan.data.input_shape),):
        return False
    source = node.inputs[0]
    while source in plan.by_id and plan.by_id[source].layer.kind in HANDING_ON:
        source = plan.by_id[source].inputs[0]
    return source == INPUT


def _grid(node: str, template_uchw: Tensor, plan: Plan) -> ImageGridItem:
    total, channels = template_uchw.shape[:2]
    finite = template_uchw[template_uchw.isfinite()]
    largest = float(finite.abs().max()) if finite.numel() else 0.0
    fitting = max(1, MOST_NUMBERS // template_uchw[0].numel())
    sent = template_uchw[: min(MOST_TEMPLATES, fitting)]
    is_answer = node == plan.output and len(plan.data.class_names) == total
    return ImageGridItem(
        node=node,
        parameter="weight",
        images=pack(sent),
        total=total,
        num_channels=channels,
        in_colour=channels == 3,
        names=plan.data.class_names[: len(sent)] if is_answer else [],
        signed=True,
        low=-largest,
        high=largest,
    )
