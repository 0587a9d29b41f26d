"""Analyses of all runs: which state each starts from, whose turn it is, and what becomes of the result.

Each run that is analysed has a process of its own, kept for a while so that the next question is answered quickly.
There are at most ``max_analysts`` of them; the one that has been idle longest makes room.
"""

import asyncio
import json
import logging
import shutil
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from functools import partial
from time import monotonic
from typing import Any

from layerlab_schemas.run import AnalysisRequest, AnalysisView, RunState, RunView

from layerlab.runs import snapshots
from layerlab.runs.analyst import Analyst, Refused
from layerlab.runs.children import ChildGone, Executor
from layerlab.runs.folders import COPIES
from layerlab.runs.inspector import Inspector
from layerlab.runs.jobs import Job, Jobs
from layerlab.runs.journals import Journals
from layerlab.runs.live import LiveRun
from layerlab.runs.recorder import Measured
from layerlab.runs.records import Records
from layerlab.runs.refusals import NoFrameYet, NoSuchRun, NotNow, NotReady
from layerlab.runs.snapshots import Snapshot
from layerlab.settings import Settings
from layerlab.store import runs
from layerlab.store.store import Store

log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
_CHECKS_KEPT = 256


class Analyses:
    """All analyses. ``live`` gives a run that has a worker, or None."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        executor: Executor,
        inspector: Inspector,
        journals: Journals,
        *,
        live: Callable[[str], LiveRun | None],
    ) -> None:
        self._settings = settings
        self._store = store
        self._executor = executor
        self._inspector = inspector
        self._journals = journals
        self._records = Records(store)
        self._live = live
        self._jobs = Jobs()
        self._checks: OrderedDict[tuple[str, str, str], dict[str, Any]] = OrderedDict()
        self._analysts: dict[str, Analyst] = {}
        self._serving: dict[str, asyncio.Task[None]] = {}
        self._has_room = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    # Asking

    async def ask(self, run: str, request: AnalysisRequest, *, wait: float = 0.0) -> AnalysisView:
        """Have it computed, or find the equal one that is; answers when it is over or after ``wait`` seconds.

        Raises:
            NoSuchRun: There is no such run.
            CannotUse: No such analysis, a field that cannot be used, or a network to which it does not apply.
            TooMany: As many as may wait are waiting.
        """
        if self._closing:
            raise NotReady("The server is ending.")
        view = await self._records.view(run)
        checked = await self._checked(view, request)
        start, step = await self._start_of(view, request.at_step) if checked["reads_state"] else (None, 0)
        sample = _sample(view, request.sample) if checked["shows_sample"] else None
        job = self._jobs.enter(
            Job(run=run, kind=checked["kind"], params=checked["params"], sample=sample, step=step, start=start)
        )
        if job.is_open and run not in self._serving:
            self._serving[run] = self._spawn(self._serve(run))
        return await self._waited(job, wait)

    async def _checked(self, view: RunView, request: AnalysisRequest) -> dict[str, Any]:
        key = (view.id, request.kind, json.dumps(request.params, sort_keys=True))
        found = self._checks.get(key)
        if found is None:
            spec = await self._store.read(partial(runs.original_spec, run=view.id))
            found = self._checks[key] = await self._inspector.check_analysis(spec, request.kind, request.params)
            while len(self._checks) > _CHECKS_KEPT:
                self._checks.popitem(last=False)
        return found

    async def _start_of(self, view: RunView, at_step: int | None) -> tuple[Snapshot | None, int]:
        """The state to begin with and its step; no state is the run at step 0, built anew."""
        if at_step is None:
            at_step = await self._copied(view)
        owner = await self._owner(view, at_step)
        directory = self._settings.run_directory(owner.id)
        found = await asyncio.to_thread(snapshots.nearest, directory, at_step)
        if found is None and owner.forked_at:
            raise NotNow("This fork has not begun, so there is no state of it yet.", hint="Ask again in a moment.")
        return found, found.step if found else 0

    async def _owner(self, view: RunView, at_step: int | None) -> RunView:
        """The run that has the state of that step: this one, or before it began, the one it was forked from."""
        owner = view
        while at_step is not None and owner.forked_at and owner.parent and at_step < owner.forked_at:
            try:
                owner = await self._records.view(owner.parent)
            except NoSuchRun as error:
                message = f"The state of step {at_step} went with the run that this one was forked from."
                raise NotNow(message, hint=f"Ask at step {owner.forked_at} or later.") from error
        return owner

    async def _copied(self, view: RunView) -> int | None:
        """The step of a copy that the worker has just written; None where the newest checkpoint has to do."""
        live = self._live(view.id)
        if live is None or not live.has_worker or live.status not in (RunState.RUNNING, RunState.PAUSED):
            return None
        try:
            reply = await live.ask({"type": "copy"})
        except NotNow as error:
            log.info("Run %s gives no copy of its state: %s", view.id, error)
            return None
        step = reply["step"]
        return None if step is None else int(step)

    async def _waited(self, job: Job, seconds: float) -> AnalysisView:
        if seconds and job.is_open:
            try:
                async with asyncio.timeout(seconds):
                    await job.over.wait()
            except TimeoutError:
                pass
        return job.view()

    # Looking

    async def of(self, run: str) -> list[AnalysisView]:
        """Those of a run, the newest first."""
        await self._records.view(run)
        return [job.view() for job in reversed(self._jobs.of(run))]

    async def view(self, run: str, analysis: str, *, wait: float = 0.0) -> AnalysisView:
        """One of them, as soon as it is over or after ``wait`` seconds."""
        await self._records.view(run)
        return await self._waited(self._jobs.get(run, analysis), wait)

    async def frame(self, run: str, analysis: str) -> bytes:
        """Its result, message pack of a frame.

        Raises:
            NoFrameYet: It is not done.
        """
        await self._records.view(run)
        job = self._jobs.get(run, analysis)
        if job.body is None:
            raise NoFrameYet(f"The analysis is {job.status}, so there is no frame of it.")
        return job.body

    async def cancel(self, run: str, analysis: str) -> None:
        """Nobody wants it any more; one that is over stays as it is."""
        await self._records.view(run)
        job = self._jobs.get(run, analysis)
        was_running = job.status == "running"
        job.end("cancelled", "It was cancelled.")
        if was_running and (analyst := self._analysts.get(run)) is not None:
            await analyst.cancel(job)

    # Working

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _serve(self, run: str) -> None:
        """Make all analyses of a run that wait, one after the other."""
        try:
            while (job := next((one for one in self._jobs.of(run) if one.status == "waiting"), None)) is not None:
                await self._do(job)
        finally:
            del self._serving[run]
        self._spawn(self._end_when_idle(run))

    async def _do(self, job: Job) -> None:
        analyst: Analyst | None = None
        try:
            analyst = await self._analyst_for(job.run)
            if job.status == "waiting":
                await self._make(job, analyst)
        except Refused as refused:
            job.end("failed", str(refused))
        except ChildGone:
            why = "No process could be started for it." if analyst is None else await analyst.why_gone()
            job.end("failed", f"{why} Ask again, or ask for less.")
        except NoSuchRun:
            job.end("cancelled", "The run was deleted.")
        except Exception:
            log.exception("The analysis %s of run %s failed", job.kind, job.run)
            job.end("failed", "Something unexpected went wrong. The server's log has the details.")
        finally:
            async with self._has_room:
                self._has_room.notify_all()

    async def _make(self, job: Job, analyst: Analyst) -> None:
        job.status, began = "running", monotonic()
        result = await analyst.make(job, seconds=self._settings.analysis_seconds)
        if job.status == "running":
            job.body, job.progress, job.seconds = result["body"], 1.0, monotonic() - began
            journal = await self._journals.of(job.run)
            await journal.write(Measured(job.kind, result["step"], result["body"]))
            job.end("done")

    async def _analyst_for(self, run: str) -> Analyst:
        """The process of a run; a new one waits until there is room."""
        async with self._has_room:
            while True:
                self._analysts = {name: one for name, one in self._analysts.items() if not one.is_gone}
                if (known := self._analysts.get(run)) is not None:
                    return known
                if len(self._analysts) < self._settings.max_analysts or self._make_room():
                    break
                await self._has_room.wait()
            analyst = await self._new_analyst(run)
            self._analysts[run] = analyst
            return analyst

    async def _new_analyst(self, run: str) -> Analyst:
        view = await self._records.view(run)
        return await Analyst.start(
            self._executor,
            run=run,
            directory=self._settings.run_directory(run),
            spec=await self._store.read(partial(runs.original_spec, run=run)),
            is_fork=bool(view.forked_at),
        )

    def _make_room(self) -> bool:
        """End the process that was used longest ago; False where each is at work."""
        idle = [(one.used, run) for run, one in self._analysts.items() if run not in self._serving]
        if idle:
            self._analysts.pop(min(idle)[1]).kill()
        return bool(idle)

    async def _end_when_idle(self, run: str) -> None:
        while (analyst := self._analysts.get(run)) is not None and run not in self._serving:
            if monotonic() - analyst.used >= self._settings.analyst_seconds:
                self._analysts.pop(run).kill()
                await self._remove_copies(run)
                return
            await asyncio.sleep(_LOOK_SECONDS)

    async def _remove_copies(self, run: str) -> None:
        folder = self._settings.run_directory(run) / COPIES
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    # The end

    async def forget(self, run: str) -> None:
        """The run is being deleted."""
        for job in self._jobs.forget(run):
            job.end("cancelled", "The run was deleted.")
        if (analyst := self._analysts.pop(run, None)) is not None:
            analyst.kill()
            await analyst.why_gone()

    async def close(self) -> None:
        """End all processes."""
        self._closing = True
        for run in {job.run for job in self._jobs}:
            await self.forget(run)
        for analyst in self._analysts.values():
            analyst.kill()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _sample(view: RunView, sample: int | None) -> int:
    """The chosen validation sample, or the last where there are not so many."""
    num = view.check.data.num_validation if view.check.data else 0
    return min(sample or 0, max(0, num - 1))
