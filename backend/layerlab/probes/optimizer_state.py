"""What the optimizer remembers of every weight."""

from collections.abc import Mapping
from math import nan

import torch
from layerlab_schemas.frames import DataShape, Frame, LineSeries, LinesItem, PackedArray
from torch import Tensor

from layerlab.probes.base import ProbeContext, ProbeKind, pack
from layerlab.probes.distribution import LARGEST_SORTED, flat, quantiles
from layerlab.probes.one_pass import as_numbers
from layerlab.probes.parts import parameters

#: Between these shares of the elements lies the band.
BAND = (0.1, 0.9)
NOTHING_KEPT = "The optimizer remembers nothing of past gradients at this step."


class OptimizerState(ProbeKind):
    """The sizes of momentum, mean square and what else is kept, by layer, in PyTorch's names.

    The effective step is what the last update took off a weight as far as it follows from them, without their bias
    towards 0 at the start; decoupled weight decay is not in it.
    """

    kind = "optimizer_state"
    group = "Optimisation"
    title = "Optimizer state"
    help = (
        "What the optimizer keeps of each layer's past gradients, and the step that it makes of it: the mean size of "
        "the elements, and the band from the 10th to the 90th percentile."
    )
    formula = r"|m|,\quad |v|,\quad \left| \eta\, \hat m / (\sqrt{\hat v} + \epsilon) \right|"
    source = "PyTorch, torch.optim.Optimizer.state"
    data_shape = DataShape.LINES

    def measure(self, context: ProbeContext) -> Frame | None:
        """One item for each thing kept, a series for each parameter by name; None before the first update."""
        kept = context.remembered()
        rows = [(node, name, kept[value]) for node, name, value in parameters(context) if value in kept]
        things = list(dict.fromkeys(thing for _, _, of_weight in rows for thing in of_weight))
        items = [_item(thing, [(node, name, found[thing]) for node, name, found in rows if thing in found])
                 for thing in things]  # fmt: skip
        if not items and context.step == 0:
            return None
        return context.frame(self, items, lack=None if items else NOTHING_KEPT)


def _item(thing: str, found: list[tuple[str, str, Tensor]]) -> LinesItem:
    nodes = list(dict.fromkeys(node for node, _, _ in found))
    sizes = {(node, name): size(x) for node, name, x in found}
    names = list(dict.fromkeys(name for _, name, _ in found))
    return LinesItem(
        node=thing,
        x_title="layer",
        y_title=f"size of {thing}",
        x=pack(torch.arange(len(nodes))),
        x_names=nodes,
        series=[_series(name, nodes, sizes) for name in names],
        mark="line" if len(names) == 1 else "points",
        log_y=True,
    )


def _series(name: str, nodes: list[str], sizes: Mapping[tuple[str, str], tuple[float, float, float]]) -> LineSeries:
    low, mean, high = zip(*(sizes.get((node, name), (nan, nan, nan)) for node in nodes), strict=True)
    return LineSeries(name=name, y=_packed(mean), low=_packed(low), high=_packed(high))


def _packed(values: tuple[float, ...]) -> PackedArray:
    return pack(torch.tensor(values, dtype=torch.float64))


@torch.no_grad()
def size(x: Tensor) -> tuple[float, float, float]:
    """Mean of the absolute values over all elements, between the ends of the band."""
    sizes_n = flat(x).abs()
    low, high = quantiles(as_numbers(sizes_n[:: -(-sizes_n.numel() // LARGEST_SORTED)].cpu()), BAND)
    return low, sizes_n.mean(dtype=torch.float64).item(), high
