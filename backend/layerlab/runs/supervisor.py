"""All runs of a server: making, queueing, commanding, reading, and their fate when the server starts or ends."""

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial

from layerlab_schemas.run import (
    CheckpointList,
    ForkRequest,
    RunChange,
    RunSpec,
    RunState,
    RunView,
)
from layerlab_schemas.stream import Deleted, Subscribe

from layerlab.runs.analyses import Analyses
from layerlab.runs.candidates import Candidates
from layerlab.runs.changing import interrupt, write_change
from layerlab.runs.children import Child, ChildGone, Executor
from layerlab.runs.comparisons import Comparisons
from layerlab.runs.hub import NOTHING, Hub, Viewer, Watch
from layerlab.runs.inspector import Inspector
from layerlab.runs.journals import Journals
from layerlab.runs.live import LiveRun
from layerlab.runs.making import Draft, Maker
from layerlab.runs.records import Records
from layerlab.runs.refusals import CannotUse, NotNow, NotReady
from layerlab.runs.replacing import await_viewers, making_way
from layerlab.runs.respecify import worker_part
from layerlab.runs.room import Room
from layerlab.runs.states import Answer, Command, judge
from layerlab.runs.together import Together
from layerlab.runs.turns import Turns
from layerlab.runs.uploads import Uploads
from layerlab.settings import Settings
from layerlab.store import checkpoints, runs
from layerlab.store.store import Store
from layerlab.store.writer import Operation

log = logging.getLogger(__name__)


class Supervisor:
    """The one place that moves runs. Reads come from the store, so nothing is shown that is not kept (P1)."""

    def __init__(self, settings: Settings, store: Store, executor: Executor) -> None:
        self._settings = settings
        self._store = store
        self._executor = executor
        self.hub = Hub(history_bytes=settings.history_bytes, on_watch=self._on_watch)
        frame_bytes = settings.frame_megabytes * 1_000_000
        self.records = Records(store, frame_bytes=frame_bytes)
        self.inspector = Inspector(executor, answer_seconds=settings.answer_seconds)
        self.uploads = Uploads(settings, executor)
        self._candidates = Candidates(executor, answer_seconds=settings.answer_seconds)
        self._maker = Maker(store, self.records, self.inspector, self._candidates, settings)
        self._live: dict[str, LiveRun] = {}
        self._turns = Turns(settings.max_running, num_training=lambda: self.num_running, begin=self._begin)
        self._room = Room(settings, self._live, self._turns)
        self._together = Together(executor, store, leave=self._turns.leave)
        self._journals = Journals(store, self.hub, is_live=self._live.__contains__, frame_bytes=frame_bytes)
        self.analyses = Analyses(
            settings, store, executor, self.inspector, self._journals, live=lambda run: self._live.get(run)
        )
        self.comparisons = Comparisons(settings, store, self.inspector, self)
        self._making = asyncio.Lock()
        self._closing = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Say of the runs that the last server left behind that they were interrupted; get the processes ready."""
        await self.uploads.clean()
        for view in await self._store.read(runs.unfinished):
            await interrupt(view, await self._journals.of(view.id))
        await self._executor.start()
        self._spawn(self._warm())

    async def _warm(self) -> None:
        try:
            await self.inspector.catalog()
        except (NotReady, CannotUse) as error:
            log.warning("The catalogue is not there yet: %s", error)

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
        """Workers that train."""
        return self._room.num_training

    @property
    def num_queued(self) -> int:
        """Runs that wait for their turn."""
        return len(self._turns)

    async def subscribe(self, viewer: Viewer, wish: Subscribe) -> bool:
        """Let a viewer follow a run. False when there is no such run."""
        return await self._journals.subscribe(viewer, wish)

    def _on_watch(self, run: str, watch: Watch) -> None:
        if live := self._live.get(run):
            live.watch(watch)

    # Making

    async def create(
        self,
        spec: RunSpec,
        *,
        start: bool = True,
        idempotency_key: str | None = None,
        digest: str = "",
        replaces: str | None = None,
    ) -> RunView:
        """Check, store and start a run, or queue it, or leave it paused at step 0.

        One that it replaces stands still and is stopped then; it goes on when this one is refused.

        Raises:
            CannotUse: The spec has problems.
            KeyUsed: The key came with another body before.
            TooMany: As many runs as may wait are waiting.
        """
        watch = self.hub.watched(replaces) if replaces else NOTHING
        async with making_way(self._live.get(replaces or ""), self._spawn):
            draft = partial(self._maker.draft, spec, with_worker=self._room.begins_at_once(start=start))
            view = await self._make(draft, start, idempotency_key, digest, watch)
        if replaces or not start:  # a hand tries settings: the next one comes soon
            self._candidates.spare.make(view.spec, view.check, watch.probes)
        return view

    async def fork(
        self,
        run: str,
        wish: ForkRequest,
        *,
        start: bool = True,
        idempotency_key: str | None = None,
        digest: str = "",
    ) -> RunView:
        """Make a run that goes on from a checkpoint of ``run``; one that trains saves one first, where it is near.

        Raises:
            NoSuchRun: There is no such run.
            NotNow: There is no checkpoint to go on from.
            CannotUse: A change cannot be, or not at that step.
            KeyUsed: The key came with another body before.
            TooMany: As many runs as may wait are waiting.
        """

        async def draft() -> Draft:
            if (live := self._live.get(run)) is not None:
                await live.save_at(wish.at_step)
            return await self._maker.fork(run, wish)

        return await self._make(draft, start, idempotency_key, digest)

    async def _make(
        self,
        make_draft: Callable[[], Awaitable[Draft]],
        start: bool,
        key: str | None,
        digest: str,
        watch: Watch = NOTHING,
    ) -> RunView:
        self._refuse_when_closing()
        if (known := await self._maker.known(key, digest)) is not None:
            return known
        draft = await make_draft()
        async with self._maker.discarding(draft) as keep, self._making:
            self._refuse_when_closing()
            self._room.refuse_when_full()
            is_adopted = draft.worker is not None and self._room.begins_at_once(start=start)
            state = RunState.QUEUED if not is_adopted else RunState.RUNNING if start else RunState.PAUSED
            view = await self._maker.add(draft, key, digest, state)
            if view is None:
                known = await self._maker.known(key, digest)
                assert known is not None
                return known
            keep()
            if draft.worker is not None and is_adopted:
                live = await self._adopt(view, draft.worker, watch)
            else:
                draft.dismiss()
                live = await self._revive(view)
                await (self._turns.enter(live) if start else self._begin(live, paused=True))
        if is_adopted and (start or watch != NOTHING):  # who watches sees on the socket what is measured at the start
            return view
        if not start:
            with contextlib.suppress(NotNow):  # it ended; the view says why
                await live.rest()
        return await self.records.view(live.run)

    async def admit(self, groups: Sequence[Sequence[str]], *operations: Operation) -> None:
        """Store runs that are made together, all or none; those of a group train in lockstep when their turn comes."""
        self._refuse_when_closing()
        async with self._making:
            self._room.refuse_when_full(sum(map(len, groups)))
            await self._store.write(*operations)
            lives: list[LiveRun] = []
            for group in groups:
                lives += self._together.add([await self._revive(await self.records.view(run)) for run in group])
            for live in lives:
                if not (live.has_worker or live.over.is_set()):
                    await self._turns.enter(live)

    def _refuse_when_closing(self) -> None:
        if self._closing:
            raise NotReady("The server is ending.")

    async def _adopt(self, view: RunView, worker: Child, watch: Watch) -> LiveRun:
        """Let a run that was just stored begin with the worker that has built it."""
        journal = await self._journals.begin(view.id)
        live = LiveRun(view, journal, self._executor, self._settings, on_change=self._on_change)
        self._live[view.id] = live
        live.watch(watch)
        await live.adopt(worker, view.spec)
        self._spawn(await_viewers(live, self.hub))
        return live

    async def _revive(self, view: RunView) -> LiveRun:
        journal = await self._journals.of(view.id)
        live = LiveRun(view, journal, self._executor, self._settings, on_change=self._on_change)
        self._live[view.id] = live
        await self._journals.of(view.id)  # now that it lives, its channel is kept
        live.watch(self.hub.watched(view.id))
        return live

    async def checkpoints(self, run: str) -> CheckpointList:
        """What a fork of ``run`` can go on from, the oldest first.

        Raises:
            NoSuchRun: There is no such run.
        """
        return CheckpointList(checkpoints=await self._maker.origins.listed(await self.records.view(run)))

    # Beginning

    async def _begin(self, live: LiveRun, *, paused: bool = False) -> None:
        live.active = not paused
        try:
            if live.has_worker:
                await live.go_on()
            elif not await self._together.begin(live):
                spec = await self._store.read(partial(runs.original_spec, run=live.run))
                has_checkpoint = await self._store.read(partial(checkpoints.newest, run=live.run)) is not None
                await live.begin(spec, has_checkpoint=has_checkpoint, paused=paused)
        except ChildGone:
            await live.end(RunState.FAILED, "No worker could be started. The log of the server tells more.")

    def _on_change(self, live: LiveRun) -> None:
        """A run has moved: what follows for the others."""
        if live.status is not RunState.QUEUED:
            live.active = live.status is RunState.RUNNING
            self._turns.leave(live)
        if live.over.is_set() and self._live.get(live.run) is live:
            del self._live[live.run]
            self.hub.retire(live.run)
        if len(self._turns) and not self._closing:
            self._spawn(self._turns.move_on())

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
            await self._command_ended(await self.records.view(run), command)
        else:
            async with live.commands:
                answer = judge(command, live.status, resumable=False)
                if answer not in (Answer.DO, Answer.ALREADY):
                    raise NotNow(answer)
                if answer is Answer.DO:
                    await self._command_live(live, command, count)
        return await self.records.view(run)

    async def _command_ended(self, view: RunView, command: Command) -> None:
        async with self._making:
            answer = judge(command, view.status, resumable=view.resumable)
            if answer is Answer.ALREADY:
                return
            if answer is not Answer.DO:
                raise NotNow(answer)
            if view.id in self._live:
                return  # somebody else has just resumed it
            self._room.refuse_when_full()
            await self._turns.enter(await self._revive(view))

    async def _command_live(self, live: LiveRun, command: Command, count: int) -> None:
        match command:
            case Command.PAUSE if live in self._turns:
                self._turns.leave(live)
                await live.stand(RunState.PAUSED, None)
            case Command.PAUSE:
                await live.rest()
            case Command.RESUME:
                await self._turns.enter(live)
            case Command.STEP:
                if not live.has_worker:
                    await self._begin(live, paused=True)
                await live.step(count)
            case Command.STOP if live.has_worker:
                await live.stop()
            case Command.STOP:
                await live.end(RunState.STOPPED, "Stopped before it began.")

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
            view = await self.records.view(run)
            answer = Answer.DO if for_worker is None else judge(Command.CHANGE, view.status, resumable=False)
            if answer is not Answer.DO:
                raise NotNow(answer)
            await write_change(await self._journals.of(run), view.spec, change, view)
        else:
            async with live.commands:
                await self._change_live(live, change, for_worker)
        return await self.records.view(run)

    async def _change_live(self, live: LiveRun, change: RunChange, for_worker: RunChange | None) -> None:
        if for_worker is not None:
            if not live.has_worker:
                raise NotNow("The run has not begun, so only its name and tags can change.")
            await live.ask({"type": "change", "change": for_worker.model_dump(mode="json", exclude_none=True)})
        view = await self.records.view(live.run)
        live.spec = await write_change(live.journal, live.spec, change, view)

    async def delete(self, run: str) -> None:
        """End the run if it lives, then delete its rows and files, and tell its viewers.

        Raises:
            NoSuchRun: There is no such run.
        """
        await self.records.view(run)
        if (live := self._live.get(run)) is not None:
            await live.end(RunState.STOPPED, "Deleted.")
            live.kill()
            await live.over.wait()
        await self.analyses.forget(run)
        await self._journals.remove(run)
        await self._store.write(partial(runs.remove, run=run))
        self.hub.remove(run, Deleted(type="deleted", run=run).model_dump_json())
        await asyncio.to_thread(shutil.rmtree, self._settings.run_directory(run), ignore_errors=True)

    # The end

    async def close(self) -> None:
        """Interrupt what lives, with a checkpoint each, and end all processes. May be called twice."""
        if self._closing:
            return
        self._closing = True
        self._turns.close()
        self._candidates.spare.close()
        await self.analyses.close()
        alive = list(self._live.values())
        for live in alive:
            reason = "The server was stopped before this run began."
            if live.has_worker:
                doing = "paused" if live.status is RunState.PAUSED else "training"
                reason = f"The server was stopped while this run was {doing}."
            await live.end(RunState.INTERRUPTED, reason)
        waits = [asyncio.create_task(live.over.wait()) for live in alive]
        if waits:
            _, late = await asyncio.wait(waits, timeout=self._settings.stop_seconds)
            for live in alive:
                live.kill()
            if late:
                await asyncio.wait(late, timeout=1.0)
        await self.inspector.close()
        await self._executor.close()
        await self._store.close()
