"""The process that makes analyses of one run, as the server sees it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from layerlab_schemas.run import RunSpec

from layerlab.runs.asking import Asking, problem_of
from layerlab.runs.children import Child, ChildGone, Executor, Message
from layerlab.runs.endings import in_words
from layerlab.runs.jobs import Job

#: An analysis that is no longer wanted stops by itself within so long, or its process is ended.
_CANCEL_SECONDS = 2.0
_END_SECONDS = 2.0


class Refused(Exception):
    """The analysis could not be made; the text is for people."""


class Analyst:
    """One analyst child, from ``open`` to its end."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._asking = Asking(child)
        self._question = 0
        self._on_share: Callable[[float], None] = lambda share: None
        self._reading = asyncio.create_task(self._read())
        self.is_busy = False
        self.used = monotonic()

    @classmethod
    async def start(cls, executor: Executor, *, run: str, directory: Path, spec: RunSpec, is_fork: bool) -> "Analyst":
        """A new one.

        Raises:
            ChildGone: None could be started.
        """
        child = await executor.analyst()
        child.send({
            "type": "open", "run": run, "directory": str(directory), "spec": spec.model_dump(mode="json"),
            "is_fork": is_fork,
        })  # fmt: skip
        return cls(child)

    @property
    def is_gone(self) -> bool:
        """True when it has ended."""
        return self._reading.done()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._child.pid

    async def make(self, job: Job, *, seconds: float) -> Message:
        """Compute a job; returns its step and the frame.

        Raises:
            Refused: It cannot be made.
            ChildGone: The process ended over it.
        """
        self.is_busy, self._on_share = True, lambda share: setattr(job, "progress", share)
        question = {
            "type": "analyse", "kind": job.kind, "params": job.params, "sample": job.sample,
            "path": str(job.start.path) if job.start else None, "stamp": job.start.stamp if job.start else 0,
        }  # fmt: skip
        self._question += 1
        try:
            async with asyncio.timeout(seconds):
                reply = await self._asking.ask(question)
        except TimeoutError as error:
            self.kill()
            raise Refused(f"It took longer than {seconds / 60:g} minutes and was ended. Ask for less.") from error
        finally:
            self.is_busy, self.used = False, monotonic()
        if (problem := problem_of(reply)) is not None:
            raise Refused(_in_words(problem))
        return dict(reply["result"])

    async def cancel(self, job: Job) -> None:
        """Stop computing ``job``, gently or not."""
        try:
            self._child.send({"type": "cancel", "question": self._question})
            async with asyncio.timeout(_CANCEL_SECONDS):
                while self.is_busy and not self.is_gone:
                    await asyncio.sleep(0.02)
        except TimeoutError:
            self.kill()
        except ChildGone:
            return

    async def _read(self) -> None:
        while messages := await self._child.receive():
            for message in messages:
                if message["type"] == "share":
                    self._on_share(message["share"])
                else:
                    self._asking.answered(message)
        self._asking.give_up()

    async def why_gone(self) -> str:
        """How it ended, as a sentence."""
        try:
            async with asyncio.timeout(_END_SECONDS):
                return in_words(await self._child.ending(), "process that made the analysis")
        except TimeoutError:
            self.kill()
            return "The process that made the analysis does not answer and was ended."

    def kill(self) -> None:
        """End it at once."""
        self._child.kill()


def _in_words(problem: dict[str, Any]) -> str:
    """What is wrong and what would mend it, without the place, which the form shows."""
    errors = problem.get("errors") or [{"message": problem["detail"], "hint": None}]
    return " ".join(part for error in errors for part in (error["message"], error["hint"]) if part)
