"""The numbers that a dropout reads and gives, and the factor between them."""

from math import isfinite, nan

import torch
from layerlab_schemas.frames import DataShape, LineSeries, LinesItem
from torch import Tensor

from layerlab.figures import figure, percent
from layerlab.graph.drops import Drop
from layerlab.probes.base import pack
from layerlab.probes.distribution import flat
from layerlab.probes.dropping import DropoutProbe

NUM_BINS = 48
#: Of larger batches so many numbers are counted, evenly spread.
MOST_COUNTED = 65_536


class DropoutScaling(DropoutProbe):
    """How the numbers before and after each dropout are distributed in the latest training batch.

    Zeros are told as a share and left out of the curves, which they would hide. The factor is measured: what a number
    that was kept came out as, over what it went in as.
    """

    kind = "dropout_scaling"
    title = "Dropout: before and after"
    help = "What is kept grows by 1 / (1 − p), so that the mean stays as if nothing were dropped, in training as later."
    formula = r"\mathbb{E}[y_i] = (1 - p) \cdot \frac{x_i}{1 - p} = x_i"
    data_shape = DataShape.LINES

    def item(self, drop: Drop) -> LinesItem:
        """What one dropout did to the batch."""
        return _item(drop)


def _item(drop: Drop) -> LinesItem:
    before_n, after_n = _sampled(drop.read), _sampled(drop.gave)
    low, high = _ends(before_n, after_n)
    edges = torch.linspace(low, high, NUM_BINS + 1)
    factor = factor_of(drop)
    return LinesItem(
        node=drop.name,
        x_title="value, zeros left out",
        y_title="share",
        x=pack((edges[1:] + edges[:-1]) / 2),
        series=[
            LineSeries(name="before", y=pack(_shares(before_n, low, high))),
            LineSeries(name=f"after, kept × {figure(factor)}", y=pack(_shares(after_n, low, high))),
        ],
        note=_note(drop, factor),
    )


def factor_of(drop: Drop) -> float:
    """What a kept number was multiplied by, as measured; NaN where none was kept."""
    kept = (drop.read != 0) & (drop.gave != 0)
    return float((drop.gave[kept].double() / drop.read[kept].double()).median()) if bool(kept.any()) else nan


def _note(drop: Drop, factor: float) -> str:
    zeros = [percent(float((x == 0).double().mean())) for x in (drop.read, drop.gave)]
    means = [figure(float(x.double().mean())) for x in (drop.read, drop.gave)]
    told = f"1 / (1 − p) = {figure(factor)} for p = {1 - 1 / factor:.2g}. " if isfinite(factor) else ""
    return f"{told}{zeros[0]} are 0 before and {zeros[1]} after; the mean is {means[0]} before and {means[1]} after."


def _sampled(x: Tensor) -> Tensor:
    flat_n = flat(x).float()
    return flat_n[:: -(-flat_n.numel() // MOST_COUNTED)]


def _ends(before_n: Tensor, after_n: Tensor) -> tuple[float, float]:
    both_n = torch.cat([before_n, after_n])
    both_n = both_n[both_n.isfinite()]
    low, high = (float(end) for end in both_n.aminmax()) if both_n.numel() else (0.0, 0.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _shares(x_n: Tensor, low: float, high: float) -> Tensor:
    counted_n = x_n[(x_n != 0) & x_n.isfinite()]
    return torch.histc(counted_n, bins=NUM_BINS, min=low, max=high) / max(1, x_n.numel())
