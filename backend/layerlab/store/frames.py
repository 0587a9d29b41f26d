"""Recorded frames, thinned: at most 200 a probe and a budget of bytes a run, spread evenly over the run.

A probe's frames are numbered as they come. Its stride says which stay: those whose number it divides, and the newest.
When there are too many, the stride doubles; when a run's frames take too many bytes, that of its largest probe does.
"""

from collections.abc import Sequence

from layerlab_schemas.frames import ProbeRecording
from sqlalchemy import ColumnElement, Connection, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from layerlab.store.tables import frame_series, frames

#: Frames of one probe.
KEPT = 200
#: Bytes of all frames of one run, unless the settings say otherwise.
BUDGET = 100_000_000


def add(connection: Connection, run: str, probe: str, step: int, body: bytes, budget: int = BUDGET) -> None:
    """Keep a frame, and let others go that have become too many."""
    row = connection.execute(select(frame_series).where(_series(run, probe))).one_or_none()
    number, stride = (row.next_number, row.stride) if row else (0, 1)
    replaced = (frames.c.step == step) | (frames.c.number % stride != 0)
    connection.execute(delete(frames).where(_frames(run, probe) & replaced))
    fields = {"number": number, "step": step, "size": len(body), "body": body}
    connection.execute(insert(frames).values(run=run, probe=probe, **fields))
    count, size = _totals(connection, run, probe)
    series = {"run": run, "probe": probe, "next_number": number + 1, "stride": stride, "size": size}
    connection.execute(insert(frame_series).prefix_with("OR REPLACE").values(series))
    if number % stride == 0 and count > KEPT:
        _thin(connection, run, probe)
    keep_within(connection, run, budget)


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
