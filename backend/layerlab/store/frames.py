"""Recorded frames, thinned: at most 200 a probe and a budget of bytes a run, spread evenly over the run.

A probe's frames are numbered as they come. Its stride says which stay: those whose number it divides, and the newest.
When there are too many, the stride doubles; when a run's frames take too many bytes, that of its largest probe does.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from layerlab_schemas.recording import ProbeRecording
from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from layerlab.store.tables import frame_series, frames

#: Frames of one probe.
KEPT = 200
#: Bytes of all frames of one run, unless the settings say otherwise.
BUDGET = 100_000_000


class Taken(NamedTuple):
    """A frame as it comes."""

    probe: str
    step: int
    body: bytes


# Made once, for making a statement takes longer than carrying it out.
_SERIES = select(frame_series).where(frame_series.c.run == bindparam("of"))
_OWN = (frames.c.run == bindparam("of")) & (frames.c.probe == bindparam("one"))
_GO = delete(frames).where(_OWN & ((frames.c.step == bindparam("at")) | (frames.c.number % bindparam("stride") != 0)))
_COME = insert(frames).values(
    run=bindparam("of"),
    probe=bindparam("one"),
    number=bindparam("number"),
    step=bindparam("at"),
    size=bindparam("size"),
    body=bindparam("body"),
)
_TOTALS = (
    select(frames.c.probe, func.count(), func.sum(frames.c.size))
    .where(frames.c.run == bindparam("of"), frames.c.probe.in_(bindparam("probes", expanding=True)))
    .group_by(frames.c.probe)
)
_COUNT = (
    insert(frame_series)
    .prefix_with("OR REPLACE")
    .values(
        run=bindparam("of"),
        probe=bindparam("one"),
        next_number=bindparam("next"),
        stride=bindparam("stride"),
        size=bindparam("total"),
    )
)


def add(connection: Connection, run: str, taken: Sequence[Taken], budget: int = BUDGET) -> None:
    """Keep frames, at most one of each probe, and let others go that have become too many.

    One statement of each sort for all of them: a look at a network brings a dozen.
    """
    series = {row.probe: row for row in connection.execute(_SERIES, {"of": run})}
    rows = [_row(run, one, series.get(one.probe)) for one in taken]
    connection.execute(_GO, rows)
    connection.execute(_COME, rows)
    found = connection.execute(_TOTALS, {"of": run, "probes": [one.probe for one in taken]})
    totals = {probe: (count, size) for probe, count, size in found}
    connection.execute(_COUNT, [{**row, "total": totals[row["one"]][1]} for row in rows])
    for row in rows:
        if row["number"] % row["stride"] == 0 and totals[row["one"]][0] > KEPT:
            _thin(connection, run, row["one"])
    others = sum(row.size for row in series.values() if row.probe not in totals)
    if others + sum(size for _, size in totals.values()) > budget:
        keep_within(connection, run, budget)


def _row(run: str, taken: Taken, series: Any) -> dict[str, Any]:
    number, stride = (series.next_number, series.stride) if series else (0, 1)
    place = {"of": run, "one": taken.probe, "number": number, "next": number + 1, "stride": stride}
    return {**place, "at": taken.step, "size": len(taken.body), "body": taken.body}


def keep_within(connection: Connection, run: str, budget: int) -> None:
    """Thin the largest probe of a run until all take at most ``budget`` bytes. The newest of each always stays."""
    sizes = select(frame_series.c.probe, frame_series.c.size).where(frame_series.c.run == run)
    left = {row.probe: row.size for row in connection.execute(sizes)}
    total = sum(left.values())
    while total > budget and left:
        largest = max(left, key=lambda probe: left[probe])
        before, after = left[largest], _thin(connection, run, largest)
        total += after - before
        if after < before:
            left[largest] = after
        else:
            del left[largest]  # only its newest is left


def _thin(connection: Connection, run: str, probe: str) -> int:
    """Let every other frame go until at least one has gone; returns the bytes that are left."""
    question = select(frames.c.number).where(_frames(run, probe)).order_by(frames.c.number)
    numbers = list(connection.execute(question).scalars())
    stride = connection.execute(select(frame_series.c.stride).where(_series(run, probe))).scalar_one()
    gone: list[int] = []
    while not gone and len(numbers) > 1:
        stride *= 2
        gone = [number for number in numbers[:-1] if number % stride]
        if stride > numbers[-1]:
            gone = gone or numbers[:-1]
    if gone:
        connection.execute(delete(frames).where(_frames(run, probe) & frames.c.number.in_(gone)))
    size = _totals(connection, run, probe)[1]
    connection.execute(update(frame_series).where(_series(run, probe)).values(stride=stride, size=size))
    return size


def _series(run: str, probe: str) -> ColumnElement[bool]:
    return (frame_series.c.run == run) & (frame_series.c.probe == probe)


def _frames(run: str, probe: str) -> ColumnElement[bool]:
    return (frames.c.run == run) & (frames.c.probe == probe)


def _totals(connection: Connection, run: str, probe: str) -> tuple[int, int]:
    """How many there are of a probe, and their bytes; read from the index alone."""
    question = select(func.count(), func.coalesce(func.sum(frames.c.size), 0)).where(_frames(run, probe))
    count, size = connection.execute(question).one()
    return count, size


def nearest(connection: Connection, run: str, probe: str, step: int | None) -> bytes | None:
    """The body of the frame recorded at ``step`` or the last before it; of the newest when step is None."""
    question = select(frames.c.body).where(frames.c.run == run, frames.c.probe == probe)
    if step is not None:
        question = question.where(frames.c.step <= step)
    question = question.order_by(frames.c.step.desc(), frames.c.number.desc()).limit(1)
    return connection.execute(question).scalar_one_or_none()


def newest(connection: Connection, run: str, probes: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """Step and body of the newest frame of each of ``probes``."""
    found: dict[str, tuple[int, bytes]] = {}
    for probe in probes:
        question = (
            select(frames.c.step, frames.c.body)
            .where(frames.c.run == run, frames.c.probe == probe)
            .order_by(frames.c.step.desc(), frames.c.number.desc())
            .limit(1)
        )
        row = connection.execute(question).one_or_none()
        if row is not None:
            found[probe] = (row.step, row.body)
    return found


def steps(connection: Connection, run: str, probe: str) -> list[int]:
    """The recorded steps of a probe, going up."""
    question = select(frames.c.step).where(frames.c.run == run, frames.c.probe == probe)
    return list(connection.execute(question.distinct().order_by(frames.c.step)).scalars())


def bodies(connection: Connection, run: str, probe: str, chosen: Sequence[int]) -> list[bytes]:
    """The frames recorded at ``chosen`` steps, in the order of the steps."""
    question = select(frames.c.body).where(frames.c.run == run, frames.c.probe == probe, frames.c.step.in_(chosen))
    return list(connection.execute(question.order_by(frames.c.step, frames.c.number)).scalars())


def recording(connection: Connection, run: str) -> list[ProbeRecording]:
    """What is kept of each probe, by name. Counted as it lies there, but for how many came."""
    series = select(frame_series).where(frame_series.c.run == run).order_by(frame_series.c.probe)
    found: list[ProbeRecording] = []
    for row in connection.execute(series).all():
        count, size = _totals(connection, run, row.probe)
        fields = {"num_measured": row.next_number, "num_kept": count, "every": row.stride, "bytes": size}
        found.append(ProbeRecording(probe=row.probe, **fields))
    return found


def probes(connection: Connection, run: str) -> list[str]:
    """The probes of which anything is recorded."""
    return list(connection.execute(select(frame_series.c.probe).where(frame_series.c.run == run)).scalars())
