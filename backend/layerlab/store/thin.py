"""Fewer points of a curve, so that its peaks survive, in the form the wire wants."""

import math
from typing import Literal

import numpy as np
import numpy.typing as npt
from layerlab_schemas.run import Series
from tsdownsample import MinMaxLTTBDownsampler

from layerlab.store.curves import Curve

#: At most so many NaN or infinite points are kept beside the thinned ones.
_NON_FINITE_KEPT = 100


def thin(curve: Curve, max_points: int) -> Curve:
    """At most ``max_points`` of the finite points, chosen by MinMaxLTTB; first, last, peaks and pits stay.

    Source: Van Der Donckt et al. 2023, "MinMaxLTTB: Leveraging MinMax-Preselection to Scale LTTB".
    """
    steps, values = curve
    if len(steps) <= max_points:
        return curve
    finite = np.isfinite(values)
    if finite.all():
        kept = _chosen(steps, values, max_points)
        return steps[kept], values[kept]
    places: npt.NDArray[np.int64] = np.flatnonzero(finite)
    if len(places) > max_points:
        places = places[_chosen(steps[places], values[places], max_points)]
    broken = np.flatnonzero(~finite)[:_NON_FINITE_KEPT]
    kept = np.unique(np.concatenate([places, broken]))
    return steps[kept], values[kept]


def _chosen(steps: npt.NDArray[np.int64], values: npt.NDArray[np.float64], max_points: int) -> npt.NDArray[np.int64]:
    """Places of the points that stay."""
    found = MinMaxLTTBDownsampler().downsample(  # type: ignore[no-untyped-call]
        steps.astype(np.float64), values, n_out=max(3, max_points)
    )
    return np.unique(found.astype(np.int64))


def thinned(curve: Curve, max_points: int) -> Series:
    """The same in the form the wire wants, which tells how many points these were chosen from, and their means."""
    kept = thin(curve, max_points)
    if len(kept[0]) == len(curve[0]):
        return series(kept)
    return series(kept).model_copy(update={"thinned_from": len(curve[0]), "means": _means(curve, kept[0])})


def _means(curve: Curve, kept: npt.NDArray[np.int64]) -> list[float | None]:
    """Of each kept step, the mean of the finite values after the kept one before it and up to its own."""
    steps, values = curve
    ends = np.searchsorted(steps, kept) + 1
    starts = np.concatenate([[0], ends[:-1]])
    finite = np.isfinite(values[: ends[-1]])
    counts = np.add.reduceat(finite, starts, dtype=np.int64)
    with np.errstate(over="ignore"):
        sums = np.add.reduceat(np.where(finite, values[: ends[-1]], 0.0), starts)
    means = (sums / np.maximum(counts, 1)).tolist()
    return [mean if count and math.isfinite(mean) else None for mean, count in zip(means, counts, strict=True)]


def series(curve: Curve) -> Series:
    """The curve as JSON can hold it: NaN and infinities become null and are named by step."""
    steps, values = curve
    return to_series(steps.tolist(), values.tolist())


def to_series(steps: list[int], values: list[float]) -> Series:
    """The same for plain lists."""
    non_finite: dict[str, Literal["nan", "inf", "-inf"]] = {}
    written: list[float | None] = []
    for step, value in zip(steps, values, strict=True):
        if math.isfinite(value):
            written.append(value)
        else:
            non_finite[str(step)] = "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
            written.append(None)
    return Series(steps=steps, values=written, non_finite=non_finite)
