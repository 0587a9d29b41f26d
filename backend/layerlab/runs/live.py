"""A run that trains or waits to: its worker, what comes from it, and how it ends.

Whatever the worker says goes into the journal in the order it was said; a reply is passed on only when all before it is
stored. So whoever asked to pause finds the run paused, with every point up to there, when the answer comes.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from layerlab_schemas.run import RunProgress, RunSpec, RunState, RunView

from layerlab.figures import counted
from layerlab.runs.asking import Asking, problem_of, result_of
from layerlab.runs.children import Child, ChildGone, Executor, Message
from layerlab.runs.endings import Ending, in_words
from layerlab.runs.hub import Watch
from layerlab.runs.journal import Journal
from layerlab.runs.recorder import Entry
from layerlab.runs.refusals import NotNow
from layerlab.runs.standing import Standing, moving_part, now_text
from layerlab.settings import Settings

log = logging.getLogger(__name__)

#: A worker that hung up is gone after so long, or it is made to.
_END_SECONDS = 5.0


class LiveRun:
    """One run between its start and its end. ``on_change`` is called when its state has changed and is stored."""

    def __init__(
        self,
        view: RunView,
        journal: Journal,
        executor: Executor,
        settings: Settings,
        *,
        on_change: Callable[["LiveRun"], None],
    ) -> None:
        self.run = view.id
        self.spec: RunSpec = view.spec
        self.node_ids = [node.id for node in view.check.nodes]
        self.journal = journal
        self.standing = Standing(view.id, moving_part(view))
        self.commands = asyncio.Lock()
        self.active = False
        """True while it counts as training: set when it is let in, cleared when it rests or ends."""
        self.over = asyncio.Event()
        self._was_started = view.started is not None
        self._resume = view.status.has_ended
        self._is_fork = bool(view.forked_at)
        self._executor = executor
        self._settings = settings
        self._on_change = on_change
        self._child: Child | None = None
        self._asking: Asking | None = None
        self._watch = Watch()
        self._heard = monotonic()
        self._tasks: set[asyncio.Task[None]] = set()
        journal.on_trouble = self._on_trouble

    @property
    def status(self) -> RunState:
        """Its state."""
        return self.standing.status

    @property
    def progress(self) -> RunProgress:
        """The part of it that moves."""
        return self.standing.progress

    @property
    def has_worker(self) -> bool:
        """True while a process works for it."""
        return self._child is not None

    # Beginning

    @property
    def worker(self) -> int | str:
        """Tells its worker from others; several runs may share one."""
        return self.run if self._child is None else self._child.pid

    async def begin(
        self, spec: RunSpec, *, has_checkpoint: bool, paused: bool = False, child: Child | None = None
    ) -> None:
        """Give it a worker that trains, or one that rests; ``spec`` is the one that was posted.

        ``child`` is a worker that there is already.

        Raises:
            ChildGone: No worker could be started.
        """
        child = child or await self._executor.worker()
        if self.over.is_set():  # it was stopped or deleted while the worker was made
            child.kill()
            return
        self._child, self._asking = child, Asking(child)
        self._heard = monotonic()
        status = RunState.PAUSED if paused else RunState.RUNNING
        started = {} if self._was_started else {"started": now_text()}
        self._was_started = True
        await self.stand(status, None, columns={**started, "ended": None})
        await self._tell(child, self._asking, spec, has_checkpoint=has_checkpoint, paused=paused)

    async def adopt(self, child: Child, spec: RunSpec) -> None:
        """Begin with a worker that has built it already; its state is stored."""
        self._child, self._asking = child, Asking(child)
        self._heard = monotonic()
        self._on_change(self)
        paused = self.status is RunState.PAUSED
        await self._tell(child, self._asking, spec, has_checkpoint=False, paused=paused)

    async def _tell(self, child: Child, asking: Asking, spec: RunSpec, *, has_checkpoint: bool, paused: bool) -> None:
        start = {
            "type": "start",
            "run": self.run,
            "directory": str(self._settings.run_directory(self.run)),
            "spec": spec.model_dump(mode="json"),
            "resume": self._resume and has_checkpoint,
            "recorded_step": self.journal.last_steps.get("train/loss", 0) if self._resume or self._is_fork else None,
            "paused": paused,
            "checkpoint_bytes": self._settings.checkpoint_megabytes * 1_000_000,
            "watch": _said(self._watch),
        }
        self._spawn(self._read(child, asking))
        self._spawn(self._look_after(child))
        self._spawn(self._start(asking, start))
        await asyncio.sleep(0)  # the start is said before anything else

    async def _start(self, asking: Asking, start: Message) -> None:
        try:
            problem = problem_of(await asking.ask(start))
        except ChildGone:
            return  # the reader finds out how it ended
        if problem is not None:
            self.standing.fate = (RunState.FAILED, problem["detail"])
            self.kill()

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _say(self, message: Message) -> None:
        if self._child is not None:
            try:
                self._child.send(message)
            except ChildGone:
                log.info("Run %s: its worker is gone", self.run)  # the reader finds out how it ended

    def watch(self, wanted: Watch) -> None:
        """Tell the worker what viewers want measured, where that is something else than before."""
        if wanted != self._watch:
            self._watch = wanted
            self._say(_said(wanted))

    # Commands

    async def ask(self, message: Message) -> Any:
        """Tell the worker something and wait until it is done and stored.

        Raises:
            NotNow: The worker refuses, or ended before it was done.
            CannotUse: A value cannot be used.
        """
        if self._asking is None:
            raise NotNow("The run has just ended.")
        try:
            reply = await self._asking.ask(message)
        except ChildGone as error:
            raise NotNow(f"The run ended before it could {message['type']}.") from error
        return result_of(reply)

    def hold(self, seconds: float) -> None:
        """Let its next step wait so long; its state stays as it is."""
        self._say({"type": "hold", "id": 0, "seconds": seconds})

    async def rest(self) -> None:
        """Pause."""
        await self.ask({"type": "pause"})
        if self.status is RunState.RUNNING:
            await self.stand(RunState.PAUSED, None)

    async def go_on(self) -> None:
        """Leave the pause."""
        await self.ask({"type": "resume"})
        if self.status in (RunState.PAUSED, RunState.QUEUED):
            await self.stand(RunState.RUNNING, None)

    async def step(self, count: int) -> None:
        """Take single steps."""
        await self.ask({"type": "step", "count": count})

    async def save_at(self, step: int | None) -> None:
        """Write a checkpoint, where ``step`` is the newest (None) or one that has not come yet."""
        if self.has_worker and (step is None or step >= self.progress.step):
            with contextlib.suppress(NotNow):  # it ended, with a checkpoint
                await self.ask({"type": "save"})

    async def stop(self) -> None:
        """End it by wish; waits until the worker is gone."""
        await self.ask({"type": "stop"})
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self.over.wait()
        except TimeoutError:
            self.kill()
            await self.over.wait()

    async def end(self, status: RunState, reason: str) -> None:
        """End it in ``status``, without a worker or with one that still writes its checkpoint."""
        if self._child is None:
            self.over.set()
            if not self.status.has_ended:
                await self.stand(status, reason)
            self._on_change(self)
            return
        self.standing.fate = (status, reason)
        self._say({"type": "stop", "id": 0})

    def kill(self) -> None:
        """End its worker at once."""
        if self._child is not None:
            self._child.kill()

    async def stand(self, status: RunState, reason: str | None, *, columns: Mapping[str, Any] | None = None) -> None:
        """Move to ``status`` and store it."""
        await self.journal.write(self.standing.move(status, reason, columns))
        self._on_change(self)

    # What comes from the worker

    async def _read(self, child: Child, asking: Asking) -> None:
        try:
            while messages := await child.receive():
                self._heard = monotonic()
                await self._take(asking, messages)
        finally:
            ending = await _ending_of(child)
            await self._after(ending)
            asking.give_up()

    async def _take(self, asking: Asking, messages: list[Message]) -> None:
        before = self.status
        entries: list[Entry] = []
        for message in messages:
            if message["type"] == "reply":
                await self.journal.write(*entries)
                entries = []
                asking.answered(message)
            else:
                entries.extend(self.standing.entries(message))
        await self.journal.write(*entries)
        if self.status is not before:
            self._on_change(self)

    async def _after(self, ending: Ending) -> None:
        """The worker is gone; if it did not say how the run stands, we do."""
        self._child = self._asking = None
        await self.journal.write(*self.standing.broke_off(in_words(ending)))
        self.over.set()
        self._on_change(self)

    # Looking after it

    async def _look_after(self, child: Child) -> None:
        """End a worker that gives no sign of life while it should."""
        looked = monotonic()
        while self._child is child:
            await asyncio.sleep(1.0)
            if monotonic() - looked > 5.0:
                self._heard = monotonic()  # we were held up ourselves, so its silence says nothing
            looked = monotonic()
            busy = self.status is RunState.RUNNING or (self._asking is not None and self._asking.num_open > 0)
            limit = self._settings.hang_seconds if self.standing.is_built else self._settings.start_seconds
            if not busy:
                self._heard = looked
            elif looked - self._heard > limit:
                reason = f"The worker gave no sign of life for {counted(limit, 'second')}, so it was ended."
                self.standing.fate = self.standing.fate or (RunState.FAILED, reason)
                child.kill()
                return

    def _on_trouble(self, trouble: bool) -> None:
        """Training waits while nothing can be stored, so that nothing is lost (usually the disk is full)."""
        if trouble:
            self._say({"type": "pause", "id": 0})
        elif self.active:
            self._say({"type": "resume", "id": 0})


def _said(wanted: Watch) -> Message:
    return {"type": "watch", "probes": sorted(wanted.probes), "sample": wanted.sample, "in_crowd": wanted.in_crowd}


async def _ending_of(child: Child) -> Ending:
    """How the process ended; one that closed its connection and goes on is killed."""
    try:
        async with asyncio.timeout(_END_SECONDS):
            return await child.ending()
    except TimeoutError:
        child.kill()
        return Ending()
