"""Columns of a table as they are read: every value is looked at once, and what it is comes out at the end."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from layerlab_schemas.dataset import ColumnType
from numpy.typing import NDArray

from layerlab.datasets.own_file import Unreadable

_ABSENT = ("na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "-", "")
#: How a value that is not there is written.
MISSING = frozenset(form(word) for word in _ABSENT for form in (str.lower, str.upper, str.capitalize)) | {"NaN"}
#: A column with more different texts is free text.
MOST_CATEGORIES = 1000
#: How a column is called that only numbers the rows, in small letters; the last is the first column without a name.
_ROW_NAMES = frozenset({"id", "index", "row", "no", "no.", "nr", "nr.", "#", "number", "unnamed: 0", "column 1"})
_NUM_EXAMPLES = 5

Numbers = NDArray[np.float64]
Codes = NDArray[np.int32]


def read_numbers(values: Sequence[str], *, comma: bool) -> Numbers | None:
    """The values as finite numbers, NaN where one is missing; None where one is no number.

    Args:
        values: As they are written, stripped.
        comma: The decimal point is written as a comma; a value with a point is no number then, for that point may
            part thousands.
    """
    if comma and "." in "".join(values):
        return None
    written = [value.replace(",", ".") for value in values] if comma else values
    try:
        numbers = np.array(list(map(float, written)))
    except ValueError:
        return _read_with_gaps(written)
    if not np.isfinite(numbers).all():
        return _read_with_gaps(written)
    # Python also reads 1_000.
    return None if "_" in "".join(written) else numbers


def _read_with_gaps(written: Sequence[str]) -> Numbers | None:
    is_gap = np.array([value in MISSING for value in written])
    if not is_gap.any():
        return None
    found = read_numbers([value for value in written if value not in MISSING], comma=False)
    if found is None:
        return None
    numbers = np.full(len(written), np.nan)
    numbers[~is_gap] = found
    return numbers


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is known of a column before it is read.

    Attributes:
        name: For messages.
        type: What its values are to be; None: what they are.
        may_have_point: Decimals may stand behind a point.
        may_have_comma: They may stand behind a comma.
    """

    name: str
    type: ColumnType | None = None
    may_have_point: bool = True
    may_have_comma: bool = True


class ColumnReader:
    """One column, as far as it was read. Keeps it as numbers and as categories until it turns out to be none."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self.num_values = 0
        self.num_missing = 0
        self.examples: list[str] = []
        self._numbers: list[Numbers] | None = [] if wanted.may_have_point else None
        self._with_comma: list[Numbers] | None = [] if wanted.may_have_comma else None
        self._codes: list[Codes] | None = []
        self._code_of = dict.fromkeys(MISSING, -1)

    def take(self, values: Sequence[str]) -> None:
        """Further values, stripped.

        Raises:
            Unreadable: They are not what they are to be.
        """
        missing = sum(map(MISSING.__contains__, values))
        self.num_missing += missing
        self.num_values += len(values) - missing
        if len(self.examples) < _NUM_EXAMPLES:
            present = [value for value in values if value not in MISSING]
            self.examples += present[: _NUM_EXAMPLES - len(self.examples)]
        self._take_numbers(values)
        self._take_codes(values)
        self._check(values)

    def _take_numbers(self, values: Sequence[str]) -> None:
        """As numbers with a point and as numbers with a comma; of those without either there is one array for both."""
        if self._numbers is None and self._with_comma is None:
            return
        letters = "".join(values)
        is_plain = "." not in letters and "," not in letters
        plain = read_numbers(values, comma=False) if is_plain or self._numbers is not None else None
        comma = plain if is_plain or self._with_comma is None else read_numbers(values, comma=True)
        self._numbers = _and(self._numbers, plain)
        self._with_comma = _and(self._with_comma, comma)

    def _take_codes(self, values: Sequence[str]) -> None:
        if self._codes is None:
            return
        code_of, first = self._code_of, len(MISSING)
        for value in dict.fromkeys(values):
            code_of.setdefault(value, len(code_of) - first)
        self._codes.append(np.fromiter(map(code_of.__getitem__, values), np.int32, len(values)))
        if len(code_of) - first > MOST_CATEGORIES:
            self._codes = None

    def _check(self, values: Sequence[str]) -> None:
        """Refuse what is not of the wanted type."""
        name, wanted = self._wanted.name, self._wanted.type
        if wanted == "number" and not self._is_number:
            bad = next((value for value in values if self._is_bad(value)), None)
            said = f"for one of its values is {bad[:40]!r}" if bad else "for its decimals are written in two ways"
            message = f"The column {name} cannot be read as numbers, {said}."
            raise Unreadable(message, code="wrong_type", hint="Read it as categories, or write numbers alone.")
        if wanted == "category" and self._codes is None:
            message = f"The column {name} has more than {MOST_CATEGORIES} different values, too many for categories."
            raise Unreadable(message, code="wrong_type", hint="Read it as text, or as numbers.")

    def _is_bad(self, value: str) -> bool:
        ways = [
            comma for comma in (False, True) if (self._wanted.may_have_comma if comma else self._wanted.may_have_point)
        ]
        return value not in MISSING and all(read_numbers([value], comma=comma) is None for comma in ways)

    @property
    def _is_number(self) -> bool:
        return self._numbers is not None or self._with_comma is not None

    @property
    def has_comma(self) -> bool:
        """Whether its numbers were read with a comma before the decimals."""
        return self.type == "number" and self._numbers is None

    @property
    def type(self) -> ColumnType:
        """What its values are."""
        if self.num_values == 0:
            return "text"
        if self._wanted.type is not None:
            return self._wanted.type
        if self._is_number:
            return "number"
        few = self._codes is not None and len(self._code_of) - len(MISSING) <= max(2, self.num_values // 2)
        return "category" if few else "text"

    def numbers(self) -> Numbers:
        """[rows] its numbers, NaN where one is missing."""
        parts = self._with_comma if self._numbers is None else self._numbers
        assert parts is not None, "it is a column of numbers"
        return np.concatenate(parts)

    def categories(self) -> tuple[list[str], Codes]:
        """Its different values, the most frequent first, and [rows] the place of each value among them, or −1."""
        assert self._codes is not None, "it is a column of categories"
        codes = np.concatenate(self._codes)
        words = list(self._code_of)[len(MISSING) :]
        counts = Counter(dict(enumerate(np.bincount(codes[codes >= 0], minlength=len(words)).tolist())))
        order = sorted(counts, key=lambda code: (-counts[code], words[code]))
        place_of = np.full(len(words) + 1, -1, np.int32)  # the last is where −1 leads
        place_of[order] = np.arange(len(order))
        return [words[code] for code in order], place_of[codes]


def _and(parts: list[Numbers] | None, numbers: Numbers | None) -> list[Numbers] | None:
    """The parts with one more; None as soon as one of them is no numbers."""
    if parts is None or numbers is None:
        return None
    parts.append(numbers)
    return parts


def counts_rows(name: str, numbers: Numbers) -> bool:
    """True for a column that is called like the number of a row and is one: each is 1 more than the one before."""
    return name.lower() in _ROW_NAMES and len(numbers) > 1 and bool((np.diff(numbers) == 1).all())
