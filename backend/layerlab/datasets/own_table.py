"""A table of the user's own: a CSV file whose columns are found, and of which some tell the others."""

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import torch
from layerlab_schemas.dataset import FoundForm, TableForm
from pydantic import Field

from layerlab.datasets.base import DataSize, LoadedData
from layerlab.datasets.columns import ColumnReader, Wanted
from layerlab.datasets.delimited import CALLED, Form, find_form, read_rows
from layerlab.datasets.features import Missing, Rows, answers, features_of, width_of
from layerlab.datasets.heading import column_names, is_heading
from layerlab.datasets.own_file import OwnFileKind, Reading, Unreadable, UploadParams, wrong
from layerlab.datasets.table import Stored, Table, told, write_table
from layerlab.datasets.targets import default_features, default_target
from layerlab.figures import counted
from layerlab.shelf import Limits

#: A form lists so many features by name; more are taken by leaving the field empty.
_MOST_LISTED = 100

ColumnName = Annotated[str, Field(min_length=1, max_length=120)]


class CsvParams(UploadParams):
    """Which columns are read, and how."""

    target: ColumnName | None = Field(
        default=None, description="The column to be told; null takes the likeliest: a label, or the last one."
    )
    features: Annotated[list[ColumnName], Field(min_length=1, max_length=2000)] | None = Field(
        default=None, description="Columns that it is told by; null takes all of numbers and of few categories."
    )
    missing: Missing = Field(
        default="drop",
        description="drop leaves out rows with a missing value; mean and median fill in that of the column in the "
        "training part, and its most frequent category. Rows without a target are always left out.",
    )
    task: Literal["auto", "classification", "regression"] = Field(
        default="auto", description="auto: classes where the target is text or few whole numbers, else a number."
    )
    scale_target: bool = Field(
        default=True,
        description="A number as target is standardised: 0 is its mean in the training part, 1 its standard deviation.",
    )


class Csv(OwnFileKind):
    """Rows of a CSV: columns of numbers as they are, columns of categories as one number for each category.

    Delimiter, encoding, names and types are found when the file comes and told then. A category becomes a one-hot
    code: 1 at its place, 0 at the others, because an order that it has not must not be learnt.
    """

    kind = "csv"
    title = "Your table (CSV)"
    help = "A CSV of your own: choose the column to be told and those that tell it. Categories become one-hot codes."
    formula = r"x = [\text{numbers}, \text{one-hot}(\text{categories})]"
    task = "classification"
    input_kind = "tabular"
    Params = CsvParams
    example: ClassVar[dict[str, Any]] = {"dataset": "csv", "params": {"upload": "u00000000000c5500"}}

    def read(self, file: Path, content: Path, limits: Limits) -> Reading:
        """Read it as it is found to be written."""
        return self.read_as(file, content, limits, TableForm())

    def read_as(self, file: Path, content: Path, limits: Limits, form: TableForm) -> Reading:
        """Look at every value once; what is kept of it depends on what its column turns out to be."""
        written = find_form(file, form.delimiter)
        names, readers, has_names = _read(file, written, form, limits)
        return _reading(write_table(content, names, readers), readers, written, has_names=has_names)

    def load(self, params: CsvParams, *, seed: int) -> LoadedData:
        """The rows in the order of the file; the seed has no part in it."""
        table, target, features = self._chosen(params)
        keep = _rows(table, target, features, params.missing)
        answer = answers(table, target, keep, task=params.task, scale=params.scale_target)
        found = features_of(table, features, keep)
        return LoadedData(
            inputs=torch.from_numpy(found.inputs),
            targets=answer.targets,
            task=answer.task,
            input_kind="tabular",
            class_names=answer.class_names,
            feature_names=found.names,
            fills=None if params.missing == "drop" else params.missing,
            one_hot=found.one_hot,
            scales_targets=params.scale_target and answer.task == "regression",
        )

    def size(self, params: CsvParams) -> DataSize:
        """That of all rows, though some may be left out."""
        table, target, features = self._chosen(params)
        return DataSize(samples=len(table.is_missing(target)), numbers=width_of(features))

    def _chosen(self, params: CsvParams) -> tuple[Table, Stored, list[Stored]]:
        """The table, its target and its features.

        Raises:
            SpecError: One of them is not there, is free text, or is both.
        """
        table = Table.open(self.content(params.upload))
        target = _column(table, params.target or default_target(table.columns), "target")
        features = [_column(table, name, "features") for name in params.features or default_features(table, target)]
        if target in features:
            message = f"{target.name} is the target, so it cannot be one of the columns that tell it."
            raise wrong("features", message, hint="Take it out of features.")
        if not features:
            raise wrong("features", f"No column is left to tell {target.name}.", hint="Choose another target.")
        return table, target, features


def _read(file: Path, form: Form, asked: TableForm, limits: Limits) -> tuple[list[str], list[ColumnReader], bool]:
    """Names, columns, and whether the names stand in the first row.

    Raises:
        Unreadable: Rows are too few or too many, or columns are not what they are to be.
    """
    names: list[str] = []
    readers: list[ColumnReader] = []
    has_names, num_rows = False, 0
    for rows in read_rows(file, form):
        if not names:
            stripped = [[value.strip() for value in row] for row in rows[:2]]
            looks_so = is_heading(stripped[0], stripped[1] if len(stripped) > 1 else None)
            has_names = looks_so if asked.has_names is None else asked.has_names
            names = column_names(stripped[0] if has_names else [""] * form.num_columns)
            readers = _readers(names, form, asked)
            rows = rows[int(has_names) :]
        num_rows += len(rows)
        _check_size(num_rows, form.num_columns, limits)
        for reader, values in zip(readers, zip(*rows, strict=True), strict=False):
            reader.take(list(map(str.strip, values)))
    if num_rows < 2:
        raise Unreadable("The table has fewer than two rows.", code="too_few_rows", hint="Bring more rows.")
    return names, readers, has_names


def _readers(names: list[str], form: Form, asked: TableForm) -> list[ColumnReader]:
    """One for each column.

    Raises:
        Unreadable: A type is asked of a column that is not there.
    """
    for name in asked.types:
        if name not in names:
            hint = f"There are: {', '.join(names[:10])}."
            raise Unreadable(f"There is no column called {name[:80]}.", code="no_such_column", hint=hint)
    point = asked.decimal in (None, "point")
    comma = asked.decimal == "comma" or (asked.decimal is None and form.delimiter != ",")
    return [
        ColumnReader(Wanted(name=name, type=asked.types.get(name), may_have_point=point, may_have_comma=comma))
        for name in names
    ]


def _check_size(num_rows: int, num_columns: int, limits: Limits) -> None:
    size = 8 * num_rows * num_columns
    if size > limits.content_bytes:
        message = f"{num_rows} rows and more of {num_columns} columns are {size / 1e6:.3g} MB of numbers; "
        message += f"{limits.content_bytes / 1e6:.3g} MB are the most."
        raise Unreadable(message, code="too_large", hint="Bring fewer rows or columns.")


def _reading(columns: list[Stored], readers: list[ColumnReader], form: Form, *, has_names: bool) -> Reading:
    target = default_target(columns)
    if target is None:
        message = "No column can be told: all are empty or free text."
        raise Unreadable(message, code="no_target", hint="Bring a table with a column of numbers or categories.")
    chosen = next(column for column in columns if column.name == target)
    features = default_features(columns, chosen)
    params: dict[str, Any] = {"target": target}
    if len(features) <= _MOST_LISTED:
        params["features"] = features
    if not features:
        message = f"Beside {target} no column holds numbers or categories."
        raise Unreadable(message, code="no_features", hint="Bring a table with at least two such columns.")
    if any(column.num_missing for column in columns if column.name in features):
        params["missing"] = "median"
    return Reading(
        params=params,
        summary=f"{counted(readers[0].num_values + readers[0].num_missing, 'row')}, {len(columns)} columns",
        columns=[told(column, reader.examples) for column, reader in zip(columns, readers, strict=True)],
        form=FoundForm(
            encoding=form.encoding_title,
            delimiter=CALLED[form.delimiter],
            decimal="comma" if any(reader.has_comma for reader in readers) else "point",
            has_names=has_names,
        ),
        notes=_notes(columns),
    )


def _notes(columns: list[Stored]) -> list[str]:
    notes = []
    for what, found in (
        ("only number the rows and are", [column.name for column in columns if column.counts_rows]),
        ("hold free text or nothing and are", [column.name for column in columns if column.type == "text"]),
    ):
        if found:
            listed = ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
            notes.append(f"Columns that {what} left out: {listed}.")
    return notes


def _column(table: Table, name: str | None, place: str) -> Stored:
    """The column of that name, where it can be used.

    Raises:
        SpecError: There is none, or it is free text.
    """
    column = table.find(name) if name else None
    if column is None:
        known = ", ".join(column.name for column in table.columns[:10])
        raise wrong(place, f"There is no column called {name}.", hint=f"There are: {known}.", got=name)
    if column.type == "text":
        message = f"{name} holds free text, which is neither a number nor a category."
        raise wrong(place, message, hint="Choose another column.", got=name)
    return column


def _rows(table: Table, target: Stored, features: list[Stored], missing: Missing) -> Rows:
    """Numbers of the rows that are used."""
    gone = table.is_missing(target)
    if missing == "drop":
        for column in features:
            if column.num_missing:
                gone = gone | table.is_missing(column)
    keep = np.flatnonzero(~gone)
    if len(keep) < 2:
        left = "Only one row is" if len(keep) else "No rows are"
        message = f"{left} left when those with missing values are left out."
        raise wrong("missing", message, hint="Fill them in with mean or median, or choose other columns.")
    return keep
