"""A run in one message, all of it read at one moment."""

from datetime import UTC, datetime

from layerlab_schemas.stream import SnapshotMessage
from sqlalchemy import Connection

from layerlab.store import curves, events, runs, thin

#: Points of a curve in a snapshot: more than any screen has columns.
SNAPSHOT_POINTS = 2000


def snapshot(connection: Connection, run: str) -> tuple[int, str] | None:
    """The number after which the snapshot stands, and its text; None when there is no such run."""
    view = runs.get(connection, run)
    if view is None:
        return None
    scalars = {name: thin.thinned(curve, SNAPSHOT_POINTS) for name, curve in curves.read(connection, run).items()}
    message = SnapshotMessage(
        type="snapshot",
        run=run,
        seq=view.last_seq,
        step=view.step,
        time=datetime.now(UTC),
        view=view,
        scalars=scalars,
        events=events.read(connection, run),
    )
    return view.last_seq, message.model_dump_json()
