"""A table as it is kept for training: numbers and categories in one array each, what the columns are beside them."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

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
    """Keep the columns: numbers [columns, rows] float64 with NaN, codes [columns, rows] int32 with −1.

    One after the other: two copies of a large table would be too much memory.
    """
    num_rows = readers[0].num_values + readers[0].num_missing
    counts = Counter(reader.type for reader in readers)
    columns: list[Stored] = []
    places: Counter[ColumnType] = Counter()
    with (
        _array_file(folder / _NUMBERS, (counts["number"], num_rows), np.float64) as numbers,
        _array_file(folder / _CODES, (counts["category"], num_rows), np.int32) as codes,
    ):
        for name, reader in zip(names, readers, strict=True):
            place = places[reader.type]
            places[reader.type] += 1
            if reader.type == "number":
                columns.append(_of_numbers(name, reader, place, found := reader.numbers()))
                numbers.write(found.tobytes())
            elif reader.type == "category":
                words, found_codes = reader.categories()
                columns.append(_of_categories(name, reader, place, words))
                codes.write(found_codes.tobytes())
            else:
                columns.append(Stored(name=name, type="text", place=0, num_missing=reader.num_missing))
    (folder / _TABLE).write_text(json.dumps([asdict(column) for column in columns]), encoding="utf-8")
    return columns


@contextmanager
def _array_file(path: Path, shape: tuple[int, int], dtype: type[np.generic]) -> Iterator[BinaryIO]:
    """An ``.npy`` whose rows are written one by one."""
    with path.open("wb") as file:
        written = {"descr": np.lib.format.dtype_to_descr(np.dtype(dtype)), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, written)
        yield file


def _of_categories(name: str, reader: ColumnReader, place: int, words: Sequence[str]) -> Stored:
    missing = reader.num_missing
    return Stored(name=name, type="category", place=place, num_missing=missing, categories=tuple(words))


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
