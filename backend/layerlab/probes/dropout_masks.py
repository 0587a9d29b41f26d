"""What every dropout dropped in the latest training batch."""

from math import nan

import torch
from layerlab_schemas.frames import DataShape, Frame, HeatmapItem
from torch import Tensor

from layerlab.graph.drops import Drop, drops_of, has_dropout
from layerlab.graph.plan import Plan
from layerlab.probes.base import ProbeContext, ProbeKind, pack

#: Samples, channels or steps in a picture, and units.
MOST_ROWS = 16
MOST_COLUMNS = 128


class DropoutMasks(ProbeKind):
    """For each number that a dropout read: 1 where it was kept, 0 where it was dropped, NaN where that cannot be seen.

    Read off the batch that was trained on: a number that went in as another than 0 and came out as 0 was dropped. One
    that was 0 already, as behind a ReLU, tells nothing.
    """

    kind = "dropout_masks"
    title = "Dropout masks"
    help = "Which units each dropout silenced in the last training batch: another random set for every sample and step."
    formula = r"m_i = \begin{cases} 1 & y_i \ne 0 \\ 0 & y_i = 0,\ x_i \ne 0 \end{cases}"
    source = "N. Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, JMLR 15 (2014)"
    group = "Dropout"
    data_shape = DataShape.HEATMAP
    needs_batch = True
    example = {
        "data": {"dataset": "spiral"},
        "graph": [
            {"kind": "linear", "out_features": 32},
            {"kind": "tanh"},
            {"kind": "dropout", "p": 0.2},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def applies(self, plan: Plan) -> bool:
        """Only where there is a dropout."""
        return has_dropout(plan)

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """One item for each dropout; None where there is none, or the batch was not recorded."""
        if context.batch is None or not self.applies(context.network.plan):
            return None
        items = [_item(drop) for drop in drops_of(context.network, context.batch)]
        if not items:
            return None
        return context.frame(self, items, split="train", mode="train", num_samples=context.batch_size)


def _item(drop: Drop) -> HeatmapItem:
    values, rows, columns = _picture(drop)
    return HeatmapItem(
        node=drop.name,
        title="1 kept, 0 dropped, hatched: 0 before",
        row_title=rows,
        column_title=columns,
        values=pack(values[:MOST_ROWS, :MOST_COLUMNS]),
        signed=False,
        total_columns=values.shape[1],
        low=0.0,
        high=1.0,
    )


def _picture(drop: Drop) -> tuple[Tensor, str, str]:
    """Rows and columns of the mask, and what they are called. Of images and sequences, the first sample."""
    read, gave = (drop.read, drop.gave) if drop.by_map or drop.read.dim() == 2 else (drop.read[0], drop.gave[0])
    if drop.by_map:
        return _mask(read.abs().amax((2, 3)), gave.abs().amax((2, 3))), "sample", "map"
    if drop.read.dim() == 2:
        return _mask(read, gave), "sample", "unit"
    mask = _mask(read, gave)
    if drop.name.endswith("weights"):
        return mask.flatten(0, -2), "query step, head by head", "key step"
    if mask.dim() == 2:
        return mask, "step", "unit"
    return mask.flatten(1), "map", "pixel, row by row"


def _mask(read: Tensor, gave: Tensor) -> Tensor:
    return torch.where(read == 0, nan, (gave != 0).to(torch.float32))
