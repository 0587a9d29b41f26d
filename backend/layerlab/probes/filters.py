"""The filters of the convolutions: what they look for in what they read."""

from collections.abc import Iterator, Sequence

import torch
from layerlab_schemas.frames import DataShape, Frame, ImageGridItem
from layerlab_schemas.graph import INPUT, Lack
from torch import Tensor

from layerlab.graph.lacks import lacks_layer
from layerlab.graph.plan import Plan, PlannedNode
from layerlab.probes.base import ProbeContext, ProbeKind, pack
from layerlab.probes.kernels import Convolution, kernel_of

#: Of a layer with more filters the first so many are sent.
MOST_FILTERS = 64
#: A frame has about so many numbers; wide layers send the first channels of each filter only.
MOST_NUMBERS = 65_536

#: Kinds of layers with convolutions in them.
CONVOLVING = frozenset({"conv2d", "conv1d", "conv_transpose2d", "residual"})


class Filters(ProbeKind):
    """The weights of every convolution as small images, one signed scale for each layer."""

    kind = "filters"
    title = "Filters"
    help = "The weights of each convolution as pictures: from noise to edges and blobs while it learns."
    formula = r"W_{o,c,i,j}"
    source = "A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet classification with deep CNNs, NeurIPS 2012, figure 3"
    group = "Convolution"
    data_shape = DataShape.IMAGE_GRID

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there is a convolution, by itself or inside a block."""
        return lacks_layer(plan, *CONVOLVING, called="convolution")

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """An item for each kernel in the order of the network: [filters, channels, height, width]."""
        found = list(_kernels(context))
        if not found:
            return None
        shares = _channels([kernel[:MOST_FILTERS] for _, _, kernel in found])
        items = [
            _grid(node, name, kernel, channels, context)
            for (node, name, kernel), channels in zip(found, shares, strict=True)
        ]
        return context.frame(self, items)


def _kernels(context: ProbeContext) -> Iterator[tuple[PlannedNode, str, Tensor]]:
    for node in context.network.plan.nodes:
        for name, part in context.network.layers[node.id].named_modules():
            if isinstance(part, Convolution):
                yield node, f"{name}.weight" if name else "weight", kernel_of(part)


def _channels(kernels: Sequence[Tensor]) -> list[int]:
    """How many channels of each kernel are sent: all of the small ones, and of the others as many as fit."""
    left, shares = MOST_NUMBERS, dict[int, int]()
    by_size = sorted(range(len(kernels)), key=lambda index: kernels[index].numel())
    for done, index in enumerate(by_size):
        kernel = kernels[index]
        numbers = max(1, kernel[:, 0].numel())
        shares[index] = max(1, min(kernel.shape[1], left // (len(kernels) - done) // numbers))
        left -= shares[index] * numbers
    return [shares[index] for index in range(len(kernels))]


def _grid(node: PlannedNode, name: str, kernel_oihw: Tensor, channels: int, context: ProbeContext) -> ImageGridItem:
    finite = kernel_oihw[kernel_oihw.isfinite()]
    largest = float(finite.abs().max()) if finite.numel() else 0.0
    reads_colours = node.inputs == (INPUT,) and context.facts.input_kind in ("image", "video") and "conv2" not in name
    return ImageGridItem(
        node=node.id,
        parameter=name,
        images=pack(kernel_oihw[:MOST_FILTERS, :channels]),
        total=len(kernel_oihw),
        num_channels=kernel_oihw.shape[1],
        in_colour=reads_colours and kernel_oihw.shape[1] == channels == 3,
        signed=True,
        low=-largest,
        high=largest,
    )
