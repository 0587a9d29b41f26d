"""All runs of a server: making, queueing, commanding, reading, and their fate when the server starts or ends."""

import asyncio
import logging
import secrets
import shutil
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial

from layerlab_schemas.graph import CheckResult
from layerlab_schemas.problems import Severity
from layerlab_schemas.run import CheckRequest, EventKind, RunChange, RunProgress, RunSpec, RunState, RunView
from layerlab_schemas.server import DatasetPreview, PreviewRequest
from layerlab_schemas.stream import Deleted, Subscribe
from sqlalchemy.exc import IntegrityError

from layerlab.runs import reading
from layerlab.runs.children import ChildGone, Executor
from layerlab.runs.hub import Hub, Viewer, Watch
from layerlab.runs.inspector import Inspector
from layerlab.runs.journal import Journal
from layerlab.runs.live import LiveRun, event
from layerlab.runs.planned import planned_steps
from layerlab.runs.queue_words import place_in_queue
from layerlab.runs.recorder import Entry, Respecified, Stands, frame_message
from layerlab.runs.refusals import CannotUse, KeyUsed, NoSuchRun, NotNow, NotReady, TooMany
from layerlab.runs.respecify import respecify, worker_part
from layerlab.runs.states import Answer, Command, judge
from layerlab.settings import Settings
from layerlab.store import checkpoints, frames, runs
from layerlab.store import curves as curve_store
from layerlab.store.curves import Curve
from layerlab.store.store import Store

log = logging.getLogger(__name__)

_SNAPSHOT_TRIES = 5


class Supervisor:
    """The one place that moves runs. Reads come from the store, so nothing is shown that is not kept (P1)."""

    def __init__(self, settings: Settings, store: Store, executor: Executor) -> None:
        self._settings = settings
        self._store = store
        self._executor = executor
        self.hub = Hub(history_bytes=settings.history_bytes, on_watch=self._on_watch)
        self._inspector = Inspector(executor, answer_seconds=settings.answer_seconds)
        self._live: dict[str, LiveRun] = {}
        self._queue: list[LiveRun] = []
        self._journals: dict[str, Journal] = {}
        self._opening = asyncio.Lock()
        self._making = asyncio.Lock()
        self._closing = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Say of the runs that the last server left behind that they were interrupted; get the processes ready."""
        for view in await self._store.read(runs.unfinished):
            await self._interrupt(view)
        await self._executor.start()
        self._spawn(self._warm())

    async def _warm(self) -> None:
        try:
            await self.catalog()
        except (NotReady, CannotUse) as error:
            log.warning("The catalogue is not there yet: %s", error)

    async def _interrupt(self, view: RunView) -> None:
        waited = view.status is RunState.QUEUED
        reason = f"The server ended while this run was {'waiting' if waited else view.status.value}."
        progress = RunProgress(**{name: getattr(view, name) for name in RunProgress.model_fields})
        progress = progress.model_copy(update={"status": RunState.INTERRUPTED, "reason": reason})
        journal = await self._journal(view.id)
        stands = Stands(progress, {"ended": datetime.now(UTC).isoformat()})
        await journal.write(event(EventKind.STATUS, view.step, reason), stands)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def ready(self) -> bool:
        """True once a run would start at once."""
        return self._executor.ready and not self._closing

    @property
    def num_running(self) -> int:
        """Runs that train."""
        return sum(live.active for live in self._live.values())

    @property
    def num_queued(self) -> int:
        """Runs that wait for their turn."""
        return len(self._queue)

    # Journals and channels

    async def _journal(self, run: str) -> Journal:
        """The one journal of a run.

        Raises:
            NoSuchRun: There is no such run.
        """
        async with self._opening:
            if (journal := self._journals.get(run)) is None:
                journal = await Journal.load(run, self._store, self.hub)
                if journal is None:
                    raise NoSuchRun(run)
                self._journals[run] = journal
                self._forget_idle_journals(keep=run)
            return journal

    def _forget_idle_journals(self, keep: str) -> None:
        idle = [run for run, journal in self._journals.items() if run not in self._live and not journal.busy]
        for run in idle[: max(0, len(idle) - 64)]:
            if run != keep:
                del self._journals[run]

    async def subscribe(self, viewer: Viewer, wish: Subscribe) -> bool:
        """Let a viewer follow a run, from where it was or from a snapshot. False when there is no such run."""
        try:
            await self._recall_frames(wish.run, wish.probes)
            journal = await self._journal(wish.run)
        except NoSuchRun:
            return False
        self.hub.open(wish.run, journal.published_seq, live=wish.run in self._live)
        joined = self.hub.subscribe(viewer, wish.run, probes=wish.probes, sample=wish.sample, from_seq=wish.from_seq)
        for _ in range(_SNAPSHOT_TRIES):
            if joined:
                return True
            snapshot = await self._store.read(partial(reading.snapshot, run=wish.run))
            if snapshot is None:
                return False
            joined = self.hub.admit(viewer, wish.run, *snapshot)
        return joined

    async def _recall_frames(self, run: str, probes: Sequence[str]) -> None:
        journal = await self._journal(run)
        self.hub.open(run, journal.published_seq, live=run in self._live)
        if missing := self.hub.missing_frames(run, probes):
            found = await self._store.read(partial(frames.newest, run=run, probes=missing))
            for probe, (step, body) in found.items():
                message = frame_message(run, probe, step, body, seq=journal.published_seq, time=datetime.now(UTC))
                self.hub.remember_frame(run, probe, message)

    def _on_watch(self, run: str, watch: Watch) -> None:
        if live := self._live.get(run):
            live.watch(watch)

    # Reading

    async def get(self, run: str) -> RunView | None:
        """One run as it is stored."""
        return await self._store.read(partial(runs.get, run=run))

    async def _view(self, run: str) -> RunView:
        view = await self.get(run)
        if view is None:
            raise NoSuchRun(run)
        return view

    async def find(
        self,
        *,
        statuses: Sequence[RunState],
        name: str | None,
        tag: str | None,
        sort: str,
        descending: bool,
        offset: int,
        limit: int,
    ) -> tuple[list[RunView], int]:
        """A page of runs, and how many fit in all."""
        question = partial(
            runs.find,
            statuses=statuses,
            name=name,
            tag=tag,
            sort=sort,
            descending=descending,
            offset=offset,
            limit=limit,
        )
        return await self._store.read(question)

    async def curves(self, run: str, names: Sequence[str] | None) -> dict[str, Curve]:
        """Stored curves."""
        await self._view(run)
        return await self._store.read(partial(curve_store.read, run=run, names=names))

    async def frame(self, run: str, probe: str, step: int | None) -> bytes | None:
        """The recorded frame at a step or before it."""
        await self._view(run)
        return await self._store.read(partial(frames.nearest, run=run, probe=probe, step=step))

    async def recorded_steps(self, run: str, probe: str) -> list[int]:
        """The steps at which a probe was recorded."""
        await self._view(run)
        return await self._store.read(partial(frames.steps, run=run, probe=probe))

    async def frames(self, run: str, probe: str, steps: Sequence[int]) -> list[bytes]:
        """The frames recorded at ``steps``."""
        return await self._store.read(partial(frames.bodies, run=run, probe=probe, chosen=steps))

    async def catalog(self) -> bytes:
        """The catalogue as JSON."""
        return await self._inspector.catalog()

    async def check(self, request: CheckRequest) -> CheckResult:
        """What is known of a network before it exists."""
        return await self._inspector.check(request)

    async def preview(self, request: PreviewRequest) -> DatasetPreview:
        """A look at a dataset."""
        return await self._inspector.preview(request)

    # Making

    async def create(
        self, spec: RunSpec, *, start: bool = True, idempotency_key: str | None = None, digest: str = ""
    ) -> RunView:
        """Check, store and start a run, or queue it, or leave it paused at step 0.

        Raises:
            CannotUse: The spec has problems.
            KeyUsed: The key came with another body before.
            TooMany: As many runs as may wait are waiting.
        """
        self._refuse_when_closing()
        if (known := await self._known(idempotency_key, digest)) is not None:
            return known
        check = await self._inspector.check(spec)
        if not check.ok:
            errors = [problem for problem in check.problems if problem.severity is Severity.ERROR]
            raise CannotUse(_first_words(errors[0].message, len(errors)), check.problems)
        async with self._making:
            if (known := await self._known(idempotency_key, digest)) is not None:
                return known
            self._refuse_when_full()
            live = await self._add(spec, check, idempotency_key, digest)
            await (self._let_in(live) if start else self._begin(live, paused=True))
        return await self._view(live.run)

    def _refuse_when_closing(self) -> None:
        if self._closing:
            raise NotReady("The server is ending.")

    def _refuse_when_full(self) -> None:
        if len(self._queue) >= self._settings.max_waiting:
            raise TooMany(f"{len(self._queue)} runs are waiting already.", hint="Stop one, or wait for one to end.")
        num_workers = sum(live.has_worker for live in self._live.values())
        if num_workers >= self._settings.max_workers:
            raise TooMany(f"{num_workers} runs are in memory already.", hint="Stop one that is paused.")

    async def _known(self, key: str | None, digest: str) -> RunView | None:
        found = None if key is None else await self._store.read(partial(runs.get_by_key, idempotency_key=key))
        if found is None:
            return None
        run, known_digest = found
        if known_digest != digest:
            raise KeyUsed("This Idempotency-Key was used before, with another body.", hint="Use a new key.")
        return await self._view(run)

    async def _add(self, spec: RunSpec, check: CheckResult, key: str | None, digest: str) -> LiveRun:
        run = f"r{secrets.token_hex(6)}"
        assert check.data is not None
        num_steps, steps_per_epoch = planned_steps(spec, check.data.num_train)
        add = partial(
            runs.add,
            run=run,
            spec=spec,
            check=check,
            status=RunState.QUEUED,
            num_steps=num_steps,
            steps_per_epoch=steps_per_epoch,
            created=datetime.now(UTC),
            idempotency_key=key,
            request_digest=digest,
        )
        try:
            await self._store.write(add)
        except IntegrityError as error:
            raise KeyUsed("This Idempotency-Key was used before.", hint="Use a new key.") from error
        return await self._revive(await self._view(run))

    async def _revive(self, view: RunView) -> LiveRun:
        journal = await self._journal(view.id)
        live = LiveRun(view, journal, self._executor, self._settings, on_change=self._on_change)
        self._live[view.id] = live
        self.hub.open(view.id, journal.published_seq, live=True)
        live.watch(self.hub.watched(view.id))
        return live

    # The queue

    async def _let_in(self, live: LiveRun) -> None:
        """Let a run train now, or put it at the end of the queue."""
        if self._queue or self.num_running >= self._settings.max_running:
            self._queue.append(live)
            await live.stand(RunState.QUEUED, place_in_queue(len(self._queue) - 1))
            return
        live.active = True
        await self._begin(live)

    async def _begin(self, live: LiveRun, *, paused: bool = False) -> None:
        live.active = not paused
        try:
            if live.has_worker:
                await live.go_on()
            else:
                spec = await self._store.read(partial(runs.original_spec, run=live.run))
                has_checkpoint = await self._store.read(partial(checkpoints.newest, run=live.run)) is not None
                await live.begin(spec, has_checkpoint=has_checkpoint, paused=paused)
        except ChildGone:
            await live.end(RunState.FAILED, "No worker could be started. The log of the server tells more.")
            self._on_change(live)

    def _on_change(self, live: LiveRun) -> None:
        """A run has moved: what follows for the queue."""
        if live.status is not RunState.QUEUED:
            live.active = live.status is RunState.RUNNING
        if live.over.is_set() and self._live.get(live.run) is live:
            del self._live[live.run]
            self.hub.retire(live.run)
        if live in self._queue and live.status is not RunState.QUEUED:
            self._queue.remove(live)
        if self._queue and not self._closing:
            self._spawn(self._serve_queue())

    async def _serve_queue(self) -> None:
        while self._queue and self.num_running < self._settings.max_running and not self._closing:
            live = self._queue.pop(0)
            live.active = True
            await self._begin(live)
        for place, live in enumerate(list(self._queue)):
            words = place_in_queue(place)
            if live.status is RunState.QUEUED and live.progress.reason != words and live in self._queue:
                await live.stand(RunState.QUEUED, words)

    # Commands

    async def command(self, run: str, command: Command, *, count: int = 1) -> RunView:
        """Do what was asked, and answer when it is done.

        Raises:
            NoSuchRun: There is no such run.
            NotNow: Its state does not allow it.
        """
        if command is Command.RESUME:
            self._refuse_when_closing()
        live = self._live.get(run)
        if live is None:
            await self._command_ended(await self._view(run), command)
        else:
            async with live.commands:
                answer = judge(command, live.status, resumable=False)
                if answer not in (Answer.DO, Answer.ALREADY):
                    raise NotNow(answer)
                if answer is Answer.DO:
                    await self._command_live(live, command, count)
        return await self._view(run)

    async def _command_ended(self, view: RunView, command: Command) -> None:
        async with self._making:
            # A run without a checkpoint goes on too: it is trained again from its first step, bit for bit the same.
            answer = judge(command, view.status, resumable=True)
            if answer is Answer.ALREADY:
                return
            if answer is not Answer.DO:
                raise NotNow(answer)
            if view.id in self._live:
                return  # somebody else has just resumed it
            self._refuse_when_full()
            await self._let_in(await self._revive(view))

    async def _command_live(self, live: LiveRun, command: Command, count: int) -> None:
        match command:
            case Command.PAUSE if live in self._queue:
                self._queue.remove(live)
                await live.stand(RunState.PAUSED, None)
            case Command.PAUSE:
                await live.rest()
            case Command.RESUME:
                await self._let_in(live)
            case Command.STEP:
                if not live.has_worker:
                    await self._begin(live, paused=True)
                await live.step(count)
            case Command.STOP if live.has_worker:
                await live.stop()
            case Command.STOP:
                await live.end(RunState.STOPPED, "Stopped before it began.")
                self._on_change(live)

    async def change(self, run: str, change: RunChange) -> RunView:
        """Change a run: name and tags always, the rest while it lives. Answers when the next batch uses it.

        Raises:
            NoSuchRun: There is no such run.
            NotNow: It has ended, so only its name and tags can change.
            CannotUse: A value cannot be used.
        """
        for_worker = worker_part(change)
        live = self._live.get(run)
        if live is None:
            view = await self._view(run)
            answer = Answer.DO if for_worker is None else judge(Command.CHANGE, view.status, resumable=False)
            if answer is not Answer.DO:
                raise NotNow(answer)
            await self._write_change(await self._journal(run), view.spec, change, view)
        else:
            async with live.commands:
                await self._change_live(live, change, for_worker)
        return await self._view(run)

    async def _change_live(self, live: LiveRun, change: RunChange, for_worker: RunChange | None) -> None:
        if for_worker is not None:
            if not live.has_worker:
                raise NotNow("The run has not begun, so only its name and tags can change.")
            await live.ask({"type": "change", "change": for_worker.model_dump(mode="json", exclude_none=True)})
        view = await self._view(live.run)
        live.spec = await self._write_change(live.journal, live.spec, change, view)

    async def _write_change(self, journal: Journal, spec: RunSpec, change: RunChange, view: RunView) -> RunSpec:
        changed = respecify(spec, change, node_ids=[node.id for node in view.check.nodes])
        entries: list[Entry] = [Respecified(changed)]
        if change.name is not None and change.name != spec.name:
            entries.append(event(EventKind.CHANGE, view.step, f"renamed to {change.name}"))
        await journal.write(*entries)
        return changed

    async def delete(self, run: str) -> None:
        """End the run if it lives, then delete its rows and files, and tell its viewers.

        Raises:
            NoSuchRun: There is no such run.
        """
        await self._view(run)
        if (live := self._live.get(run)) is not None:
            await live.end(RunState.STOPPED, "Deleted.")
            live.kill()
            await live.over.wait()
            self._on_change(live)
        journal = self._journals.pop(run, None)
        if journal is not None:
            await journal.close()
        await self._store.write(partial(runs.remove, run=run))
        self.hub.remove(run, Deleted(type="deleted", run=run).model_dump_json())
        await asyncio.to_thread(shutil.rmtree, self._settings.run_directory(run), ignore_errors=True)

    # The end

    async def close(self) -> None:
        """Interrupt what lives, with a checkpoint each, and end all processes. May be called twice."""
        if self._closing:
            return
        self._closing = True
        self._queue.clear()
        alive = list(self._live.values())
        for live in alive:
            reason = "The server was stopped before this run began."
            if live.has_worker:
                reason = "The server was stopped while this run was training."
            await live.end(RunState.INTERRUPTED, reason)
        waits = [asyncio.create_task(live.over.wait()) for live in alive]
        if waits:
            _, late = await asyncio.wait(waits, timeout=self._settings.stop_seconds)
            for live in alive:
                live.kill()
            if late:
                await asyncio.wait(late, timeout=1.0)
        await self._inspector.close()
        await self._executor.close()
        await self._store.close()


def _first_words(message: str, count: int) -> str:
    return message if count == 1 else f"{message} (and {count - 1} more)"
