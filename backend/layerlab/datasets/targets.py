"""Which column of a table is likely to be told, and which tell it."""

from collections.abc import Iterable

from layerlab.datasets.table import Stored, Table

#: Names that a column to be told often has, in small letters.
_LIKELY = ("target", "label", "class", "y", "outcome", "species", "output")
#: More categories in a column are not taken unasked: each is one more input.
_FEW_CATEGORIES = 50


def default_target(columns: Iterable[Stored]) -> str | None:
    """A column called like a target, or else the last that is no free text; None where there is none."""
    usable = [column for column in columns if column.type != "text" and not column.counts_rows]
    likely = [column.name for name in _LIKELY for column in usable if column.name.lower() == name]
    return likely[0] if likely else usable[-1].name if usable else None


def default_features(table: Table | Iterable[Stored], target: Stored) -> list[str]:
    """All columns but the target that are numbers or have few categories, and do not just number the rows."""
    columns = table.columns if isinstance(table, Table) else table
    return [
        column.name
        for column in columns
        if column.name != target.name
        and not column.counts_rows
        and (column.type == "number" or (column.type == "category" and len(column.categories) <= _FEW_CATEGORIES))
    ]
