"""From raw values to what a network reads: a shift and a scale, found on the training samples alone."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

Method = Literal["none", "mean_image", "channel_mean", "standardize", "min_max"]


@dataclass(frozen=True)
class Preprocessing:
    """``(raw − shift) / scale``. Both have a shape that fits one sample, such as [C, 1, 1] for images."""

    shift: Tensor
    scale: Tensor

    def apply(self, raw: Tensor) -> Tensor:
        """Raw values [N, …] as the network reads them; whole numbers (tokens) stay as they are."""
        return (raw - self.shift) / self.scale if raw.is_floating_point() else raw

    def to(self, device: torch.device) -> "Preprocessing":
        """The same, for values on this device."""
        return Preprocessing(self.shift.to(device), self.scale.to(device))

    def undo(self, values: Tensor) -> Tensor:
        """Values that a network reads [N, …] back to raw ones."""
        return values * self.scale + self.shift if values.is_floating_point() else values


def fit(method: Method, train_raw: Tensor) -> Preprocessing:
    """The preprocessing for these training samples [N, …].

    ``mean_image`` takes off the mean of each pixel (or feature, or feature at a time step); ``channel_mean`` that of
    each channel of an image, or of each feature over all samples (and time steps); ``standardize`` also divides by
    the standard deviation of that channel or feature; ``min_max`` brings its least value to 0 and its greatest to 1.
    What never varies is not divided.
    """
    nothing = Preprocessing(torch.zeros(()), torch.ones(()))
    if method == "none" or not train_raw.is_floating_point():
        return nothing
    if method == "mean_image":
        return Preprocessing(train_raw.mean(0), torch.ones(()))
    axes = _shared_axes(train_raw.ndim)
    if method == "min_max":
        low = train_raw.amin(axes, keepdim=True)[0]
        return Preprocessing(low, _divisor(train_raw.amax(axes, keepdim=True)[0] - low))
    mean = train_raw.mean(axes, keepdim=True)[0]
    if method == "channel_mean":
        return Preprocessing(mean, torch.ones(()))
    deviation = train_raw.std(axes, keepdim=True, correction=0)[0]
    return Preprocessing(mean, _divisor(deviation))


def _divisor(spread: Tensor) -> Tensor:
    """The spread of what varies, 1 for what does not."""
    return torch.where(spread > 1e-12, spread, torch.ones_like(spread))


def _shared_axes(num_dimensions: int) -> tuple[int, ...]:
    """The axes that a channel or feature runs over: [N, F] → N; [N, T, F] → N, T; images N, H, W; clips N, T, H, W."""
    return {2: (0,), 3: (0, 1), 4: (0, 2, 3), 5: (0, 1, 3, 4)}[num_dimensions]
