"""Tells whether data are those of before: how many samples there are, and what stands in some of them."""

from hashlib import sha256

import torch
from torch import Tensor

from layerlab.datasets.rows import Samples, whole
from layerlab.training.training_data import TrainingData

#: Samples of each part whose numbers are looked at, evenly taken, and numbers of them in all.
MOST_SAMPLES = 256
MOST_NUMBERS = 1_000_000


def fingerprint(data: TrainingData) -> dict[str, str | int]:
    """Counts, and a digest of all targets and of some raw samples of both parts."""
    digest = sha256()
    for raw, targets in (
        (data.train_raw, data.train_targets),
        (data.validation_raw, data.validation_targets),
    ):
        digest.update(f"{tuple(raw.shape)} {raw.dtype}".encode())
        if not data.gives_back:
            digest.update(_bytes(targets))
        digest.update(_bytes(_some(raw)))
    return {"num_train": data.num_train, "num_validation": data.num_validation, "digest": digest.hexdigest()}


def _some(raw: Samples) -> Tensor:
    size = max(1, raw[:1].numel())
    count = min(len(raw), MOST_SAMPLES, max(1, MOST_NUMBERS // size))
    return raw[torch.linspace(0, len(raw) - 1, count).long()] if count else raw[:0]


def _bytes(values: Samples) -> bytes:
    return whole(values).cpu().contiguous().numpy().tobytes()
