"""Columns of a table: what is in them, found by looking at every value, and how they are kept for training."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from layerlab_schemas.dataset import Column
from numpy.typing import NDArray

ColumnType = Literal["number", "category", "text"]

#: How a value that is not there is written, in small letters.
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-", "nil", "#n/a"})
#: How a column is called that only numbers the rows, in small letters; the last is the first column without a name.
_ROW_NAMES = frozenset({"id", "index", "row", "no", "no.", "nr", "nr.", "#", "number", "unnamed: 0", "column 1"})
#: A column with more different texts is free text.
MOST_CATEGORIES = 1000
_EXAMPLES, _CATEGORIES_TOLD, _LONGEST_TOLD = 5, 100, 80

_TABLE, _NUMBERS, _CODES = "table.json", "numbers.npy", "codes.npy"


def is_missing(value: str) -> bool:
    """True where ``value``, stripped, says that there is none."""
    return value.lower() in MISSING


def as_numbers(values: Sequence[str], *, comma: bool) -> list[float] | None:
    """The values as finite numbers; None where one is none.

    Args:
        values: Stripped, none missing.
        comma: The decimal point is written as a comma.
    """
    try:
        numbers = [float(value.replace(",", ".")) for value in values] if comma else [float(value) for value in values]
    except ValueError:
        return None
    # Python also reads 1_000 and infinity.
    fits = np.isfinite(numbers).all() and not any("_" in value for value in values)
    return numbers if fits else None


class Survey:
    """What is known of one column after some of its values."""

    def __init__(self, *, may_have_comma: bool) -> None:
        self.num_values = 0
        self.num_missing = 0
        self.examples: list[str] = []
        self.counts: Counter[str] | None = Counter()
        self._point = True
        self._comma = may_have_comma
        self._last: float | None = None
        self._counts_up = True

    def take(self, values: Sequence[str]) -> None:
        """Look at further values, stripped."""
        present = [value for value in values if not is_missing(value)]
        self.num_missing += len(values) - len(present)
        self.num_values += len(present)
        self.examples += present[: _EXAMPLES - len(self.examples)]
        self._try_numbers(present)
        if self.counts is not None:
            self.counts.update(present)
            if len(self.counts) > MOST_CATEGORIES:
                self.counts = None

    def _try_numbers(self, present: Sequence[str]) -> None:
        numbers = as_numbers(present, comma=False) if self._point else None
        self._point = numbers is not None
        if numbers is None and self._comma:
            numbers = as_numbers(present, comma=True)
            self._comma = numbers is not None
        if numbers is None or not self._counts_up:
            self._counts_up = False
            return
        steps = np.diff(numbers if self._last is None else [self._last, *numbers])
        self._counts_up = bool((steps == 1).all())
        self._last = numbers[-1] if numbers else self._last

    @property
    def has_comma(self) -> bool:
        """Its numbers are written with a decimal comma."""
        return self._comma and not self._point

    def counts_rows(self, name: str) -> bool:
        """It is called like a number of the row, and is one: each is 1 more than the one before."""
        return name.lower() in _ROW_NAMES and self.type == "number" and self._counts_up and self.num_missing == 0

    @property
    def type(self) -> ColumnType:
        """What its values are."""
        if self.num_values == 0:
            return "text"
        if self._point or self._comma:
            return "number"
        few = self.counts is not None and len(self.counts) <= max(2, self.num_values // 2)
        return "category" if few else "text"

    @property
    def categories(self) -> list[str]:
        """Different values, the most frequent first; empty where there are too many."""
        return sorted(self.counts or [], key=lambda value: (-(self.counts or {})[value], value))


@dataclass(frozen=True, kw_only=True)
class Stored:
    """One column as it is kept: ``place`` is its row in the array of its type; text is not kept.

    Attributes:
        categories: Of a category: what each code means.
        num_different: Different values; None for more than ``MOST_CATEGORIES``.
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


class Store:
    """Writes the columns of a table: numbers [columns, rows] float64 with NaN, codes [columns, rows] int32 with −1."""

    def __init__(self, names: Sequence[str], surveys: Sequence[Survey], num_rows: int) -> None:
        self._surveys = surveys
        self.types = [survey.type for survey in surveys]
        places = {"number": 0, "category": 0, "text": 0}
        self.columns: list[Stored] = []
        for name, survey in zip(names, surveys, strict=True):
            self.columns.append(_stored(name, survey, places[survey.type]))
            places[survey.type] += 1
        self._numbers = np.full((places["number"], num_rows), np.nan)
        self._codes = np.full((places["category"], num_rows), -1, np.int32)
        self._code_of = [{value: code for code, value in enumerate(column.categories)} for column in self.columns]
        self._row = 0

    def take(self, columns: Sequence[Sequence[str]], num_rows: int) -> None:
        """Further values of all columns, stripped."""
        rows = slice(self._row, self._row + num_rows)
        for number, (column, values) in enumerate(zip(self.columns, columns, strict=True)):
            if column.type == "number":
                comma = self._surveys[number].has_comma
                written = ["nan" if is_missing(value) else value for value in values]
                read = [float(value.replace(",", ".")) if comma else float(value) for value in written]
                self._numbers[column.place, rows] = read
            elif column.type == "category":
                codes = self._code_of[number]
                self._codes[column.place, rows] = [-1 if is_missing(value) else codes[value] for value in values]
        self._row += num_rows

    def write(self, folder: Path) -> list[Stored]:
        """Put all into files; returns the columns."""
        np.save(folder / _NUMBERS, self._numbers)
        np.save(folder / _CODES, self._codes)
        columns = [self._finished(column) for column in self.columns]
        (folder / _TABLE).write_text(json.dumps([asdict(column) for column in columns]), encoding="utf-8")
        return columns

    def _finished(self, column: Stored) -> Stored:
        if column.type != "number":
            return column
        values = self._numbers[column.place]
        present = values[~np.isnan(values)]
        return Stored(**{**asdict(column), "is_whole": bool((present == np.round(present)).all())})


def _stored(name: str, survey: Survey, place: int) -> Stored:
    return Stored(
        name=name, type=survey.type, place=place, num_missing=survey.num_missing,
        categories=tuple(survey.categories) if survey.type == "category" else (),
        num_different=None if survey.counts is None else len(survey.counts),
        counts_rows=survey.counts_rows(name),
    )  # fmt: skip


def told(column: Stored, survey: Survey) -> Column:
    """A column in the words of the wire."""
    return Column(
        name=column.name, type=column.type, num_missing=column.num_missing,
        categories=[_short(value) for value in column.categories[:_CATEGORIES_TOLD]],
        num_categories=len(column.categories), examples=[_short(value) for value in survey.examples],
    )  # fmt: skip


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST_TOLD else value[: _LONGEST_TOLD - 1] + "…"


@dataclass(frozen=True)
class Table:
    """A table that was kept."""

    columns: tuple[Stored, ...]
    numbers: NDArray[np.float64]
    codes: NDArray[np.int32]

    @classmethod
    def open(cls, folder: Path) -> "Table":
        """That in ``folder``; the numbers stay on the disk until they are used."""
        columns = [
            Stored(**{**one, "categories": tuple(one["categories"])})
            for one in json.loads((folder / _TABLE).read_text(encoding="utf-8"))
        ]
        numbers, codes = (np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in (_NUMBERS, _CODES))
        return cls(tuple(columns), numbers, codes)

    @property
    def num_rows(self) -> int:
        """Rows, those with missing values too."""
        return int(self.numbers.shape[1])

    def find(self, name: str) -> Stored | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)

    def is_missing(self, column: Stored) -> NDArray[np.bool_]:
        """[rows] True where it has no value."""
        missing: NDArray[np.bool_] = (
            np.isnan(self.numbers[column.place]) if column.type == "number" else self.codes[column.place] < 0
        )
        return missing
