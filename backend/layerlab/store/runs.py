"""Rows of runs, read as ``RunView``."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from layerlab_schemas.graph import CheckResult
from layerlab_schemas.run import Diagnosis, Rates, RunProgress, RunSpec, RunState, RunView
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update

from layerlab.store import events
from layerlab.store.tables import checkpoints, runs

RESUMABLE = (RunState.STOPPED, RunState.INTERRUPTED, RunState.FAILED)

SORTABLE = {
    "number": runs.c.number,
    "name": runs.c.name,
    "created": runs.c.number,
    "started": runs.c.started,
    "ended": runs.c.ended,
    "status": runs.c.status,
    "step": runs.c.step,
}


def add(
    connection: Connection,
    *,
    run: str,
    spec: RunSpec,
    check: CheckResult,
    status: RunState,
    num_steps: int,
    steps_per_epoch: int,
    created: datetime,
    started: datetime | None = None,
    parent: str | None = None,
    forked_at: int | None = None,
    idempotency_key: str | None = None,
    request_digest: str | None = None,
) -> None:
    """A new run, without a message yet."""
    text = spec.model_dump_json()
    row = {
        "id": run,
        "name": spec.name,
        "tags": json.dumps(spec.tags),
        "spec": text,
        "original_spec": text,
        "check": check.model_dump_json(),
        "status": status,
        "num_steps": num_steps,
        "steps_per_epoch": steps_per_epoch,
        "parent": parent,
        "forked_at": forked_at,
        "created": created.isoformat(),
        "started": started.isoformat() if started else None,
        "idempotency_key": idempotency_key,
        "request_digest": request_digest,
    }
    connection.execute(insert(runs).values(row))


def set_progress(connection: Connection, run: str, progress: RunProgress) -> None:
    """How the run stands now."""
    row = {
        "status": progress.status,
        "reason": progress.reason,
        "step": progress.step,
        "epoch": progress.epoch,
        "latest": json.dumps(progress.latest),
        "rates": progress.rates.model_dump_json(),
    }
    connection.execute(update(runs).where(runs.c.id == run).values(row))


def set_latest(connection: Connection, run: str, latest: Mapping[str, float | None]) -> None:
    """The newest value of each curve."""
    set_columns(connection, run, latest=json.dumps(latest))


def set_columns(connection: Connection, run: str, **columns: Any) -> None:
    """Change single columns, given as they are stored."""
    connection.execute(update(runs).where(runs.c.id == run).values(columns))


def set_spec(connection: Connection, run: str, spec: RunSpec) -> None:
    """The spec in force, after a change; the original one stays beside it."""
    values = {"spec": spec.model_dump_json(), "name": spec.name, "tags": json.dumps(spec.tags)}
    connection.execute(update(runs).where(runs.c.id == run).values(values))


def remove(connection: Connection, run: str) -> None:
    """Delete the run and, by the foreign keys, all that belongs to it."""
    connection.execute(delete(runs).where(runs.c.id == run))


_HAS_CHECKPOINT = select(checkpoints.c.run).where(checkpoints.c.run == runs.c.id).exists().label("has_checkpoint")
_PARENTS = runs.alias("parents")
_PARENT = select(_PARENTS.c.number).where(_PARENTS.c.id == runs.c.parent).scalar_subquery().label("parent_number")
_ROW = (runs, _HAS_CHECKPOINT, _PARENT)


def _views(connection: Connection, rows: Sequence[Row[Any]]) -> list[RunView]:
    found = events.diagnoses(connection, [row.id for row in rows])
    return [_view(row, found[row.id]) for row in rows]


def _view(row: Row[Any], diagnoses: list[Diagnosis]) -> RunView:
    status = RunState(row.status)
    return RunView(
        id=row.id,
        number=row.number,
        name=row.name,
        tags=json.loads(row.tags),
        spec=RunSpec.model_validate_json(row.spec),
        check=CheckResult.model_validate_json(row.check),
        status=status,
        reason=row.reason,
        step=row.step,
        epoch=row.epoch,
        latest=json.loads(row.latest),
        rates=Rates.model_validate_json(row.rates),
        num_steps=row.num_steps,
        steps_per_epoch=row.steps_per_epoch,
        device=row.device,
        diagnoses=diagnoses,
        parent=row.parent,
        parent_number=row.parent_number,
        forked_at=row.forked_at,
        created=row.created,
        started=row.started,
        ended=row.ended,
        last_seq=row.last_seq,
        resumable=_is_resumable(status, has_checkpoint=bool(row.has_checkpoint)),
        links=links(row.id),
    )


def _is_resumable(status: RunState, *, has_checkpoint: bool) -> bool:
    """Without a checkpoint a run goes on too: trained again from its first step, bit for bit the same, in silence."""
    return status in RESUMABLE and (has_checkpoint or status is not RunState.FAILED)


def links(run: str) -> dict[str, str]:
    """Where things of the run are."""
    base = f"/api/runs/{run}"
    return {"self": base, "scalars": f"{base}/scalars", "frames": f"{base}/frames", "stream": "/api/stream"}


def get(connection: Connection, run: str) -> RunView | None:
    """One run, or None."""
    rows = connection.execute(select(*_ROW).where(runs.c.id == run)).all()
    return next(iter(_views(connection, rows)), None)


def original_spec(connection: Connection, run: str) -> RunSpec:
    """The spec as it was posted. A resume starts from it, because the worker makes the changes again by itself."""
    text = connection.execute(select(runs.c.original_spec).where(runs.c.id == run)).scalar_one()
    return RunSpec.model_validate_json(text)


def get_by_key(connection: Connection, idempotency_key: str) -> tuple[str, str] | None:
    """The run that a POST with this key made, and the digest of that POST's body."""
    question = select(runs.c.id, runs.c.request_digest).where(runs.c.idempotency_key == idempotency_key)
    row = connection.execute(question).one_or_none()
    return None if row is None else (row.id, row.request_digest)


def find(
    connection: Connection,
    *,
    statuses: Sequence[RunState] = (),
    name: str | None = None,
    tag: str | None = None,
    sort: str = "number",
    descending: bool = True,
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[RunView], int]:
    """A page of the runs that fit, and how many fit in all. ``sort`` is a key of SORTABLE."""
    conditions: list[ColumnElement[bool]] = []
    if statuses:
        conditions.append(runs.c.status.in_(statuses))
    if name:
        conditions.append(or_(runs.c.name.contains(name, autoescape=True), runs.c.id == name))
    if tag:
        conditions.append(runs.c.tags.contains(json.dumps(tag), autoescape=True))
    column = SORTABLE[sort]
    order = [column.desc() if descending else column.asc(), runs.c.number.desc()]
    page = select(*_ROW).where(*conditions).order_by(*order).offset(offset).limit(limit)
    total = connection.execute(select(func.count()).select_from(runs).where(*conditions)).scalar_one()
    return _views(connection, connection.execute(page).all()), total


def unfinished(connection: Connection) -> list[RunView]:
    """Runs that were queued, running or paused when the last server ended."""
    alive = [state for state in RunState if not state.has_ended]
    rows = connection.execute(select(*_ROW).where(runs.c.status.in_(alive)).order_by(runs.c.number))
    return _views(connection, rows.all())
