"""The beginning of a run, given to a fork of it: curves, events and frames up to the step where it leaves."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from layerlab_schemas.run import EventKind, RunEvent
from sqlalchemy import Connection, func, insert, literal, select

from layerlab.store import curves, events, frames, runs
from layerlab.store.curves import OpenCurve
from layerlab.store.tables import frame_series
from layerlab.store.tables import frames as frame_rows
from layerlab.store.writer import Operation

#: What is true of the fork too. How its parent came to rest or ended is not; what is wrong is found out anew.
_INHERITED = (EventKind.CHANGE,)


def inherit(connection: Connection, parent: str, run: str, step: int, more: Sequence[RunEvent]) -> None:
    """Curves and events of ``parent`` up to ``step``, then the events ``more``, as if ``run`` had told them."""
    latest = {}
    for name, (steps, values) in curves.read(connection, parent).items():
        end = int(np.searchsorted(steps, step, side="right"))
        _, told, changed = OpenCurve(name).append(steps[:end].tolist(), values[:end].tolist())
        curves.write(connection, run, changed)
        if told:
            latest[name] = told[-1] if np.isfinite(told[-1]) else None
    inherited = [one for one in events.read(connection, parent) if one.step <= step and one.kind in _INHERITED]
    for seq, event in enumerate([*inherited, *more], 1):
        events.add(connection, run, seq, event)
    runs.set_latest(connection, run, latest)
    runs.set_columns(connection, run, last_seq=len(inherited) + len(more))


def copies_of_frames(connection: Connection, parent: str, run: str, step: int) -> list[Operation]:
    """What copies the frames up to ``step``, one operation a probe, so that other runs need not wait for all of it."""
    probes = frames.probes(connection, parent)
    return [partial(_copy_frames, parent=parent, run=run, probe=probe, step=step) for probe in probes]


def _copy_frames(connection: Connection, parent: str, run: str, probe: str, step: int) -> None:
    fitting = (frame_rows.c.run == parent) & (frame_rows.c.probe == probe) & (frame_rows.c.step <= step)
    copied = [frame_rows.c.number, frame_rows.c.step, frame_rows.c.size, frame_rows.c.body]
    chosen = select(literal(run), literal(probe), *copied).where(fitting)
    connection.execute(insert(frame_rows).from_select(["run", "probe", *copied], chosen))
    totals = select(func.max(frame_rows.c.number), func.sum(frame_rows.c.size)).where(fitting)
    newest, size = connection.execute(totals).one()
    if newest is not None:
        of_parent = (frame_series.c.run == parent) & (frame_series.c.probe == probe)
        stride = connection.execute(select(frame_series.c.stride).where(of_parent)).scalar_one()
        series = {"next_number": newest + 1, "stride": stride, "size": size}
        connection.execute(insert(frame_series).values(run=run, probe=probe, **series))
