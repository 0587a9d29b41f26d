"""The distribution of one tensor: moments and shares over all elements, a histogram of all or of a sample."""

import torch
from layerlab_schemas.frames import HistogramItem
from torch import Tensor

from layerlab.probes.base import pack

NUM_BINS = 64
#: Of larger tensors the histogram (not the moments) is made of so many elements, evenly spread.
LARGEST_MEASURED = 65_536
#: A bounded activation counts as saturated beyond this share of its range.
SATURATION = 0.99


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
    flat_n = x.detach().flatten()
    num_elements = flat_n.numel()
    finite_n = flat_n if bool(flat_n.abs().max().isfinite()) else flat_n[flat_n.isfinite()]
    non_finite = num_elements - finite_n.numel()
    if finite_n.numel() == 0:
        nothing = pack(torch.zeros(0))
        return HistogramItem(
            node=node, parameter=parameter, mean=None, std=None, min=None, max=None, zeros=0.0, saturated=None,
            dead=dead, num_elements=num_elements, num_measured=0, non_finite=non_finite, edges=nothing, counts=nothing,
        )  # fmt: skip
    low, high = (float(end) for end in finite_n.aminmax())
    variance, mean = torch.var_mean(finite_n.double(), correction=0)
    sampled_n = finite_n[:: -(-finite_n.numel() // LARGEST_MEASURED)]
    edges_e, counts_b = histogram(sampled_n, low, high)
    return HistogramItem(
        node=node,
        parameter=parameter,
        mean=float(mean),
        std=float(variance.sqrt()),
        min=low,
        max=high,
        zeros=1 - int(finite_n.count_nonzero()) / finite_n.numel(),
        saturated=None if output_range is None else saturated_share(finite_n, output_range),
        dead=dead,
        num_elements=num_elements,
        num_measured=sampled_n.numel(),
        non_finite=non_finite,
        edges=pack(edges_e),
        counts=pack(counts_b),
    )


def histogram(x_n: Tensor, low: float, high: float) -> tuple[Tensor, Tensor]:
    """Edges [65] and counts [64] between two ends; a constant gets one full bin in the middle of a range of 1."""
    if low == high:
        low, high = low - 0.5, high + 0.5
    counts_b = torch.histc(x_n.float(), bins=NUM_BINS, min=low, max=high)
    return torch.linspace(low, high, NUM_BINS + 1, dtype=torch.float64), counts_b


def saturated_share(x_n: Tensor, output_range: tuple[float, float]) -> float:
    """Share of elements in the outermost hundredth of the range: beyond ±0.99 for tanh."""
    low, high = output_range
    middle, half = (high + low) / 2, (high - low) / 2
    return float(((x_n - middle).abs() > SATURATION * half).double().mean())


def dead_share(x: Tensor) -> float:
    """Share of units that are 0 for every sample of the batch.

    A unit is a feature of [N, F] or [N, T, F], and a channel of [N, C, H, W].
    """
    unit_axis = 1 if x.dim() == 4 else -1
    is_zero_u = (x.movedim(unit_axis, 0).flatten(1) == 0).all(1)
    return float(is_zero_u.double().mean())
