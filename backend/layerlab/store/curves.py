"""Curves, kept as chunks of packed steps (int64) and values (float64): quick to append to and quick to read whole."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, Subquery, func, null, select
from sqlalchemy.dialects.sqlite import insert

from layerlab.store.tables import chunks

#: Points of a full chunk: at 20 commits a second, rewriting an open one costs at most 16 kB each.
CHUNK_POINTS = 1024

_NO_END = 2**62

Curve = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]


@dataclass(frozen=True)
class Chunk:
    """Consecutive points of one curve."""

    name: str
    number: int
    last_step: int
    steps: bytes
    values: bytes


class OpenCurve:
    """The end of a curve that still grows. Steps only ever go up: what is there already is not taken twice."""

    def __init__(self, name: str, number: int = 0, last_step: int = -1) -> None:
        self.name = name
        self.last_step = last_step
        self._number = number
        self._steps = array("q")
        self._values = array("d")

    def append(self, steps: Sequence[int], values: Sequence[float]) -> tuple[list[int], list[float], list[Chunk]]:
        """Take points; returns those that were new, and the chunks to write for them."""
        self._check(steps, values)
        start = bisect_right(steps, self.last_step)
        fresh_steps, fresh_values = list(steps[start:]), list(values[start:])
        changed: list[Chunk] = []
        place = 0
        while place < len(fresh_steps):
            end = place + CHUNK_POINTS - len(self._steps)
            self._steps.extend(fresh_steps[place:end])
            self._values.extend(fresh_values[place:end])
            self.last_step, place = self._steps[-1], end
            changed.append(self._chunk())
            if len(self._steps) == CHUNK_POINTS:
                self._number += 1
                self._steps, self._values = array("q"), array("d")
        return fresh_steps, fresh_values, changed

    def _check(self, steps: Sequence[int], values: Sequence[float]) -> None:
        if len(steps) != len(values):
            raise ValueError(f"{self.name} has {len(steps)} steps and {len(values)} values")
        for step, later in pairwise(steps):
            if later <= step:
                raise ValueError(f"steps of {self.name} go down at {later}")

    def _chunk(self) -> Chunk:
        return Chunk(self.name, self._number, self._steps[-1], self._steps.tobytes(), self._values.tobytes())


def write(connection: Connection, run: str, changed: Iterable[Chunk]) -> None:
    """Write chunks, each over an earlier state of itself."""
    rows = [{"run": run, **chunk.__dict__} for chunk in changed]
    if rows:
        connection.execute(insert(chunks).prefix_with("OR REPLACE"), rows)


def reopen(connection: Connection, run: str) -> dict[str, OpenCurve]:
    """The curves of a run, ready to go on after their last point."""
    question = (
        select(chunks.c.name, func.max(chunks.c.number), func.max(chunks.c.last_step))
        .where(chunks.c.run == run)
        .group_by(chunks.c.name)
    )
    return {name: OpenCurve(name, number + 1, last_step) for name, number, last_step in connection.execute(question)}


@dataclass(frozen=True)
class Stretch:
    """A part of a curve, both steps in it; None leaves that side open."""

    from_step: int | None = None
    to_step: int | None = None

    @property
    def is_all(self) -> bool:
        """True where it leaves nothing out."""
        return self.from_step is None and self.to_step is None

    def cut(self, curve: Curve) -> Curve:
        """The points in it and the next one on each side, so that a line can be drawn to both of its edges."""
        steps, values = curve
        first = 0 if self.from_step is None else max(0, int(np.searchsorted(steps, self.from_step)) - 1)
        end = len(steps) if self.to_step is None else int(np.searchsorted(steps, self.to_step, side="right")) + 1
        return steps[first:end], values[first:end]


ALL = Stretch()


def read(
    connection: Connection, run: str, names: Sequence[str] | None = None, stretch: Stretch = ALL
) -> dict[str, Curve]:
    """Curves by name: steps and values. ``names`` None means all."""
    wanted = chunks.c.run == run if names is None else (chunks.c.run == run) & chunks.c.name.in_(names)
    question = select(chunks.c.name, chunks.c.steps, chunks.c["values"])
    if stretch.is_all:
        question = question.where(wanted)
    else:
        ends = _ends(wanted, stretch)
        within = chunks.c.number.between(func.coalesce(ends.c.first, 0), func.coalesce(ends.c.last, _NO_END))
        # An outer join only so that SQLite begins with the ends: it would rather look at all chunks once more.
        found = ends.outerjoin(chunks, (chunks.c.run == run) & (chunks.c.name == ends.c.name) & within)
        question = question.select_from(found)
    parts: dict[str, list[tuple[bytes, bytes]]] = {}
    for name, steps, values in connection.execute(question.order_by(chunks.c.name, chunks.c.number)):
        parts.setdefault(name, []).append((steps, values))
    return {name: stretch.cut(_join(pairs)) for name, pairs in parts.items()}


def _ends(wanted: ColumnElement[bool], stretch: Stretch) -> Subquery:
    """The first and the last chunk of each curve with points of a stretch or the next one on a side; null: no end."""
    number, last_step = chunks.c.number, chunks.c.last_step
    # The chunk that ends before the stretch has the point before it, the first that ends after it the one after.
    first = null() if stretch.from_step is None else func.max(number).filter(last_step < stretch.from_step)
    last = null() if stretch.to_step is None else func.min(number).filter(last_step > stretch.to_step)
    question = select(chunks.c.name, first.label("first"), last.label("last"))
    return question.where(wanted).group_by(chunks.c.name).subquery()


def _join(pairs: Sequence[tuple[bytes, bytes]]) -> Curve:
    steps = np.frombuffer(b"".join(steps for steps, _ in pairs), dtype=np.int64)
    values = np.frombuffer(b"".join(values for _, values in pairs), dtype=np.float64)
    return steps, values


def last_steps(curves: Mapping[str, OpenCurve]) -> dict[str, int]:
    """The last stored step of each curve."""
    return {name: curve.last_step for name, curve in curves.items()}
