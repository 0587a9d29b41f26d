"""A table as it is kept for training: numbers and categories in one array each, what the columns are beside them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from layerlab_schemas.dataset import Column, ColumnType
from numpy.typing import NDArray

from layerlab.datasets.columns import MOST_CATEGORIES, Codes, ColumnReader, Numbers, counts_rows

_TABLE, _NUMBERS, _CODES = "table.json", "numbers.npy", "codes.npy"
_CATEGORIES_TOLD, _LONGEST_TOLD = 100, 80


@dataclass(frozen=True, kw_only=True)
class Stored:
    """One column: ``place`` is its row in the array of its type; free text is not kept.

    Attributes:
        categories: Of a category: what each code means.
        num_different: Different numbers; None for more than ``MOST_CATEGORIES``.
        is_whole: Of numbers: all are whole.
        counts_rows: It only numbers the rows.
    """

    name: str
    type: ColumnType
    place: int
    num_missing: int
    categories: tuple[str, ...] = ()
    num_different: int | None = None
    is_whole: bool = False
    counts_rows: bool = False


def write_table(folder: Path, names: Sequence[str], readers: Sequence[ColumnReader]) -> list[Stored]:
    """Keep the columns: numbers [columns, rows] float64 with NaN, codes [columns, rows] int32 with −1."""
    num_rows = readers[0].num_values + readers[0].num_missing
    numbers: list[Numbers] = []
    codes: list[Codes] = []
    columns: list[Stored] = []
    for name, reader in zip(names, readers, strict=True):
        if reader.type == "number":
            columns.append(_of_numbers(name, reader, len(numbers), found := reader.numbers()))
            numbers.append(found)
        elif reader.type == "category":
            words, places = reader.categories()
            columns.append(
                Stored(
                    name=name,
                    type="category",
                    place=len(codes),
                    num_missing=reader.num_missing,
                    categories=tuple(words),
                )
            )
            codes.append(places)
        else:
            columns.append(Stored(name=name, type="text", place=0, num_missing=reader.num_missing))
    np.save(folder / _NUMBERS, np.array(numbers).reshape(len(numbers), num_rows))
    np.save(folder / _CODES, np.array(codes, np.int32).reshape(len(codes), num_rows))
    (folder / _TABLE).write_text(json.dumps([asdict(column) for column in columns]), encoding="utf-8")
    return columns


def _of_numbers(name: str, reader: ColumnReader, place: int, numbers: Numbers) -> Stored:
    present = numbers[~np.isnan(numbers)]
    num_different = len(np.unique(present))
    return Stored(
        name=name, type="number", place=place, num_missing=reader.num_missing,
        num_different=num_different if num_different <= MOST_CATEGORIES else None,
        is_whole=bool((present == np.round(present)).all()), counts_rows=counts_rows(name, numbers),
    )  # fmt: skip


def told(column: Stored, examples: Sequence[str]) -> Column:
    """A column in the words of the wire."""
    return Column(
        name=column.name, type=column.type, num_missing=column.num_missing,
        categories=[_short(value) for value in column.categories[:_CATEGORIES_TOLD]],
        num_categories=len(column.categories), examples=[_short(value) for value in examples],
    )  # fmt: skip


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST_TOLD else value[: _LONGEST_TOLD - 1] + "…"


@dataclass(frozen=True)
class Table:
    """A table that was kept."""

    columns: tuple[Stored, ...]
    all_numbers: Numbers
    all_codes: Codes

    @classmethod
    def open(cls, folder: Path) -> "Table":
        """That in ``folder``; its values stay on the disk until they are used."""
        columns = [
            Stored(**{**one, "categories": tuple(one["categories"])})
            for one in json.loads((folder / _TABLE).read_text(encoding="utf-8"))
        ]
        numbers, codes = (np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in (_NUMBERS, _CODES))
        return cls(tuple(columns), numbers, codes)

    def find(self, name: str) -> Stored | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)

    def numbers(self, column: Stored) -> Numbers:
        """[rows] of a column of numbers."""
        values: Numbers = self.all_numbers[column.place]
        return values

    def codes(self, column: Stored) -> Codes:
        """[rows] of a column of categories."""
        values: Codes = self.all_codes[column.place]
        return values

    def is_missing(self, column: Stored) -> NDArray[np.bool_]:
        """[rows] True where it has no value."""
        if column.type == "number":
            return np.isnan(self.numbers(column))
        missing: NDArray[np.bool_] = self.codes(column) < 0
        return missing
