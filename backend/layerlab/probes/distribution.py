"""The distribution of one tensor: moments and shares over all elements, a histogram of all or of a sample."""

from collections.abc import Sequence
from math import ceil, isfinite, nan, sqrt

import torch
from layerlab_schemas.frames import HistogramItem
from torch import Tensor

from layerlab.layers.base import as_images
from layerlab.probes.base import pack

NUM_BINS = 64
#: Of larger tensors the histogram (not the moments) is made of so many elements, evenly spread.
LARGEST_MEASURED = 65_536
#: A bounded activation counts as saturated beyond this share of its range.
SATURATION = 0.99
#: A range of more than so many standard deviations at each side has thin tails.
CORE = 5.0
#: Share of the elements beyond which a thin tail begins, with a quarter of what lies between as a margin.
TAIL = 0.005
#: Quantiles are those of so many elements, evenly spread.
LARGEST_SORTED = 2048
#: Beyond this the squares of float32 overflow.
SAFE = 1e15


@torch.no_grad()
def distribution(
    x: Tensor,
    *,
    node: str,
    parameter: str | None = None,
    output_range: tuple[float, float] | None = None,
    dead: float | None = None,
) -> HistogramItem:
    """What a panel says of a tensor.

    Args:
        x: Any shape; elements that are NaN or infinite are counted apart and left out of the rest.
        node: Whose it is.
        parameter: Its name, for weights and their gradients.
        output_range: Lowest and highest value of a bounded activation.
        dead: Share of dead units, where units can be dead.
    """
    flat_n = flat(x)
    num_elements = flat_n.numel()
    low, high = _extremes(flat_n)
    if not (isfinite(low) and isfinite(high)):
        flat_n = flat_n[flat_n.isfinite()]
        low, high = _extremes(flat_n)
    facts = {"node": node, "parameter": parameter, "dead": dead, "num_elements": num_elements}
    facts["non_finite"] = num_elements - flat_n.numel()
    if flat_n.numel() == 0:
        nothing = pack(torch.zeros(0))
        facts |= {"mean": None, "std": None, "min": None, "max": None, "zeros": 0.0, "num_measured": 0}
        return HistogramItem.model_validate(facts | {"edges": nothing, "counts": nothing})
    mean, std = _moments(flat_n, largest=max(-low, high))
    sampled_n = flat_n[:: -(-flat_n.numel() // LARGEST_MEASURED)]
    edges_e, counts_b = histogram(sampled_n, low, high, core=core_of(sampled_n, low, high, std))
    facts |= {"mean": mean, "std": std, "min": low, "max": high, "num_measured": sampled_n.numel()}
    # Counting booleans is quick; counting numbers takes a branch for each, and half of them are guessed wrong.
    facts["zeros"] = 1 - int(flat_n.ne(0).count_nonzero()) / flat_n.numel()
    facts["saturated"] = None if output_range is None else saturated_share(flat_n, output_range)
    return HistogramItem.model_validate(facts | {"edges": pack(edges_e), "counts": pack(counts_b)})


def flat(x: Tensor) -> Tensor:
    """All elements, in the order of the memory where that is a plain one, so that nothing is copied."""
    x = x.detach()
    if x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last):
        x = x.permute(0, 2, 3, 1)
    return x.reshape(-1)


def _extremes(flat_n: Tensor) -> tuple[float, float]:
    """Least and greatest element; not finite where one of them is not, or where there is none."""
    if flat_n.numel() == 0:
        return nan, nan
    low, high = flat_n.aminmax()
    return low.item(), high.item()


def _moments(flat_n: Tensor, largest: float) -> tuple[float, float]:
    """Mean and standard deviation (biased). Summed in double precision; the elements of large tensors stay as they are.

    Three to five times as fast as ``torch.var_mean``, because sum and norm are vectorized and it is not.
    """
    if flat_n.numel() <= LARGEST_MEASURED or largest > SAFE:
        flat_n = flat_n.double()
    mean = flat_n.sum(dtype=torch.float64).item() / flat_n.numel()
    norm = torch.linalg.vector_norm(flat_n - mean, dtype=torch.float64).item()
    return mean, norm / sqrt(flat_n.numel())


def core_of(x_n: Tensor, low: float, high: float, std: float) -> tuple[float, float]:
    """The part of the range that bins are worth: without long thin tails, which would put all else into one bin."""
    if high - low <= 2 * CORE * std:
        return low, high
    start, end = quantiles(x_n, (TAIL, 1 - TAIL))
    margin = (end - start) / 4 or CORE * std
    return max(low, start - margin), min(high, end + margin)


def quantiles(x_n: Tensor, shares: Sequence[float]) -> list[float]:
    """Values below which these shares of the elements lie, of at most 2 048 elements that are evenly spread.

    Between two elements it is linear. Many times as fast as ``torch.quantile`` on small tensors.
    """
    sorted_n = x_n[:: -(-x_n.numel() // LARGEST_SORTED)].double().sort().values
    places = [share * (sorted_n.numel() - 1) for share in shares]
    pairs = [(sorted_n[int(place)].item(), sorted_n[ceil(place)].item(), place % 1) for place in places]
    return [low + (high - low) * rest for low, high, rest in pairs]


def histogram(x_n: Tensor, low: float, high: float, core: tuple[float, float] | None = None) -> tuple[Tensor, Tensor]:
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
    if max(-low, high) > SAFE:
        x_n = x_n.double()
    # Four times as fast as torch.histc. Rounding may carry the greatest element beyond the last bin.
    places_n = x_n.sub(start).mul_(num_inner / (end - start)).add_(before).floor_()
    counts_b = places_n.clamp_(0, NUM_BINS - 1).to(torch.uint8).bincount(minlength=NUM_BINS)
    edges = [low] * before + torch.linspace(start, end, num_inner + 1, dtype=torch.float64).tolist() + [high] * after
    return torch.tensor(edges, dtype=torch.float64), counts_b


def saturated_share(x_n: Tensor, output_range: tuple[float, float]) -> float:
    """Share of elements in the outermost hundredth of the range: beyond ±0.99 for tanh."""
    low, high = output_range
    middle, half = (high + low) / 2, (high - low) / 2
    return int(((x_n - middle).abs() > SATURATION * half).count_nonzero()) / x_n.numel()


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
