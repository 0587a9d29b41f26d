"""The filters of the first convolution: what it looks for in the image."""

import torch
from layerlab_schemas.frames import DataShape, Frame, ImageGridItem
from torch import Tensor

from layerlab.graph.plan import Plan
from layerlab.probes.base import ProbeContext, ProbeKind, pack

MOST_FILTERS = 64


class Filters(ProbeKind):
    """The weights of the first convolution as small images, one signed scale for all."""

    kind = "filters"
    title = "Filters"
    help = "The weights of the first convolution as pictures: from noise to edges and blobs while it learns."
    formula = r"W_{o,c,i,j}"
    source = "A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet classification with deep CNNs, NeurIPS 2012, figure 3"
    data_shape = DataShape.IMAGE_GRID

    def applies(self, plan: Plan) -> bool:
        """Only where there is a convolution."""
        return any(node.layer.kind == "conv2d" for node in plan.nodes)

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """[filters, channels, height, width]; None where there is no convolution."""
        for node in context.network.plan.nodes:
            weight = getattr(context.network.layers[node.id], "weight", None)
            if isinstance(weight, Tensor) and weight.dim() == 4:
                return context.frame(self, [_grid(node.id, weight.detach())])
        return None


def _grid(node: str, weight_oihw: Tensor) -> ImageGridItem:
    finite = weight_oihw[weight_oihw.isfinite()]
    largest = float(finite.abs().max()) if finite.numel() else 0.0
    return ImageGridItem(
        node=node,
        parameter="weight",
        images=pack(weight_oihw[:MOST_FILTERS]),
        total=len(weight_oihw),
        signed=True,
        low=-largest,
        high=largest,
    )
