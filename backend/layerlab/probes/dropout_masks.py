"""What every dropout dropped in the latest training batch."""

from math import nan

import torch
from layerlab_schemas.frames import DataShape, HeatmapItem
from torch import Tensor

from layerlab.graph.drops import Drop
from layerlab.probes.base import pack
from layerlab.probes.dropping import DropoutProbe

#: Samples, channels or steps in a picture, and units.
MOST_ROWS = 16
MOST_COLUMNS = 128


class DropoutMasks(DropoutProbe):
    """For each number that a dropout read: 1 where it was kept, 0 where it was dropped, NaN where that cannot be seen.

    Read off the batch that was trained on: a number that went in as another than 0 and came out as 0 was dropped. One
    that was 0 already, as behind a ReLU, tells nothing.
    """

    kind = "dropout_masks"
    title = "Dropout masks"
    help = "Which units each dropout silenced in the last training batch: another random set for every sample and step."
    formula = r"m_i = \begin{cases} 1 & y_i \ne 0 \\ 0 & y_i = 0,\ x_i \ne 0 \end{cases}"
    data_shape = DataShape.HEATMAP

    def item(self, drop: Drop) -> HeatmapItem:
        """What one dropout did to the batch."""
        return _item(drop)


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
