"""Mean and mean square of the training inputs, measured once."""

import torch
from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary

from layerlab.datasets.rows import Samples, chunks
from layerlab.graph.moments import Moments

_KNOWN = WeakTensorKeyDictionary()
#: Of samples that are read as they are asked for so many are looked at: enough for what follows from theory.
MOST_READ = 2048


def input_moments(samples: Samples) -> Moments | None:
    """Over all numbers of [N, …] inputs; None for tokens."""
    if not samples.is_floating_point():
        return None
    if not isinstance(samples, Tensor):
        return _moments(samples.first(MOST_READ))
    if samples not in _KNOWN:
        _KNOWN[samples] = _moments(samples)
    found: Moments = _KNOWN[samples]
    return found


def _moments(inputs: Samples) -> Moments:
    """Some samples at a time: what comes between takes little memory."""
    sums = torch.zeros(2, dtype=torch.float64)
    for part in chunks(inputs):
        values = inputs[part].double()
        sums += torch.stack([values.sum(), values.square().sum()]).cpu()
    mean, mean_square = (sums / inputs.shape.numel()).tolist()
    return Moments(mean, mean_square)
