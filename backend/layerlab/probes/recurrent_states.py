"""State and gates of recurrent layers over one sequence."""

from collections.abc import Iterator
from typing import Any, ClassVar

import torch
from layerlab_schemas.frames import DataShape, Frame, HeatmapItem
from layerlab_schemas.graph import Lack
from torch import Tensor, nn

from layerlab.graph.lacks import lacks_recurrent, lacks_sample
from layerlab.graph.plan import Plan, PlannedNode
from layerlab.probes.base import ProbeContext, ProbeKind, pack
from layerlab.probes.cells import Pass, walk
from layerlab.probes.heat import ends_of
from layerlab.probes.steps import masks_of, names_of, view_of

#: Of a wider layer the first so many units are told.
MOST_UNITS = 64
#: A frame has about so many numbers at most; where there are more, fewer units are told.
MOST_NUMBERS = 131_072
LEAST_UNITS = 4
#: In which order a person reads them, and the ends of their scales where they are known: gates lie between 0 and 1.
ORDER: dict[str, tuple[float, float] | None] = {
    "hidden": None,
    "cell": None,
    "forget gate": (0.0, 1.0),
    "input gate": (0.0, 1.0),
    "output gate": (0.0, 1.0),
    "reset gate": (0.0, 1.0),
    "update gate": (0.0, 1.0),
    "candidate": (-1.0, 1.0),
}


class RecurrentStates(ProbeKind):
    """Hidden and cell state and every gate of each recurrent layer over the chosen validation sample, in eval mode.

    Computed by the equations of the cells from what the layer read. Padding is left out.
    """

    kind = "recurrent_states"
    title = "States and gates"
    help = "What a recurrent layer keeps in mind at each step of one sequence, and when its gates write, keep and read."
    formula = r"h_t,\ c_t,\ i_t,\ f_t,\ o_t"
    source = "A. Karpathy, J. Johnson, L. Fei-Fei, Visualizing and understanding recurrent networks, ICLR workshop 2016"
    group = "Sequences"
    data_shape = DataShape.HEATMAP
    shows_sample = True
    example: ClassVar[Any] = {
        "data": {"dataset": "parity", "params": {"length": 10, "samples": 200}},
        "graph": [{"kind": "lstm", "hidden_size": 8}, {"kind": "linear", "out_features": 2}],
    }

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there is a recurrent layer, and a validation sample to show."""
        return lacks_recurrent(plan) or lacks_sample(plan)

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """A map [units, real steps] for each state and gate of each layer and direction of a node."""
        if not self.applies(context.network.plan) or context.sample is None or context.shown is None:
            return None
        items = [item for node in context.network.plan.nodes for item in _items(node, context)]
        view = view_of(context.sample, context.facts)
        return context.frame(self, items, split="validation", mode="eval", num_samples=1, sample=view)


def _items(node: PlannedNode, context: ProbeContext) -> Iterator[HeatmapItem]:
    module, plan = context.network.layers[node.id], context.network.plan
    if not isinstance(module, nn.RNNBase):
        return
    assert context.shown is not None
    assert context.sample is not None
    x_ntf, *states = context.shown.inputs[node.id]
    mask = masks_of(plan, node.inputs[:1], context.shown)[0]
    names = names_of(plan, node.inputs[0], context.sample)
    if mask is not None:
        # Only one sample, so what is left out of it need not be masked.
        x_ntf = x_ntf[:, mask[0]]
        names = None if names is None else [name for name, real in zip(names, mask[0].tolist(), strict=True) if real]
    if x_ntf.shape[1] == 0:
        return
    passes = walk(module, x_ntf, states[0] if states else None, None)
    for one in passes:
        for name in (name for name in ORDER if name in one.steps[0]):
            values_ht = torch.cat([step[name] for step in one.steps]).t()
            yield _item(node, _title(module, one, name), name, values_ht, names, len(passes))


def _title(module: nn.RNNBase, one: Pass, name: str) -> str:
    layer = [f"layer {one.layer + 1}"] if module.num_layers > 1 else []
    direction = ["backwards" if one.backwards else "forwards"] if module.bidirectional else []
    return ", ".join([*layer, *direction, name])


def _item(
    node: PlannedNode, title: str, name: str, values_ht: Tensor, names: list[str] | None, num_passes: int
) -> HeatmapItem:
    num_units, num_steps = values_ht.shape
    fitting = MOST_NUMBERS // (len(ORDER) * num_passes * num_steps)
    told = values_ht[: max(LEAST_UNITS, min(MOST_UNITS, fitting))]
    low, high = ORDER[name] or ends_of(told, least=1.0)
    return HeatmapItem(
        node=node.id,
        title=title,
        row_title="unit",
        column_title="step",
        column_names=names,
        total_rows=num_units,
        values=pack(told),
        signed=low < 0,
        low=low,
        high=high,
    )
