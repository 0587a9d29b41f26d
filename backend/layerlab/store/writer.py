"""The one writer: a thread that takes everything waiting, writes it in one transaction and then tells who waited.

Committing together is what makes "stored before shown" cheap: while one commit runs, the next batch gathers.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

#: Something to do inside a transaction. It must change nothing but the database, because it may be done twice.
Operation = Callable[[Connection], Any]


@dataclass(frozen=True)
class _Job:
    operations: Sequence[Operation]
    done: "Future[list[Any]]"


class Writer:
    """Runs operations in order, in its own thread, batched into commits."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self.num_commits = 0
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, operations: Sequence[Operation]) -> "Future[list[Any]]":
        """Do all of ``operations`` or none; the future has their results once they are committed."""
        job = _Job(operations, Future())
        job.done.set_running_or_notify_cancel()  # from here on it will be written, whoever stops waiting
        self._jobs.put(job)
        return job.done

    def close(self) -> None:
        """Write what is waiting, then end the thread."""
        self._jobs.put(None)
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        while (first := self._jobs.get()) is not None:
            jobs, last = self._gather(first)
            self._commit(jobs)
            if last:
                return

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        jobs = [first]
        while len(jobs) < 256:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            with self._engine.begin() as connection:
                results = [[operation(connection) for operation in job.operations] for job in jobs]
        except Exception as error:
            if len(jobs) == 1:
                jobs[0].done.set_exception(error)
                return
            for job in jobs:  # one bad job must not take the others with it
                self._commit([job])
        else:
            self.num_commits += 1
            for job, result in zip(jobs, results, strict=True):
                job.done.set_result(result)
