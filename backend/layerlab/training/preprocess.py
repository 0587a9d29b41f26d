"""From raw values to what a network reads: found on the training samples alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from layerlab.datasets.rows import Samples, chunks

Method = Literal["none", "mean_image", "channel_mean", "standardize", "min_max", "whiten"]

#: Whitening learns from the first so many training samples.
MOST_WHITENED = 5_000
#: Added to each variance before whitening divides by its root, as a share of their mean: directions in which the
#: samples hardly vary would be blown up to noise.
WHITENING_FLOOR = 1e-3


@dataclass(frozen=True)
class Preprocessing:
    """``(raw − shift) / scale``, and for whitening a matrix after it.

    Attributes:
        shift: In a shape that fits one sample, such as [C, 1, 1] for images.
        scale: In such a shape too.
        matrix: [D, D] by which the D numbers of a sample (of a step, of a frame) are multiplied; None where none is.
        inverse: [D, D] back again.
    """

    shift: Tensor
    scale: Tensor
    matrix: Tensor | None = None
    inverse: Tensor | None = None

    def apply(self, raw: Tensor) -> Tensor:
        """Raw values [N, …] as the network reads them, float32; tokens (int64) stay as they are."""
        if raw.dtype == torch.int64:
            return raw
        # In place: so many samples may be read at once that another copy counts.
        values = (raw.float() - self.shift).div_(self.scale)
        return values if self.matrix is None else times_matrix(values, self.matrix)

    def apply_to_all(self, raw: Tensor) -> Tensor:
        """The same of many samples, some at a time: what comes between takes little memory. By a matrix all at once."""
        if raw.dtype == torch.int64 or self.matrix is not None:
            return self.apply(raw)
        values = torch.empty(raw.shape)
        for part in chunks(raw):
            values[part] = self.apply(raw[part])
        return values

    def undo(self, values: Tensor) -> Tensor:
        """Values that a network reads [N, …] back to raw ones."""
        if values.dtype == torch.int64:
            return values
        back = values if self.inverse is None else times_matrix(values, self.inverse)
        return back * self.scale + self.shift

    def to(self, device: torch.device) -> "Preprocessing":
        """The same, for values on this device."""
        matrices = [None if one is None else one.to(device) for one in (self.matrix, self.inverse)]
        return Preprocessing(self.shift.to(device), self.scale.to(device), *matrices)


def times_matrix(values: Tensor, matrix: Tensor) -> Tensor:
    """Each D numbers times a symmetric [D, D] matrix."""
    return (values.reshape(-1, len(matrix)) @ matrix).reshape(values.shape)


def fit(method: Method, train_raw: Samples) -> Preprocessing:
    """The preprocessing for these training samples [N, …].

    ``mean_image`` takes off the mean of each pixel (or feature, or feature at a time step); ``channel_mean`` that of
    each channel of an image, or of each feature over all samples (and time steps); ``standardize`` also divides by
    the standard deviation of that channel or feature; ``min_max`` brings its least value to 0 and its greatest to 1.
    What never varies is not divided. ``whiten`` makes pixels (or features) uncorrelated, each with variance 1, and
    changes them as little as that allows (ZCA: A. Bell, T. Sejnowski, The independent components of natural scenes are
    edge filters, Vision Research 37 (1997); A. Krizhevsky, Learning multiple layers of features from tiny images
    (2009), appendix A).
    """
    one = torch.ones(())
    if method == "none" or train_raw.dtype == torch.int64:
        return Preprocessing(torch.zeros(()), one)
    if method == "mean_image":
        return Preprocessing(_mean(train_raw, (0,)).float(), one)
    if method == "whiten":
        return _whiten(train_raw[:MOST_WHITENED])
    axes = shared_axes(train_raw.ndim)
    if method == "min_max":
        low, high = _ends(train_raw, axes)
        return Preprocessing(low, _divisor(high - low))
    mean = _mean(train_raw, axes)
    if method == "channel_mean":
        return Preprocessing(mean.float(), one)
    variance = _mean(train_raw, axes, lambda values: (values - mean).square())
    return Preprocessing(mean.float(), _divisor(variance.sqrt().float()))


def _mean(raw: Samples, axes: tuple[int, ...], of: Callable[[Tensor], Tensor] = lambda values: values) -> Tensor:
    """The mean of a function of raw values over these axes, in double precision, in a shape that fits one sample."""
    total = sum(of(part.double()).sum(axes, keepdim=True) for part in _parts(raw))
    assert isinstance(total, Tensor)
    num_values = 1
    for axis in axes:
        num_values *= raw.shape[axis]
    return total[0] / num_values


def _ends(raw: Samples, axes: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """The least and the greatest value over these axes, in a shape that fits one sample."""
    low = torch.cat([part.float().amin(axes, keepdim=True) for part in _parts(raw)]).amin(0)
    high = torch.cat([part.float().amax(axes, keepdim=True) for part in _parts(raw)]).amax(0)
    return low, high


def _parts(raw: Samples) -> Iterator[Tensor]:
    return (raw[part] for part in chunks(raw))


def _whiten(raw: Tensor) -> Preprocessing:
    """ZCA: the mean off, then by the inverse root of the covariance."""
    axes = whitened_axes(raw.ndim)
    mean = _mean(raw, axes)
    rows = (raw.double() - mean).reshape(-1, mean.numel())
    variances, directions = torch.linalg.eigh(rows.T @ rows / len(rows))
    variances = variances.clamp(min=0)
    roots = (variances + max(WHITENING_FLOOR * float(variances.mean()), 1e-12)).sqrt()
    matrix, inverse = ((directions * root @ directions.T).float() for root in (1 / roots, roots))
    return Preprocessing(mean.float(), torch.ones(()), matrix, inverse)


def _divisor(spread: Tensor) -> Tensor:
    """The spread of what varies, 1 for what does not."""
    return torch.where(spread > 1e-12, spread, torch.ones_like(spread))


def shared_axes(num_dimensions: int) -> tuple[int, ...]:
    """Axes over which one channel or feature runs: of [N, F] N, of [N, T, F] N and T, of images all but the channel."""
    return {2: (0,), 3: (0, 1), 4: (0, 2, 3), 5: (0, 1, 3, 4)}[num_dimensions]


def whitened_axes(num_dimensions: int) -> tuple[int, ...]:
    """Axes over which the same D numbers come again: samples, and steps or frames."""
    return {2: (0,), 3: (0, 1), 4: (0,), 5: (0, 1)}[num_dimensions]
