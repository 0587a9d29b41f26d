"""Rows of a text table, as they stand in the file: encoding and delimiter found, every row as long as the first."""

import contextlib
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from layerlab_schemas.dataset import Delimiter

from layerlab.datasets.own_file import Unreadable
from layerlab.datasets.plain_text import find_encoding

#: By preference, where several fit equally well: a comma may stand in a number.
DELIMITERS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars"}
#: How the wire calls them.
CALLED: dict[str, Delimiter] = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}
MOST_COLUMNS = 2000
_LONGEST_VALUE = 100_000
_ROWS_LOOKED_AT = 200
_LETTERS_LOOKED_AT = 1 << 18
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, kw_only=True)
class Form:
    """How a table is written.

    Attributes:
        encoding: In Python's words.
        encoding_title: For people.
        delimiter: What stands between two values.
        num_columns: Values in each row.
    """

    encoding: str
    encoding_title: str
    delimiter: str
    num_columns: int


def find_form(file: Path, wanted: Delimiter | None = None) -> Form:
    """How the table in ``file`` is written.

    Args:
        file: Where it is.
        wanted: The delimiter, where it is known already.

    Raises:
        Unreadable: It is no text, or no delimiter makes columns of it.
    """
    encoding, title = find_encoding(file)
    with file.open(encoding=encoding, newline="") as text:
        beginning = text.read(_LETTERS_LOOKED_AT)
        is_all = not text.read(1)
    lines = beginning.splitlines(keepends=True)
    if not is_all and len(lines) > 1:
        lines.pop()
    tried = [delimiter for delimiter, name in CALLED.items() if wanted in (None, name)]
    found = [(*_fit(lines, delimiter), delimiter) for delimiter in tried]
    _, width, delimiter = max(found, key=lambda one: round(one[0], 2))
    if width < 2 and wanted is not None:
        message = f"With {DELIMITERS[delimiter]} between values the table has one column."
        raise Unreadable(message, code="not_a_table", hint="Choose another delimiter, or have it found.")
    if width < 2:
        raise Unreadable(
            "No delimiter makes columns of this file: commas, semicolons, tabs and bars were tried.",
            code="not_a_table", hint="Bring a table with at least two columns and one row a line.",
        )  # fmt: skip
    if width > MOST_COLUMNS:
        raise Unreadable(f"The table has {width} columns, and {MOST_COLUMNS} are the most.", code="too_many_columns")
    return Form(encoding=encoding, encoding_title=title, delimiter=delimiter, num_columns=width)


def _fit(lines: list[str], delimiter: str) -> tuple[float, int]:
    """The share of rows that have as many values as most have, and how many these are; 0 for a single column."""
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # what is malformed further down is told when all is read
        for row in islice(csv.reader(iter(lines), delimiter=delimiter), _ROWS_LOOKED_AT):
            rows += [row] if any(row) else []
    if not rows:
        return 0.0, 1
    # The first row says how many columns there are, where it is not alone with its length.
    (width, count), *_ = Counter(len(row) for row in rows).most_common()
    width = len(rows[0]) if len(rows[0]) > 1 else width
    return (count / len(rows), width) if width > 1 else (0.0, 1)


def read_rows(file: Path, form: Form) -> Iterator[list[list[str]]]:
    """All rows, the first one too, some thousand at a time, without those that are empty.

    Raises:
        Unreadable: A row has more or fewer values than the first, or a quote is never closed.
    """
    csv.field_size_limit(_LONGEST_VALUE)
    with file.open(encoding=form.encoding, newline="") as text:
        reader = csv.reader(text, delimiter=form.delimiter, strict=True)
        rows: list[list[str]] = []
        try:
            for row in reader:
                if len(row) != form.num_columns:
                    if not any(value.strip() for value in row):
                        continue
                    raise _ragged(reader.line_num, len(row), form)
                rows.append(row)
                if len(rows) == _ROWS_AT_ONCE:
                    yield rows
                    rows = []
        except csv.Error as error:
            raise _malformed(reader.line_num, error) from None
        if rows:
            yield rows


def _ragged(line: int, found: int, form: Form) -> Unreadable:
    values = "1 value" if found == 1 else f"{found} values"
    return Unreadable(
        f"Line {line} has {values}, but the table has {form.num_columns} columns.",
        code="ragged_table",
        hint=f"Columns are separated by {DELIMITERS[form.delimiter]}; put values that contain one in quotes.",
    )


def _malformed(line: int, error: csv.Error) -> Unreadable:
    if "field larger" in str(error):
        message = f"A value that ends in line {line} is longer than {_LONGEST_VALUE} characters."
        return Unreadable(message, code="value_too_long", hint="Close the quote before it.")
    if "unexpected end" in str(error):
        return Unreadable("A quote is opened and never closed.", code="open_quote", hint="Close it, or take it out.")
    message = f"Line {line} cannot be read: text follows a closing quote."
    return Unreadable(message, code="malformed_row", hint='Write a quote inside of a quoted value twice: "".')
