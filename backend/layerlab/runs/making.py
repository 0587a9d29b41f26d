"""Making runs: checked, then stored with all that they begin with; new ones, and forks of others."""

import asyncio
import contextlib
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from layerlab_schemas.graph import CheckResult
from layerlab_schemas.problems import Problem, Severity
from layerlab_schemas.run import EventKind, ForkRequest, RunEvent, RunSpec, RunState, RunView
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from layerlab.originals.settling import settled
from layerlab.runs.candidates import Candidates
from layerlab.runs.children import Child, dismiss
from layerlab.runs.dotted import value_at
from layerlab.runs.fork_files import give_files
from layerlab.runs.fork_limits import refused_changes
from layerlab.runs.forking import Origin, Origins
from layerlab.runs.inspector import Inspector
from layerlab.runs.planned import planned_steps
from layerlab.runs.records import Records
from layerlab.runs.refusals import CannotUse, KeyUsed, NotNow
from layerlab.settings import Settings
from layerlab.store import history, runs
from layerlab.store.store import Store
from layerlab.training.moves import Move

#: A checkpoint may be thinned out between finding it and taking it.
_TRIES = 3


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A run that can be stored; where it is a fork, its folder is there already."""

    run: str
    spec: RunSpec
    check: CheckResult
    origin: Origin | None = None
    events: tuple[RunEvent, ...] = ()
    worker: Child | None = None
    """One that has built it already and waits to start."""

    def dismiss(self) -> None:
        """Its worker is not needed."""
        if self.worker is not None:
            dismiss(self.worker)


class Maker:
    """From a request to a stored run."""

    def __init__(
        self, store: Store, records: Records, inspector: Inspector, candidates: Candidates, settings: Settings
    ) -> None:
        self._store = store
        self._candidates = candidates
        self._records = records
        self._inspector = inspector
        self._settings = settings
        self.origins = Origins(store, records, settings)

    async def known(self, key: str | None, digest: str) -> RunView | None:
        """The run that an earlier request with this Idempotency-Key made.

        Raises:
            KeyUsed: The key came with another body before.
        """
        found = None if key is None else await self._store.read(partial(runs.get_by_key, idempotency_key=key))
        if found is None:
            return None
        run, known_digest = found
        if known_digest != digest:
            raise KeyUsed("This Idempotency-Key was used before, with another body.", hint="Use a new key.")
        return await self._records.view(run)

    async def draft(self, spec: RunSpec, *, with_worker: bool) -> Draft:
        """A new run, where it is wanted with the worker that will train it.

        Raises:
            CannotUse: The spec has problems.
        """
        spec = await self._settled(spec)
        candidate = await self._candidates.find(spec) if with_worker else None
        if candidate is None:
            return Draft(run=new_id(), spec=spec, check=await self._check(spec))
        if not candidate.check.ok:
            dismiss(candidate.child)
            raise _refusal(candidate.check)
        return Draft(run=new_id(), spec=spec, check=candidate.check, worker=candidate.child)

    async def fork(self, run: str, request: ForkRequest) -> Draft:
        """A run that goes on from another one.

        Raises:
            NoSuchRun: There is no such run.
            NotNow: There is no checkpoint to go on from.
            CannotUse: A change cannot be, or not at that step.
        """
        asked = await self._records.view(run)
        for _ in range(_TRIES):
            origin = await self.origins.find(asked, request.at_step)
            spec = await self._settled(origin.changed(request))
            check = await self._check(spec)
            self._refuse(origin, spec, check)
            events = _events(origin, request, spec, check)
            draft = Draft(run=new_id(), spec=spec, check=check, origin=origin, events=events)
            try:
                await asyncio.to_thread(self._give_files, draft, origin)
            except FileNotFoundError:
                continue
            return draft
        raise NotNow("The checkpoint was being taken away as it was asked for.", hint="Try again.")

    def _refuse(self, origin: Origin, spec: RunSpec, check: CheckResult) -> None:
        if origin.checkpoint is not None:
            problems = refused_changes(origin.spec, spec, (origin.owner.check, check), origin.checkpoint)
            if problems:
                raise _cannot_use(problems)

    def _give_files(self, draft: Draft, origin: Origin) -> None:
        folder = self._settings.run_directory
        before = [(node.id, node.parameter_shapes) for node in origin.owner.check.nodes]
        same_weights = before == [(node.id, node.parameter_shapes) for node in draft.check.nodes]
        give_files(folder(origin.owner.id), folder(draft.run), origin.step, same_weights=same_weights)

    async def _settled(self, spec: RunSpec) -> RunSpec:
        return await asyncio.to_thread(settled, spec, self._settings.originals_folder)

    async def _check(self, spec: RunSpec) -> CheckResult:
        check = await self._inspector.check(spec)
        if not check.ok:
            raise _refusal(check)
        return check

    async def add(self, draft: Draft, key: str | None, digest: str, state: RunState) -> RunView | None:
        """Store it as standing in ``state``, with the beginning of its parent where it is a fork.

        None where a run of that key has come meanwhile.
        """
        try:
            add = partial(add_draft, draft=draft, key=key, digest=digest, state=state)
            found: list[RunView | None] = await self._store.write(add)
        except IntegrityError as error:
            raise KeyUsed("This Idempotency-Key was used before.", hint="Use a new key.") from error
        if draft.origin is not None:
            await self._copy_frames(draft, draft.origin)
        return found[0]

    @contextlib.asynccontextmanager
    async def discarding(self, draft: Draft) -> AsyncIterator[Callable[[], None]]:
        """Take the folder and the worker of a draft away on leaving, unless what is given was called."""
        kept: list[bool] = []
        try:
            yield lambda: kept.append(True)
        finally:
            if not kept:
                draft.dismiss()
                await asyncio.to_thread(shutil.rmtree, self._settings.run_directory(draft.run), ignore_errors=True)

    async def _copy_frames(self, draft: Draft, origin: Origin) -> None:
        copies = partial(history.copies_of_frames, parent=origin.asked.id, run=draft.run, step=origin.step)
        for operation in await self._store.read(copies):
            await self._store.write(operation)


def new_id() -> str:
    """The id of a run that is being made."""
    return f"r{secrets.token_hex(6)}"


def _cannot_use(problems: list[Problem]) -> CannotUse:
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return CannotUse(errors[0].message + more, problems, hint=errors[0].hint)


def _refusal(check: CheckResult) -> CannotUse:
    refusal = _cannot_use(check.problems)
    refusal.check = check
    return refusal


def _events(origin: Origin, request: ForkRequest, spec: RunSpec, check: CheckResult) -> tuple[RunEvent, ...]:
    """That it is a fork, and what is other than in its parent."""
    text = f"forked from run {origin.asked.number}"
    told = [RunEvent(kind=EventKind.STATUS, step=origin.step, time=datetime.now(UTC), text=text)]
    node_ids = [node.id for node in check.nodes]
    for path in request.changes:
        before = value_at(origin.spec, path, node_ids=origin.node_ids)
        after = value_at(spec, path, node_ids=node_ids)
        if before != after:
            told.append(Move(path, before, after).event(origin.step))
    return tuple(told)


def add_draft(
    connection: Connection,
    draft: Draft,
    key: str | None = None,
    digest: str | None = None,
    state: RunState = RunState.QUEUED,
) -> RunView | None:
    """Store a run with what it has from its parent; None where there is one of that key."""
    assert draft.check.data is not None
    if key is not None and runs.get_by_key(connection, key) is not None:
        return None
    num_steps, steps_per_epoch = planned_steps(draft.spec, draft.check.data.num_train)
    origin = draft.origin
    runs.add(
        connection,
        run=draft.run,
        spec=draft.spec,
        check=draft.check,
        status=state,
        num_steps=num_steps,
        steps_per_epoch=steps_per_epoch,
        created=datetime.now(UTC),
        started=None if state is RunState.QUEUED else datetime.now(UTC),
        parent=origin.asked.id if origin else None,
        forked_at=origin.step if origin else None,
        idempotency_key=key,
        request_digest=digest,
    )
    if origin is not None:
        history.inherit(connection, origin.asked.id, draft.run, origin.step, draft.events)
        epoch = origin.checkpoint.epoch if origin.checkpoint else 0.0
        runs.set_columns(connection, draft.run, step=origin.step, epoch=epoch)
    return runs.get(connection, draft.run)
