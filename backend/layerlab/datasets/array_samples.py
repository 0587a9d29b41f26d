"""Arrays as inputs and targets of a network."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from layerlab.datasets.base import InputKind, Task
from layerlab.datasets.own_file import wrong
from layerlab.figures import counted

Layout = Literal["auto", "table", "sequence", "image", "channels_last"]
"""How the axes after the first are read."""
Wish = Literal["auto", "classification", "regression"]

MOST_CLASSES, MOST_ANSWERS = 1000, 64
_CHANNELS = (1, 3)
_AXES: dict[Layout, tuple[int, ...]] = {"table": (1,), "sequence": (2,), "image": (2, 3), "channels_last": (3,)}
_KINDS: dict[Layout, InputKind] = {"table": "tabular", "sequence": "sequence"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Labels:
    """Targets [N] int64 classes, or [N, K] float32 numbers with no names of classes."""

    targets: Tensor
    task: Task
    class_names: tuple[str, ...] = ()


def inputs_of(x: NDArray[Any], name: str, layout: Layout) -> tuple[Tensor, InputKind]:
    """The array as inputs, and what they are: bytes that are images stay bytes, all else becomes float32.

    Raises:
        SpecError: It has too few or too many axes, or holds what is no number.
    """
    if x.dtype.kind == "U":
        message = f"{name} holds text, and a network reads numbers."
        raise wrong("x", message, hint="Choose another array.", got=name)
    known = layout_of(x.shape, name, layout)
    if known == "channels_last":
        x = np.moveaxis(x, -1, 1)
    elif known == "image" and x.ndim == 3:
        x = x[:, None]
    input_kind = _KINDS.get(known, "image")
    if x.dtype == np.uint8 and input_kind == "image":
        return torch.from_numpy(np.ascontiguousarray(x)), input_kind
    values = torch.from_numpy(np.ascontiguousarray(x, np.float32))
    if not torch.isfinite(values).all():
        message = f"{name} holds numbers that are infinite, missing (NaN) or too large for float32."
        raise wrong("x", message, hint="Fill them in before saving.", got=name)
    return values, input_kind


def layout_of(shape: tuple[int, ...], name: str, layout: Layout) -> Layout:
    """What the axes are.

    Raises:
        SpecError: They cannot be what is wanted.
    """
    num_axes = len(shape) - 1
    if layout == "auto" and num_axes == 3:
        return "channels_last" if shape[3] in _CHANNELS and shape[1] not in _CHANNELS else "image"
    if layout == "auto" and num_axes in (1, 2):
        return "table" if num_axes == 1 else "image"
    if layout != "auto" and num_axes in _AXES[layout]:
        return layout
    size = " × ".join(map(str, shape))
    what = "samples of a table, sequences or images" if layout == "auto" else layout
    hint = "A sample has one axis in a table, two in a sequence, two or three in an image."
    raise wrong(
        "x" if layout == "auto" else "layout", f"{name} is {size}, which cannot be {what}.", hint=hint, got=size
    )


def labels_of(y: NDArray[Any], name: str, task: Wish) -> Labels:
    """The array as targets.

    Raises:
        SpecError: It cannot be what is wanted.
    """
    column = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if task == "classification" or (task == "auto" and column.ndim == 1 and _may_be_classes(column)):
        return _classes(column, name)
    return _numbers(y, name, task)


def _may_be_classes(column: NDArray[Any]) -> bool:
    is_whole = column.dtype.kind in "iu" and len(np.unique(column)) <= MOST_CLASSES
    return column.dtype.kind in "Ub" or is_whole


def _finite(values: NDArray[Any], name: str) -> None:
    """Refuse what is no number.

    Raises:
        SpecError: One is infinite or missing.
    """
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        message = f"{name} holds numbers that are infinite or missing (NaN)."
        raise wrong("y", message, hint="Leave these samples out before saving.", got=name)


def _classes(column: NDArray[Any], name: str) -> Labels:
    if column.ndim != 1:
        message = f"{name} is {' × '.join(map(str, column.shape))}, and a class is one number or name a sample."
        raise wrong("y", message, hint="Save class numbers, or set task to regression.", got=name)
    _finite(column, name)
    different, numbers = np.unique(column, return_inverse=True)
    if not 2 <= len(different) <= MOST_CLASSES:
        found = counted(len(different), "different value")
        message = f"{name} has {found}, and there may be 2 to {MOST_CLASSES} classes."
        raise wrong("y", message, hint="Choose another array, or set task to regression.", got=name)
    names = tuple(f"{value:g}" if column.dtype.kind == "f" else str(value)[:100] for value in different.tolist())
    return Labels(targets=torch.from_numpy(numbers.astype(np.int64)), task="classification", class_names=names)


def _numbers(y: NDArray[Any], name: str, task: Wish) -> Labels:
    if y.dtype.kind == "U":
        raise wrong("task", f"{name} holds names, which are no numbers.", hint="Leave task at auto.", got=task)
    if y.ndim > 2 or (y.ndim == 2 and y.shape[1] > MOST_ANSWERS):
        message = f"{name} is {' × '.join(map(str, y.shape))}, and at most {MOST_ANSWERS} numbers a sample can be told."
        raise wrong("y", message, hint="Choose another array.", got=name)
    _finite(y, name)
    values = torch.from_numpy(np.ascontiguousarray(y, np.float32).reshape(len(y), -1))
    return Labels(targets=values, task="regression")
