"""The numbers that a dropout reads and gives, and the factor between them."""

from math import isfinite, nan

import torch
from layerlab_schemas.frames import DataShape, Frame, LineSeries, LinesItem
from torch import Tensor

from layerlab.graph.drops import Drop, drops_of, has_dropout
from layerlab.graph.plan import Plan
from layerlab.probes.base import ProbeContext, ProbeKind, pack
from layerlab.probes.distribution import flat

NUM_BINS = 48
#: Of larger batches so many numbers are counted, evenly spread.
MOST_COUNTED = 65_536


class DropoutScaling(ProbeKind):
    """How the numbers before and after each dropout are distributed in the latest training batch.

    Zeros are told as a share and left out of the curves, which they would hide. The factor is measured: what a number
    that was kept came out as, over what it went in as.
    """

    kind = "dropout_scaling"
    title = "Dropout: before and after"
    help = "What is kept grows by 1 / (1 − p), so that the mean stays as if nothing were dropped, in training as later."
    formula = r"\mathbb{E}[y_i] = (1 - p) \cdot \frac{x_i}{1 - p} = x_i"
    source = "N. Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, JMLR 15 (2014)"
    group = "Dropout"
    data_shape = DataShape.LINES
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
            LineSeries(name=f"after, kept × {factor:.3g}", y=pack(_shares(after_n, low, high))),
        ],
        note=_note(drop, factor),
    )


def factor_of(drop: Drop) -> float:
    """What a kept number was multiplied by, as measured; NaN where none was kept."""
    kept = (drop.read != 0) & (drop.gave != 0)
    return float((drop.gave[kept].double() / drop.read[kept].double()).median()) if bool(kept.any()) else nan


def _note(drop: Drop, factor: float) -> str:
    zeros = [100 * float((x == 0).double().mean()) for x in (drop.read, drop.gave)]
    means = [float(x.double().mean()) for x in (drop.read, drop.gave)]
    told = f"1 / (1 − p) = {factor:.3g} for p = {1 - 1 / factor:.2g}. " if isfinite(factor) else ""
    return (
        f"{told}{zeros[0]:.3g} % are 0 before and {zeros[1]:.3g} % after; "
        f"the mean is {means[0]:.3g} before and {means[1]:.3g} after."
    ).replace("-", "−")


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
