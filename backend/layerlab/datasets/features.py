"""Columns of a table as inputs and targets of a network."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from layerlab.datasets.base import Task
from layerlab.datasets.own_file import wrong
from layerlab.datasets.table import Stored, Table

Missing = Literal["drop", "mean", "median"]
OneHot = tuple[tuple[int, int], ...]
Rows = NDArray[np.int64]

#: Whole numbers of no more different values are taken for classes where nothing else is said.
_FEW_CLASSES = 20
_MOST_CLASSES = 1000


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """What is to be told.

    Attributes:
        targets: [N] int64 classes or [N, 1] float32 numbers.
        class_names: One a class; empty for numbers.
    """

    targets: Tensor
    task: Task
    class_names: tuple[str, ...] = ()


def width_of(columns: list[Stored]) -> int:
    """Numbers that these columns make together: one each, and one for each category."""
    return sum(len(column.categories) or 1 for column in columns)


@dataclass(frozen=True, kw_only=True, eq=False)
class Features:
    """What tells.

    Attributes:
        inputs: [N, F] float32, NaN where a value is missing: of a category at all of its inputs.
        names: [F] one each; a category with k values has k of them.
        one_hot: Inputs [start, stop) of each category.
    """

    inputs: NDArray[np.float32]
    names: tuple[str, ...]
    one_hot: OneHot


def features_of(table: Table, columns: list[Stored], rows: Rows) -> Features:
    """These columns in these rows as inputs."""
    inputs = np.zeros((len(rows), width_of(columns)), np.float32)
    names: list[str] = []
    one_hot: list[tuple[int, int]] = []
    for column in columns:
        place = len(names)
        if column.type == "number":
            inputs[:, place] = table.numbers(column)[rows]
            names.append(column.name)
        else:
            names += [f"{column.name} = {value}" for value in column.categories]
            one_hot.append((place, len(names)))
            codes = table.codes(column)[rows]
            inputs[np.arange(len(rows)), place + np.maximum(codes, 0)] = 1
            inputs[codes < 0, place : len(names)] = np.nan
    return Features(inputs=inputs, names=tuple(names), one_hot=tuple(one_hot))


def answers(
    table: Table, column: Stored, rows: Rows, *, task: Literal["auto", "classification", "regression"], scale: bool
) -> Answers:
    """What the column ``column`` says in these rows, as classes or as numbers.

    Raises:
        SpecError: It cannot be what ``task`` says.
    """
    if column.type == "category":
        if task == "regression":
            hint = "Leave task at auto, or choose a column of numbers."
            raise wrong("task", f"{column.name} holds categories, which are no numbers.", hint=hint, got=task)
        return _classes(column, table.codes(column)[rows], np.array(column.categories))
    values = table.numbers(column)[rows]
    few = column.is_whole and column.num_different is not None and column.num_different <= _FEW_CLASSES
    if task == "classification" or (task == "auto" and few):
        return _numbered_classes(column, values)
    return _numbers(column, values, scale=scale)


def _numbered_classes(column: Stored, values: NDArray[np.float64]) -> Answers:
    different, codes = np.unique(values, return_inverse=True)
    if len(different) > _MOST_CLASSES:
        message = f"{column.name} has {len(different)} different values, and {_MOST_CLASSES} classes are the most."
        raise wrong("task", message, hint="Set task to regression.", got="classification")
    names = np.array([f"{value:g}" if value != round(value) else f"{value:.0f}" for value in different])
    return _classes(column, codes, names, is_sorted=True)


def _classes(column: Stored, codes: NDArray[Any], names: NDArray[np.str_], *, is_sorted: bool = False) -> Answers:
    """Classes by the order of their names; a class that no row has is left out."""
    present = np.unique(codes)
    order = present if is_sorted else present[np.argsort(names[present])]
    if len(order) < 2:
        message = f"{column.name} has only one value in the rows that are used, so there is nothing to learn."
        raise wrong("target", message, hint="Choose another target.", got=column.name)
    number_of = np.zeros(len(names), np.int64)
    number_of[order] = np.arange(len(order))
    targets = torch.from_numpy(number_of[codes])
    return Answers(targets=targets, task="classification", class_names=tuple(names[order].tolist()))


def _numbers(column: Stored, values: NDArray[np.float64], *, scale: bool) -> Answers:
    if scale and values.std() == 0:
        message = f"{column.name} has only one value in the rows that are used, so there is nothing to learn."
        raise wrong("target", message, hint="Choose another target.", got=column.name)
    return Answers(targets=torch.from_numpy(values.astype(np.float32))[:, None], task="regression")
