"""Ends of the colour scale of a heat map."""

from torch import Tensor


def ends_of(values: Tensor, *, least: float = 0.0) -> tuple[float, float]:
    """Lowest and highest finite value; with two signs both equally far from 0, and so far at least as ``least``."""
    finite = values[values.isfinite()]
    low, high = (float(end) for end in finite.aminmax()) if finite.numel() else (0.0, 0.0)
    if low >= 0:
        return 0.0, max(high, least)
    far = max(-low, high, least)
    return -far, far
