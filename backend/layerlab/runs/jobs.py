"""Analyses that were asked for, and which are kept. A pure core: no process, no clock."""

import asyncio
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from layerlab_schemas.run import AnalysisView

from layerlab.runs.refusals import NoSuchAnalysis, TooMany
from layerlab.runs.snapshots import Snapshot

#: Analyses that may wait or be computed at once, of one run and of all.
MOST_OPEN, MOST_OPEN_IN_ALL = 8, 32
#: What is kept of those that are over.
KEPT_OF_A_RUN, KEPT_BYTES = 32, 64 * 1024 * 1024

Status = Literal["waiting", "running", "done", "cancelled", "failed"]


@dataclass(eq=False, kw_only=True)
class Job:
    """One analysis. ``over`` is set when it has ended, in whatever way."""

    run: str
    kind: str
    params: dict[str, Any]
    sample: int | None
    step: int
    start: Snapshot | None
    id: str = field(default_factory=lambda: f"a{secrets.token_hex(6)}")
    status: Status = "waiting"
    progress: float = 0.0
    reason: str | None = None
    seconds: float | None = None
    body: bytes | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for requests that ask for the same of the same state."""
        stamp = self.start.stamp if self.start else 0
        return self.kind, json.dumps(self.params, sort_keys=True), self.sample, self.step, stamp

    @property
    def is_open(self) -> bool:
        """True until it has ended."""
        return not self.over.is_set()

    def end(self, status: Status, reason: str | None = None) -> None:
        """It has ended; the first ending counts."""
        if self.is_open:
            self.status, self.reason = status, reason
            self.over.set()

    def view(self) -> AnalysisView:
        """As REST shows it."""
        names = AnalysisView.model_fields
        return AnalysisView(**{name: getattr(self, name) for name in names})


class Jobs:
    """The jobs of all runs, the oldest first."""

    def __init__(self) -> None:
        self._jobs: dict[str, dict[str, Job]] = {}

    def __iter__(self) -> Iterator[Job]:
        return (job for jobs in self._jobs.values() for job in jobs.values())

    def of(self, run: str) -> list[Job]:
        """Those of a run."""
        return list(self._jobs.get(run, {}).values())

    def get(self, run: str, number: str) -> Job:
        """One of them.

        Raises:
            NoSuchAnalysis: There is none of that id, or it was long ago.
        """
        job = self._jobs.get(run, {}).get(number)
        if job is None:
            raise NoSuchAnalysis(number)
        return job

    def enter(self, job: Job) -> Job:
        """Add a job, or find the equal one that is there already: several viewers share one.

        Raises:
            TooMany: As many as may be open are open.
        """
        for known in self.of(job.run):
            if known.key == job.key and known.status in ("waiting", "running", "done"):
                return known
        if sum(one.is_open for one in self.of(job.run)) >= MOST_OPEN:
            raise TooMany(f"{MOST_OPEN} analyses of this run are waiting already.", hint="Cancel one, or wait.")
        if sum(one.is_open for one in self) >= MOST_OPEN_IN_ALL:
            raise TooMany(f"{MOST_OPEN_IN_ALL} analyses are waiting already.", hint="Wait until one is done.")
        self._jobs.setdefault(job.run, {})[job.id] = job
        self._thin()
        return job

    def forget(self, run: str) -> list[Job]:
        """Take out all jobs of a run."""
        return list(self._jobs.pop(run, {}).values())

    def _thin(self) -> None:
        for jobs in self._jobs.values():
            over = [job for job in jobs.values() if not job.is_open]
            for job in over[: max(0, len(over) - KEPT_OF_A_RUN)]:
                del jobs[job.id]
        excess = sum(len(job.body or b"") for job in self) - KEPT_BYTES
        for job in [job for job in self if job.body]:
            if excess <= 0:
                return
            excess -= len(job.body or b"")
            del self._jobs[job.run][job.id]
