"""Workers that check a spec, and build it while its run is stored: then most of a start is over before it begins."""

import asyncio
import contextlib
from dataclasses import dataclass

from layerlab_schemas.graph import CheckResult
from layerlab_schemas.run import RunSpec

from layerlab.figures import counted
from layerlab.runs.asking import problem_of
from layerlab.runs.children import Child, ChildGone, Executor, Message, dismiss
from layerlab.runs.refusals import CannotUse, NotReady
from layerlab.runs.spare import Spare

#: So many specs are looked at by workers at once; others wait for the inspector, which takes one after another.
_MOST = 2


@dataclass(frozen=True)
class Candidate:
    """A worker that waits for ``start``, and what it says of the spec."""

    child: Child
    check: CheckResult


class Candidates:
    """Makes them. ``answer_seconds`` is the longest that a check may take."""

    def __init__(self, executor: Executor, *, answer_seconds: float) -> None:
        self._executor = executor
        self._answer_seconds = answer_seconds
        self._num_asked = 0
        self.spare = Spare(executor)

    async def find(self, spec: RunSpec) -> Candidate | None:
        """A worker for ``spec``, whatever it says of it; None where none is to be had.

        Raises:
            CannotUse: The spec cannot even be checked.
            NotReady: No answer came in time, or the process ended over it.
        """
        if self._num_asked >= _MOST:
            return None
        self._num_asked += 1
        try:
            return await self._look(spec)
        finally:
            self._num_asked -= 1

    async def _look(self, spec: RunSpec) -> Candidate | None:
        question = {"type": "prepare", "id": 0, "spec": spec.model_dump(mode="json")}
        child = await self._told(question)
        if child is None:
            return None
        try:
            return Candidate(child, await self._answer(child))
        except BaseException:
            dismiss(child)
            raise

    async def _told(self, question: Message) -> Child | None:
        """A worker that was asked: the one in waiting, else a new one."""
        with contextlib.suppress(ChildGone):
            if (spare := self.spare.take()) is not None:
                spare.send(question)
                return spare
        with contextlib.suppress(ChildGone):
            child = await self._executor.worker()
            child.send(question)
            return child
        return None

    async def _answer(self, child: Child) -> CheckResult:
        try:
            async with asyncio.timeout(self._answer_seconds):
                said = await child.receive()
        except TimeoutError as error:
            seconds = counted(self._answer_seconds, "second")
            raise NotReady(f"The check took longer than {seconds} and was ended.", hint="Try less.") from error
        if not said:
            raise NotReady("The process that does the check ended over it.", hint="Try again.")
        if (problem := problem_of(said[0])) is not None:
            raise CannotUse.of(problem)
        return CheckResult.model_validate(said[0]["result"])
