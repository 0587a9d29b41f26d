"""Rows of comparisons and of their members, read as ``ComparisonView``."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from layerlab_schemas.comparison import BestValue, ComparisonMember, ComparisonView
from sqlalchemy import Connection, Row, delete, func, insert, select

from layerlab.store import curves
from layerlab.store.curves import Curve
from layerlab.store.runs import links
from layerlab.store.tables import comparison_members, comparisons, runs

_LOWEST = ("val/loss", "val/mae", "val/perplexity")
_HIGHEST = ("val/accuracy", "val/sequence_accuracy")


@dataclass(frozen=True)
class Member:
    """A run and what it has for itself. ``group`` None: it is trained on its own."""

    run: str
    varied: Mapping[str, Any]
    group: int | None


def add(
    connection: Connection,
    *,
    comparison: str,
    name: str,
    mode: str,
    vary: Mapping[str, Sequence[Any]],
    warnings: Sequence[str],
    members: Sequence[Member],
    created: datetime,
    idempotency_key: str | None,
    request_digest: str | None,
) -> None:
    """A comparison of runs that are stored already."""
    row = {
        "id": comparison, "name": name, "mode": mode, "vary": json.dumps(vary), "warnings": json.dumps(warnings),
        "created": created.isoformat(), "idempotency_key": idempotency_key, "request_digest": request_digest,
    }  # fmt: skip
    connection.execute(insert(comparisons).values(row))
    rows = [
        {"run": one.run, "comparison": comparison, "place": place, "group": one.group, "varied": json.dumps(one.varied)}
        for place, one in enumerate(members)
    ]
    connection.execute(insert(comparison_members), rows)


def get(connection: Connection, comparison: str) -> ComparisonView | None:
    """One comparison with the results of its members, or None."""
    row = connection.execute(select(comparisons).where(comparisons.c.id == comparison)).one_or_none()
    return None if row is None else _view(connection, row)


def get_by_key(connection: Connection, idempotency_key: str) -> tuple[str, str] | None:
    """The comparison that a POST with this key made, and the digest of that POST's body."""
    question = select(comparisons.c.id, comparisons.c.request_digest)
    row = connection.execute(question.where(comparisons.c.idempotency_key == idempotency_key)).one_or_none()
    return None if row is None else (row.id, row.request_digest)


def find(connection: Connection, *, offset: int, limit: int) -> tuple[list[ComparisonView], int]:
    """A page of comparisons, the newest first, and how many there are in all."""
    page = select(comparisons).order_by(comparisons.c.number.desc()).offset(offset).limit(limit)
    total = connection.execute(select(func.count()).select_from(comparisons)).scalar_one()
    return [_view(connection, row) for row in connection.execute(page).all()], total


def remove(connection: Connection, comparison: str) -> None:
    """Delete it; its runs stay."""
    connection.execute(delete(comparisons).where(comparisons.c.id == comparison))


def mates(connection: Connection, run: str) -> list[str]:
    """The runs of the comparison that ``run`` is to be trained together with, itself included; empty where alone."""
    own = select(comparison_members).where(comparison_members.c.run == run).subquery()
    question = select(comparison_members.c.run).join(
        own,
        (own.c.comparison == comparison_members.c.comparison) & (own.c.group == comparison_members.c.group),
    )
    return list(connection.execute(question.order_by(comparison_members.c.place)).scalars())


def _view(connection: Connection, row: Row[Any]) -> ComparisonView:
    base = f"/api/comparisons/{row.id}"
    return ComparisonView(
        id=row.id,
        name=row.name,
        mode=row.mode,
        vary=json.loads(row.vary),
        created=row.created,
        warnings=json.loads(row.warnings),
        members=_members(connection, row.id),
        links={"self": base, "stream": "/api/stream"},
    )


def _members(connection: Connection, comparison: str) -> list[ComparisonMember]:
    columns = (runs.c.number, runs.c.name, runs.c.status, runs.c.reason, runs.c.step, runs.c.num_steps, runs.c.latest)
    question = (
        select(comparison_members, *columns)
        .join(runs, runs.c.id == comparison_members.c.run)
        .where(comparison_members.c.comparison == comparison)
        .order_by(comparison_members.c.place)
    )
    return [_member(connection, row) for row in connection.execute(question).all()]


def _member(connection: Connection, row: Row[Any]) -> ComparisonMember:
    found = curves.read(connection, row.run, (*_LOWEST, *_HIGHEST))
    best = {name: _best(curve, highest=name in _HIGHEST) for name, curve in found.items()}
    return ComparisonMember(
        run=row.run,
        number=row.number,
        name=row.name,
        varied=json.loads(row.varied),
        group=row.group,
        status=row.status,
        reason=row.reason,
        step=row.step,
        num_steps=row.num_steps,
        latest=json.loads(row.latest),
        best={name: value for name, value in best.items() if value is not None},
        links=links(row.run),
    )


def _best(curve: Curve, *, highest: bool) -> BestValue | None:
    """The first of its best points; None where none is finite."""
    steps, values = curve
    is_finite = np.isfinite(values)
    if not is_finite.any():
        return None
    order = np.where(is_finite, -values if highest else values, np.inf)
    place = int(order.argmin())
    return BestValue(step=int(steps[place]), value=float(values[place]))
