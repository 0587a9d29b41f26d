"""Whether the first row of a table holds names, and which."""

from collections.abc import Sequence

from layerlab.datasets.columns import MISSING, read_numbers

_LONGEST_NAME = 100


def is_heading(first: Sequence[str], second: Sequence[str] | None) -> bool:
    """True where the first row names the columns: it has no number, while the second has one or no text comes twice."""
    if second is None or _has_number(first):
        return False
    named = [value for value in first if value not in MISSING]
    return len(named) > 0 and (_has_number(second) or len(set(named)) == len(named))


def _has_number(row: Sequence[str]) -> bool:
    written = [value for value in row if value not in MISSING]
    return any(read_numbers([value], comma=comma) is not None for value in written for comma in (False, True))


def column_names(first: Sequence[str]) -> list[str]:
    """A name of its own for each column: those without one are numbered, those that come twice too."""
    names: list[str] = []
    taken: set[str] = set()
    for number, value in enumerate(first, start=1):
        plain = " ".join(value.split())[:_LONGEST_NAME] or f"column {number}"
        name, count = plain, 1
        while name in taken:
            count += 1
            name = f"{plain} ({count})"
        taken.add(name)
        names.append(name)
    return names
