"""Which checkpoints of a run can be gone on from. The files are the worker's; here is only that they are complete."""

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from layerlab.store.tables import checkpoints


def add(connection: Connection, run: str, step: int, directory: str) -> None:
    """A checkpoint was completed; the one before it may be gone by now."""
    connection.execute(delete(checkpoints).where(checkpoints.c.run == run))
    connection.execute(insert(checkpoints).values(run=run, step=step, directory=directory))


def newest(connection: Connection, run: str) -> int | None:
    """The step of the last checkpoint, or None."""
    question = select(checkpoints.c.step).where(checkpoints.c.run == run).order_by(checkpoints.c.step.desc()).limit(1)
    return connection.execute(question).scalar_one_or_none()
