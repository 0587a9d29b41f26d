"""Curves, kept as chunks of packed steps (int64) and values (float64): quick to append to and quick to read whole."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from layerlab.store.tables import chunks

#: Points of a full chunk: at 20 commits a second, rewriting an open one costs at most 16 kB each.
CHUNK_POINTS = 1024

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


def read(connection: Connection, run: str, names: Sequence[str] | None = None) -> dict[str, Curve]:
    """Whole curves by name: steps and values. ``names`` None means all."""
    question = select(chunks.c.name, chunks.c.steps, chunks.c["values"]).where(chunks.c.run == run)
    if names is not None:
        question = question.where(chunks.c.name.in_(names))
    parts: dict[str, list[tuple[bytes, bytes]]] = {}
    for name, steps, values in connection.execute(question.order_by(chunks.c.name, chunks.c.number)):
        parts.setdefault(name, []).append((steps, values))
    return {name: _join(pairs) for name, pairs in parts.items()}


def _join(pairs: Sequence[tuple[bytes, bytes]]) -> Curve:
    steps = np.frombuffer(b"".join(steps for steps, _ in pairs), dtype=np.int64)
    values = np.frombuffer(b"".join(values for _, values in pairs), dtype=np.float64)
    return steps, values


def last_steps(curves: Mapping[str, OpenCurve]) -> dict[str, int]:
    """The last stored step of each curve."""
    return {name: curve.last_step for name, curve in curves.items()}
