"""A set of pixels as they are stored, for the tests alone: small pictures whose class can be seen."""

from typing import Any, ClassVar

import torch
from layerlab import datasets
from layerlab.datasets.base import DatasetKind, DataSize, LoadedData
from layerlab.params import Params

KIND = "stored_pixels"


class StoredParams(Params):
    samples: int = 120
    floats: bool = False
    held_out: bool = False
    marked: bool = False
    mapped: bool = False


class StoredPixels(DatasetKind):
    """Two classes of 6×6 colour pictures, bright above or below."""

    kind = KIND
    title = "Stored pixels"
    task = "classification"
    input_kind = "image"
    Params = StoredParams
    example: ClassVar[dict[str, Any]] = {"dataset": KIND}

    def size(self, params: StoredParams) -> DataSize:
        """Known without a single sample."""
        each = 4 if params.floats else 1
        return DataSize(samples=params.samples, numbers=108, bytes_each=each, is_mapped=params.mapped)

    def load(self, params: StoredParams, *, seed: int) -> LoadedData:
        """uint8, or the same numbers as floats."""
        generator = torch.Generator().manual_seed(seed)
        classes_n = torch.arange(params.samples) % 2
        pixels = torch.randint(0, 128, (params.samples, 3, 6, 6), generator=generator, dtype=torch.uint8)
        pixels[classes_n == 0, :, :3] += 127
        pixels[classes_n == 1, :, 3:] += 127
        inputs = pixels.float() if params.floats else pixels
        return LoadedData(
            inputs=inputs,
            targets=classes_n,
            task="classification",
            input_kind="image",
            class_names=("above", "below"),
            value_range=(0.0, 255.0),
            held_out=torch.arange(params.samples) >= params.samples - 20 if params.held_out else None,
            validation_inputs=255 - inputs if params.marked else None,
            is_mapped=params.mapped,
        )


def teach(monkeypatch: Any) -> None:
    """Let the datasets know it for the length of a test."""
    monkeypatch.setitem(datasets.REGISTRY._kinds, KIND, StoredPixels())
