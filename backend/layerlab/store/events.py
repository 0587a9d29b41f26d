"""Events of runs, in the order of their numbers."""

from layerlab_schemas.run import RunEvent
from sqlalchemy import Connection, insert, select

from layerlab.store.tables import events


def add(connection: Connection, run: str, seq: int, event: RunEvent) -> None:
    """Keep one event."""
    connection.execute(insert(events).values(run=run, seq=seq, event=event.model_dump_json()))


def read(connection: Connection, run: str) -> list[RunEvent]:
    """All events of a run, oldest first."""
    rows = connection.execute(select(events.c.event).where(events.c.run == run).order_by(events.c.seq))
    return [RunEvent.model_validate_json(text) for text in rows.scalars()]
