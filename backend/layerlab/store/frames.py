"""Recorded frames, thinned: at most 200 a probe, spread evenly over the run, and always the newest."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from layerlab.store.tables import frame_series, frames

KEPT = 200


def add(connection: Connection, run: str, probe: str, step: int, body: bytes) -> None:
    """Keep a frame. When 200 are kept, every other one goes and from then on only every other one that comes stays."""
    mine = (frame_series.c.run == run) & (frame_series.c.probe == probe)
    row = connection.execute(select(frame_series.c.next_number, frame_series.c.stride).where(mine)).one_or_none()
    number, stride = (row.next_number, row.stride) if row else (0, 1)
    of_probe = (frames.c.run == run) & (frames.c.probe == probe)
    connection.execute(delete(frames).where(of_probe & ((frames.c.step == step) | (frames.c.number % stride != 0))))
    connection.execute(insert(frames).values(run=run, probe=probe, number=number, step=step, body=body))
    if number % stride == 0 and _count(connection, run, probe) > KEPT:
        stride *= 2
        connection.execute(
            delete(frames).where(of_probe & (frames.c.number % stride != 0) & (frames.c.number != number))
        )
    series = {"run": run, "probe": probe, "next_number": number + 1, "stride": stride}
    connection.execute(insert(frame_series).prefix_with("OR REPLACE").values(series))


def _count(connection: Connection, run: str, probe: str) -> int:
    question = select(func.count()).select_from(frames).where(frames.c.run == run, frames.c.probe == probe)
    return connection.execute(question).scalar_one()


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


def probes(connection: Connection, run: str) -> list[str]:
    """The probes of which anything is recorded."""
    return list(connection.execute(select(frame_series.c.probe).where(frame_series.c.run == run)).scalars())
