"""Which checkpoints of a run can be gone on from. The files are the worker's; here is only that they are complete."""

from collections.abc import Sequence

from layerlab_schemas.run import CheckpointView
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from layerlab.store.tables import checkpoints


def add(connection: Connection, checkpoint: CheckpointView, directory: str, kept: Sequence[int]) -> None:
    """A checkpoint was completed; of the earlier ones those at the steps ``kept`` are still there."""
    run, step = checkpoint.run, checkpoint.step
    gone = checkpoints.c.step.not_in(kept) | (checkpoints.c.step == step)
    connection.execute(delete(checkpoints).where((checkpoints.c.run == run) & gone))
    row = {"epoch": checkpoint.epoch, "bytes": checkpoint.bytes, "time": checkpoint.time.isoformat()}
    connection.execute(insert(checkpoints).values(run=run, step=step, directory=directory, **row))


def newest(connection: Connection, run: str) -> int | None:
    """The step of the last checkpoint, or None."""
    found = at_or_before(connection, run, None)
    return None if found is None else found.step


def at_or_before(connection: Connection, run: str, step: int | None) -> CheckpointView | None:
    """The checkpoint at ``step`` or the last before it; the newest where ``step`` is None."""
    fitting = [one for one in read(connection, run) if step is None or one.step <= step]
    return fitting[-1] if fitting else None


def read(connection: Connection, run: str) -> list[CheckpointView]:
    """The checkpoints of a run, the oldest first."""
    rows = connection.execute(select(checkpoints).where(checkpoints.c.run == run).order_by(checkpoints.c.step))
    return [CheckpointView(run=row.run, step=row.step, epoch=row.epoch, bytes=row.bytes, time=row.time) for row in rows]
