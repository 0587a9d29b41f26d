"""The pattern that a positional encoding adds to each step."""

from typing import Any, ClassVar

import torch
from layerlab_schemas.frames import DataShape, Frame, HeatmapItem
from layerlab_schemas.graph import Lack
from torch import nn

from layerlab.graph.lacks import lacks_layer
from layerlab.graph.plan import Plan, PlannedNode
from layerlab.probes.base import ProbeContext, ProbeKind, pack
from layerlab.probes.heat import ends_of

#: Of more steps or features the first so many are told.
MOST_ROWS = 256


class PositionTable(ProbeKind):
    """What is added at each step, by giving the layer zeros. Sines and cosines stay, learned ones change."""

    kind = "position_table"
    title = "Positions"
    help = "The pattern that a positional encoding adds to each step: a row for each step, no two alike."
    formula = r"p_{t,2i} = \sin\frac{t}{10000^{2i/d}}, \quad p_{t,2i+1} = \cos\frac{t}{10000^{2i/d}}"
    source = "A. Vaswani et al., Attention is all you need, NIPS 2017"
    group = "Sequences"
    data_shape = DataShape.HEATMAP
    example: ClassVar[Any] = {
        "data": {"dataset": "parity", "params": {"length": 10, "samples": 200, "encoding": "token"}},
        "graph": [
            {"kind": "embedding", "embedding_dim": 8},
            {"kind": "positional_encoding"},
            {"kind": "global_avg_pool"},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there is a positional encoding."""
        return lacks_layer(plan, "positional_encoding", called="positional encoding")

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """[steps, features]."""
        network = context.network
        items = [
            _item(node, network.layers[node.id], context.probe_inputs.device)
            for node in network.plan.nodes
            if node.layer.kind == "positional_encoding"
        ]
        return context.frame(self, items) if items else None


def _item(node: PlannedNode, module: nn.Module, device: torch.device) -> HeatmapItem:
    num_steps, num_features = node.output_shape
    table_tf = module(torch.zeros(1, num_steps, num_features, device=device))[0]
    told = table_tf[:MOST_ROWS, :MOST_ROWS]
    low, high = ends_of(told)
    return HeatmapItem(
        node=node.id,
        title="added to each step",
        row_title="step",
        column_title="feature",
        total_rows=num_steps,
        total_columns=num_features,
        values=pack(told),
        signed=True,
        low=min(low, -high),
        high=high,
    )
