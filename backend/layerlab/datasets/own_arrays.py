"""Arrays of the user's own: an .npz with inputs and targets, read without ever running what is in it."""

import json
from dataclasses import asdict
from math import prod
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from layerlab_schemas.base import Boolean
from layerlab_schemas.dataset import NamedArray
from numpy.typing import NDArray
from pydantic import Field

from layerlab.datasets.array_file import Head, read_head
from layerlab.datasets.array_samples import Layout, Wish, inputs_of, labels_of, layout_of
from layerlab.datasets.base import DataSize, LoadedData
from layerlab.datasets.own_file import OwnFileKind, Reading, Unreadable, UploadParams, wrong
from layerlab.datasets.packed import copy_entry, open_packed, shown
from layerlab.shelf import Limits

_ARRAYS = "arrays.json"
_MOST_ARRAYS = 32
_INPUTS = ("x", "x_train", "inputs", "images", "data", "features", "samples")
_TARGETS = ("y", "y_train", "targets", "labels", "target", "label", "classes")

ArrayName = Annotated[str, Field(min_length=1, max_length=100)]


class NpzParams(UploadParams):
    """Which array is what."""

    x: ArrayName = Field(default="x", description="The array of inputs; its first axis counts the samples.")
    y: ArrayName = Field(default="y", description="The array of targets: class numbers, class names or numbers.")
    layout: Layout = Field(
        default="auto",
        description="What the axes after the first are: table [F], sequence [T, F], image [H, W] or [C, H, W], "
        "channels_last [H, W, C]. auto: one is a table, two an image, three one with its channels where 1 or 3 are.",
    )
    task: Wish = Field(
        default="auto", description="auto: classes where y is whole numbers in one column or names, else numbers."
    )
    scale_target: Boolean = Field(
        default=False,
        description="Numbers as targets are standardised: 0 is their mean in the training part, 1 their standard "
        "deviation.",
    )


class Npz(OwnFileKind):
    """Two arrays of an ``.npz``: ``x`` [N, …] and ``y`` [N] or [N, K].

    Bytes (uint8) in the form of images are kept as they are, 0 to 255; everything else is read as float32. Arrays of
    objects would have to be unpickled, which can run code, so they are refused.
    """

    kind = "npz"
    title = "Your arrays (.npz)"
    help = "Arrays saved by NumPy, inputs x and targets y: tables, sequences or images, as numbers of any kind."
    formula = r"x \in \mathbb{R}^{N \times \cdots}, \quad y \in \{0, \dots, K-1\}^N \text{ or } \mathbb{R}^{N \times K}"
    task = "classification"
    input_kind = "tabular"
    Params = NpzParams
    example: ClassVar[dict[str, Any]] = {
        "dataset": "npz",
        "params": {"upload": "u00000000000a44a5"},
        "batch_size": 8,
    }

    def read(self, file: Path, content: Path, limits: Limits) -> Reading:
        """Check every array by its head, and keep each as a file that can be mapped."""
        arrays: dict[str, Head] = {}
        with open_packed(file, limits, judges_entries=False) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.endswith(".npy")]
            if not entries or len(entries) > _MOST_ARRAYS:
                found = f"{len(entries)} arrays" if entries else "no arrays"
                message = f"The file holds {found}; 2 to {_MOST_ARRAYS} are wanted."
                raise Unreadable(message, code="no_arrays", hint="Save them by numpy.savez(file, x=…, y=…).")
            for number, entry in enumerate(entries):
                name = entry.filename.removesuffix(".npy")[:100]
                kept = content / f"array-{number}.npy"
                copy_entry(archive, entry, kept)
                arrays[name] = read_head(kept, shown(name))
        (content / _ARRAYS).write_text(json.dumps({name: asdict(head) for name, head in arrays.items()}), "utf-8")
        return _reading(arrays)

    def load(self, params: NpzParams, *, seed: int) -> LoadedData:
        """The samples in the order of the arrays; the seed has no part in it."""
        arrays = _Arrays(self.content(params.upload))
        x, y = arrays.get(params.x, "x"), arrays.get(params.y, "y")
        if x.shape[:1] != y.shape[:1]:
            message = f"{params.x} has {len(x)} samples, but {params.y} has {len(y)}."
            raise wrong("y", message, hint="Choose two arrays that belong together.", got=params.y)
        inputs, input_kind = inputs_of(x, params.x, params.layout)
        labels = labels_of(y, params.y, params.task)
        return LoadedData(
            inputs=inputs,
            targets=labels.targets,
            task=labels.task,
            input_kind=input_kind,
            class_names=labels.class_names,
            value_range=(0.0, 255.0) if inputs.dtype == torch.uint8 else None,
            is_mapped=np.shares_memory(inputs.numpy(), x),
            scales_targets=params.scale_target and labels.task == "regression",
        )

    def size(self, params: NpzParams) -> DataSize:
        """As the heads of the arrays say."""
        arrays = _Arrays(self.content(params.upload))
        x, y = arrays.head(params.x, "x"), arrays.head(params.y, "y")
        layout = layout_of(x.shape, params.x, params.layout)
        is_pixels = x.dtype == "uint8" and layout in ("image", "channels_last")
        return DataSize(
            samples=x.shape[0],
            numbers=prod(x.shape[1:]),
            bytes_each=1 if is_pixels else 4,
            target_bytes=8 * prod(y.shape[1:]),
            is_mapped=x.is_plain and layout != "channels_last" and (is_pixels or x.dtype == "float32"),
        )


class _Arrays:
    """The arrays of an upload, on the disk until they are used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        heads = json.loads((folder / _ARRAYS).read_text("utf-8"))
        self._heads = {name: Head(**{**head, "shape": tuple(head["shape"])}) for name, head in heads.items()}

    def head(self, name: str, place: str) -> Head:
        """What the array of that name is.

        Raises:
            SpecError: There is none, or it holds fewer than two samples.
        """
        if name not in self._heads:
            known = ", ".join(self._heads)
            raise wrong(place, f"There is no array called {name}.", hint=f"There are: {known}.", got=name)
        head = self._heads[name]
        if not head.shape or head.shape[0] < 2:
            raise wrong(place, f"{name} holds fewer than two samples.", hint="Choose another array.", got=name)
        return head

    def get(self, name: str, place: str) -> NDArray[Any]:
        """The array of that name.

        Raises:
            SpecError: There is none, or it holds fewer than two samples.
        """
        self.head(name, place)
        number = list(self._heads).index(name)
        found: NDArray[Any] = np.load(self._folder / f"array-{number}.npy", mmap_mode="c", allow_pickle=False)
        return found


def _reading(arrays: dict[str, Head]) -> Reading:
    lower = {name.lower(): name for name in reversed(arrays)}
    x, y = (next((lower[one] for one in usual if one in lower), None) for usual in (_INPUTS, _TARGETS))
    if x is None or y is None:
        pairs = [(first, second) for first in arrays for second in arrays if _belong(arrays[first], arrays[second])]
        x, y = (x or pairs[0][0], y or pairs[0][1]) if pairs else (None, None)
    if x is None or y is None or not _belong(arrays[x], arrays[y]):
        message = "No two arrays have as many samples as each other, one for inputs and one for targets."
        raise Unreadable(message, code="no_arrays", hint="Save them by numpy.savez(file, x=…, y=…).")
    return Reading(
        params={"x": x, "y": y},
        summary=", ".join(f"{name} {head.words}" for name, head in arrays.items()),
        arrays=[
            NamedArray(name=name, shape=list(head.shape), dtype=head.dtype if head.is_number else "text")
            for name, head in arrays.items()
        ],
        notes=[f"{x} is taken for the inputs and {y} for the targets."],
    )


def _belong(first: Head, second: Head) -> bool:
    """True where the first may be inputs and the second targets."""
    counts = bool(first.shape and second.shape) and first.shape[0] == second.shape[0] >= 2
    return counts and first.is_number and len(first.shape) > 1 and len(second.shape) <= 2 and first is not second
