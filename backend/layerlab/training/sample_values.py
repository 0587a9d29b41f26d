"""The numbers of a sample as they travel: JSON has no NaN."""

from math import isnan
from typing import Any

from torch import Tensor


def values_of(sample: Tensor) -> list[Any]:
    """The numbers of a sample as nested lists; of a row [F], None where a value is missing."""
    if sample.dim() == 1 and sample.is_floating_point():
        return [None if isnan(value) else value for value in sample.tolist()]
    values: list[Any] = sample.tolist()
    return values
