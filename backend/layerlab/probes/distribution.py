"""The distribution of one tensor: moments and shares over all elements, a histogram of all or of a sample."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from layerlab_schemas.frames import HistogramItem, PackedArray
from torch import Tensor

from layerlab.layers.base import as_images
from layerlab.probes.on_device import Found, summaries
from layerlab.probes.one_pass import Numbers, as_numbers, summary

NUM_BINS = 64
#: Of larger tensors the histogram (not the moments) is made of so many elements, evenly spread.
LARGEST_MEASURED = 16_384
#: A range of more than so many standard deviations at each side has thin tails.
CORE = 5.0
#: Share of the elements beyond which a thin tail begins, with a quarter of what lies between as a margin.
TAIL = 0.005
#: Quantiles are those of so many elements, evenly spread.
LARGEST_SORTED = 2048


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A tensor whose distribution is wanted.

    Attributes:
        x: Any shape; elements that are NaN or infinite are counted apart and left out of the rest.
        node: Whose it is.
        parameter: Its name, for weights and their gradients.
        output_range: Lowest and highest value of a bounded activation.
    """

    x: Tensor
    node: str
    parameter: str | None = None
    output_range: tuple[float, float] | None = None


@torch.no_grad()
def distributions(asked: Sequence[Asked]) -> list[HistogramItem]:
    """What a panel says of tensors, all on one device."""
    flats = [flat(one.x) for one in asked]
    if all(flat_n.device.type == "cpu" for flat_n in flats):
        found = [_measured(flat_n, one.output_range) for flat_n, one in zip(flats, asked, strict=True)]
    else:
        found = _measured_elsewhere(flats, asked)
    return [_item(one, measured) for one, measured in zip(asked, found, strict=True)]


def _measured(flat_n: Tensor, output_range: tuple[float, float] | None) -> Found:
    found = summary(flat_n, output_range)
    if not found.is_finite:
        flat_n = flat_n[flat_n.isfinite()]
        found = summary(flat_n, output_range)
    num = flat_n.numel()
    return found, num, as_numbers(flat_n[:: -(-num // LARGEST_MEASURED)] if num else flat_n)


def _measured_elsewhere(flats: Sequence[Tensor], asked: Sequence[Asked]) -> list[Found]:
    """What is empty has nothing to be counted there."""
    filled = [(flat_n, one.output_range) for flat_n, one in zip(flats, asked, strict=True) if flat_n.numel()]
    found = iter(summaries(filled, LARGEST_MEASURED) if filled else [])
    nothing = _measured(torch.empty(0), None)
    return [next(found) if flat_n.numel() else nothing for flat_n in flats]


def _item(asked: Asked, measured: Found) -> HistogramItem:
    found, num_finite, sampled_n = measured
    num_elements = asked.x.numel()
    facts: dict[str, Any] = {"node": asked.node, "parameter": asked.parameter, "num_elements": num_elements}
    facts |= {"non_finite": num_elements - num_finite, "zeros": found.zeros, "saturated": found.saturated}
    if num_finite == 0:
        nothing = _packed(np.zeros(0))
        facts |= {"mean": None, "std": None, "min": None, "max": None, "num_measured": 0}
        facts |= {"zeros": 0.0, "saturated": None, "edges": nothing, "counts": nothing}
        return HistogramItem.model_validate(facts)
    core = core_of(sampled_n, found.low, found.high, found.std) if len(sampled_n) else None
    edges_e, counts_b = histogram(sampled_n, found.low, found.high, core=core)
    facts |= {"mean": found.mean, "std": found.std, "min": found.low, "max": found.high}
    facts |= {"num_measured": len(sampled_n), "edges": _packed(edges_e), "counts": _packed(counts_b)}
    return HistogramItem.model_validate(facts)


def _packed(numbers_n: npt.NDArray[np.float64] | npt.NDArray[np.int64]) -> PackedArray:
    return PackedArray(dtype="float32", shape=[len(numbers_n)], data=numbers_n.astype("<f4").tobytes())


def flat(x: Tensor) -> Tensor:
    """All elements, in the order of the memory where that is a plain one, so that nothing is copied."""
    x = x.detach()
    if x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last):
        x = x.permute(0, 2, 3, 1)
    return x.reshape(-1)


def core_of(x_n: Numbers, low: float, high: float, std: float) -> tuple[float, float]:
    """The part of the range that bins are worth: without long thin tails, which would put all else into one bin."""
    if high - low <= 2 * CORE * std:
        return low, high
    start, end = quantiles(x_n, (TAIL, 1 - TAIL))
    margin = (end - start) / 4 or CORE * std
    return max(low, start - margin), min(high, end + margin)


def quantiles(x_n: Numbers, shares: Sequence[float]) -> list[float]:
    """Values below which these shares of the elements lie, of at most 2 048 elements that are evenly spread.

    Between two elements it is linear.
    """
    sorted_n = np.sort(x_n[:: -(-len(x_n) // LARGEST_SORTED)].astype(np.float64))
    places = [share * (len(sorted_n) - 1) for share in shares]
    pairs = [(float(sorted_n[int(place)]), float(sorted_n[ceil(place)]), place % 1) for place in places]
    return [low + (high - low) * rest for low, high, rest in pairs]


def histogram(
    x_n: Numbers, low: float, high: float, core: tuple[float, float] | None = None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """64 bins from ``low`` to ``high``: edges [65] and counts [64]. A constant gets one full bin in the middle.

    The bins of the core, if it is given, are of one width; each tail beside it is one bin.
    """
    if low == high:
        margin = max(0.5, abs(low) * 1e-3)
        low, high = low - margin, high + margin
        core = None
    start, end = core or (low, high)
    before, after = int(start > low), int(end < high)
    num_inner = NUM_BINS - before - after
    # Several times as fast as numpy.histogram. Rounding may carry the greatest element beyond the last bin.
    places_n = np.subtract(x_n, start, dtype=np.float64)
    places_n *= num_inner / (end - start)
    places_n += before
    np.floor(places_n, out=places_n)
    np.clip(places_n, 0, NUM_BINS - 1, out=places_n)
    counts_b = np.bincount(places_n.astype(np.int64), minlength=NUM_BINS)
    edges = [low] * before + np.linspace(start, end, num_inner + 1).tolist() + [high] * after
    return np.array(edges), counts_b


def dead_share(x: Tensor) -> float:
    """Share of units that are 0 for every sample of the batch."""
    dead_u = dead_units(x)
    return int(dead_u.count_nonzero()) / dead_u.numel()


def dead_units(x: Tensor) -> Tensor:
    """[U]: True for a unit that is 0 for every sample of the batch.

    A unit is a feature of [N, F] or [N, T, F], and a channel of [N, C, H, W] or of clips [N, T, C, H, W].
    """
    x = as_images(x)
    num_units = x.shape[1 if x.dim() == 4 else -1]
    if x.dim() == 4 and not x.is_contiguous(memory_format=torch.channels_last):
        return x.detach().abs().amax((0, 2, 3)) == 0
    last = x.detach().movedim(1, -1) if x.dim() == 4 else x.detach()
    return ~last.reshape(-1, num_units).ne(0).any(0)
