"""What the training samples look like in numbers, before preprocessing: column by column, or channel by channel."""

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

import torch
from layerlab_schemas.graph import CheckedData
from layerlab_schemas.server import FeatureStatistics
from torch import Tensor

from layerlab.datasets.rows import chunks
from layerlab.training.training_data import TrainingData

#: Columns that are told of; a table may have more.
MOST_FEATURES = 100
NUM_BINS = 32
_COLOURS = ["red", "green", "blue"]
#: The axis of the features by the number of axes: columns last, channels after the samples, or after the frames.
_FEATURE_AXIS = {2: 1, 3: 2, 4: 1, 5: 2}
_KNOWN: WeakKeyDictionary[TrainingData, list[FeatureStatistics]] = WeakKeyDictionary()


def statistics(data: TrainingData) -> list[FeatureStatistics]:
    """Mean, standard deviation, ends and a histogram of each, over the values that are there; empty for tokens.

    Measured once.
    """
    if data.facts.input_is_index:
        return []
    if data not in _KNOWN:
        _KNOWN[data] = _measured(data)
    return _KNOWN[data]


def _measured(data: TrainingData) -> list[FeatureStatistics]:
    found = _of_bytes(data) if data.train_raw.dtype == torch.uint8 else _of_floats(data)
    return [
        FeatureStatistics(
            name=name,
            mean=float(found.mean_f[at]),
            std=float(found.std_f[at]),
            min=float(found.low_f[at]),
            max=float(found.high_f[at]),
            edges=torch.linspace(
                float(found.low_f[at]), float(found.high_f[at]), NUM_BINS + 1, dtype=torch.float64
            ).tolist(),
            counts=found.counts_fk[at].tolist(),
            num_missing=int(found.num_missing_f[at]),
        )
        for at, name in enumerate(_names(data.facts, len(found.mean_f)))
    ]


class _Found(NamedTuple):
    """By feature; the counts are those of bins of equal width from the least to the greatest value."""

    mean_f: Tensor
    std_f: Tensor
    low_f: Tensor
    high_f: Tensor
    counts_fk: Tensor
    num_missing_f: Tensor


def _of_floats(data: TrainingData) -> _Found:
    low_f = torch.stack([values_fv.nan_to_num(torch.inf).amin(1) for values_fv in _chunks(data)]).amin(0).double()
    high_f = torch.stack([values_fv.nan_to_num(-torch.inf).amax(1) for values_fv in _chunks(data)]).amax(0).double()
    num_missing_f = torch.stack([values_fv.isnan().sum(1) for values_fv in _chunks(data)]).sum(0)
    num_there_f = sum(values_fv.shape[1] for values_fv in _chunks(data)) - num_missing_f
    low_f, high_f = (torch.where(num_there_f > 0, end_f, 0.0) for end_f in (low_f, high_f))
    num_values_f = num_there_f.clamp(min=1)
    mean_f = torch.stack([values_fv.double().nansum(1) for values_fv in _chunks(data)]).sum(0) / num_values_f
    squares = [(values_fv.double() - mean_f[:, None]).square().nansum(1) for values_fv in _chunks(data)]
    counts = [_counts(values_fv.double(), low_f, high_f) for values_fv in _chunks(data)]
    std_f = (torch.stack(squares).sum(0) / num_values_f).sqrt()
    return _Found(mean_f, std_f, low_f, high_f, torch.stack(counts).sum(0), num_missing_f)


def _of_bytes(data: TrainingData) -> _Found:
    """One look at each pixel: all else follows from how often each of the 256 values is there."""
    counted = [torch.stack([values_v.bincount(minlength=256) for values_v in values_fv]) for values_fv in _chunks(data)]
    counts_f256 = torch.stack(counted).sum(0)
    share_f256 = counts_f256.double() / counts_f256.sum(1, keepdim=True)
    value_256 = torch.arange(256, dtype=torch.float64)
    mean_f = share_f256 @ value_256
    std_f = (share_f256 * (value_256 - mean_f[:, None]).square()).sum(1).sqrt()
    is_there_f256 = counts_f256 > 0
    low_f = torch.where(is_there_f256, value_256, 256.0).amin(1)
    high_f = torch.where(is_there_f256, value_256, -1.0).amax(1)
    bins_f256 = _bins(value_256.expand_as(share_f256), low_f, high_f)
    counts_fk = torch.zeros(len(mean_f), NUM_BINS, dtype=torch.int64).scatter_add_(1, bins_f256, counts_f256)
    return _Found(mean_f, std_f, low_f, high_f, counts_fk, torch.zeros(len(mean_f)))


def _chunks(data: TrainingData) -> Iterator[Tensor]:
    """The raw training samples by feature, [F, V], some samples at a time."""
    axis = _FEATURE_AXIS[data.train_raw.ndim]
    for part in chunks(data.train_raw):
        yield data.train_raw[part].movedim(axis, 0)[:MOST_FEATURES].flatten(1)


def _counts(values_fv: Tensor, low_f: Tensor, high_f: Tensor) -> Tensor:
    """[F, K] values in each bin; those that are missing are in none."""
    bins_fv = _bins(values_fv.nan_to_num(), low_f, high_f).masked_fill(values_fv.isnan(), NUM_BINS)
    return torch.stack([bins_v.bincount(minlength=NUM_BINS + 1)[:NUM_BINS] for bins_v in bins_fv])


def _bins(values_fv: Tensor, low_f: Tensor, high_f: Tensor) -> Tensor:
    """[F, V] the bin of each value; the greatest value belongs to the last one."""
    width_f = torch.where(high_f > low_f, high_f - low_f, torch.ones_like(low_f))
    return ((values_fv - low_f[:, None]) / width_f[:, None] * NUM_BINS).long().clamp(0, NUM_BINS - 1)


def _names(facts: CheckedData, num_features: int) -> list[str]:
    """How columns and channels are called."""
    if facts.input_kind in ("image", "video"):
        if num_features == 1:
            return ["grey"]
        named = _COLOURS if num_features == len(_COLOURS) else []
        return named or [f"channel {number}" for number in range(1, num_features + 1)]
    if facts.input_kind == "points":
        return ["x", "y"][:num_features] if num_features <= len("xy") else _numbered(num_features)
    return list(facts.feature_names[:num_features]) or _numbered(num_features)


def _numbered(num_features: int) -> list[str]:
    return [f"feature {number}" for number in range(1, num_features + 1)]
