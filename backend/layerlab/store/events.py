"""Events of runs, in the order of their numbers."""

from collections.abc import Sequence

from layerlab_schemas.run import Diagnosis, EventKind, RunEvent
from sqlalchemy import Connection, func, insert, select

from layerlab.store.tables import events


def add(connection: Connection, run: str, seq: int, event: RunEvent) -> None:
    """Keep one event."""
    connection.execute(insert(events).values(run=run, seq=seq, event=event.model_dump_json()))


def read(connection: Connection, run: str) -> list[RunEvent]:
    """All events of a run, oldest first."""
    rows = connection.execute(select(events.c.event).where(events.c.run == run).order_by(events.c.seq))
    return [RunEvent.model_validate_json(text) for text in rows.scalars()]


def diagnoses(connection: Connection, found: Sequence[str]) -> dict[str, list[Diagnosis]]:
    """Of each of these runs what was found, in the order in which it was first told, as it stands now."""
    of_kind = func.json_extract(events.c.event, "$.kind") == EventKind.DIAGNOSIS.value
    question = select(events.c.run, events.c.event).where(events.c.run.in_(found), of_kind).order_by(events.c.seq)
    told: dict[str, dict[str, Diagnosis]] = {run: {} for run in found}
    for run, text in connection.execute(question):
        diagnosis = RunEvent.model_validate_json(text).diagnosis
        if diagnosis is not None:
            told[run][diagnosis.kind] = diagnosis
    return {run: list(one.values()) for run, one in told.items()}
