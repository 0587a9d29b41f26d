"""What a table lacks: missing values, filled by what the training part has, and categories that it has not."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from layerlab.datasets.base import Fills
from layerlab.datasets.rows import Rows, Samples, chunks


@dataclass(frozen=True)
class Gaps:
    """What stands where a value is missing.

    Attributes:
        fill: [F] of each input.
        is_seen: [F] 0 for a category that no training sample has, 1 for all else. Nothing can be learnt of such a
            category, so its input is always 0, as of scikit-learn's ``OneHotEncoder(handle_unknown="ignore")``.
        is_lacking: [F] True for what is missing of any sample, a validation sample perhaps.
        fills: Which number ``fill`` is.
    """

    fill: Tensor
    is_seen: Tensor
    is_lacking: Tensor
    fills: str | None

    def filled(self, raw: Tensor) -> Tensor:
        """Raw inputs [N, F] without gaps."""
        return torch.where(raw.isnan(), self.fill, raw) * self.is_seen


def find_gaps(
    inputs_nf: Tensor, train_n: Tensor, fills: Fills | None, one_hot: Iterable[tuple[int, int]]
) -> Gaps | None:
    """What the training samples say about inputs that are missing; None where nothing is to be done.

    Args:
        inputs_nf: All samples as they are stored, NaN where a value is missing.
        train_n: Which of them are for training.
        fills: Which number is put there; 0 where the training part has none of it.
        one_hot: Inputs [start, stop) that are the code of one category: the most frequent one is put there.
    """
    fill = torch.zeros(inputs_nf.shape[1])
    is_seen = torch.ones(inputs_nf.shape[1])
    sum_f = _sums(Rows(inputs_nf, train_n))
    codes = {place for start, stop in one_hot for place in range(start, stop)}
    for place in range(inputs_nf.shape[1]):
        if fills is not None and place not in codes:
            fill[place] = _typical(inputs_nf[:, place], train_n, fills)
    for start, stop in one_hot:
        counts = sum_f[start:stop]
        is_seen[start:stop] = (counts > 0).float()
        fill[start + int(counts.argmax())] = 1
    is_lacking = _lacking(inputs_nf)
    is_needed = bool(is_lacking.any()) or bool((is_seen == 0).any())
    return Gaps(fill, is_seen, is_lacking, fills) if is_needed else None


def _typical(values_n: Tensor, train_n: Tensor, fills: Fills) -> float:
    """The mean or median of a column over the training part, of the values that are there."""
    if not values_n.isnan().any():
        return 0.0
    values = values_n[train_n]
    present = values[~values.isnan()]
    if len(present) == 0:
        return 0.0
    if fills == "mean":
        return float(present.mean(dtype=torch.float64))
    ordered = present.numpy()
    ordered.sort()
    # Of an even number the mean of the two in the middle, as NumPy has it.
    return (float(ordered[(len(ordered) - 1) // 2]) + float(ordered[len(ordered) // 2])) / 2


def _sums(inputs: Samples) -> Tensor:
    """[F] of what is there, some samples at a time: what comes between takes little memory."""
    found = torch.zeros(inputs.shape[1], dtype=torch.float64)
    for part in chunks(inputs):
        found += inputs[part].nan_to_num().double().sum(0)
    return found


def _lacking(inputs: Samples) -> Tensor:
    """[F] where any sample lacks something."""
    found = torch.zeros(inputs.shape[1], dtype=torch.bool)
    for part in chunks(inputs):
        found |= inputs[part].isnan().any(0)
    return found
