"""Questions to a child, each with its id, and the answers that find their way back."""

import asyncio
from typing import Any

from layerlab.runs.children import Child, ChildGone, Message
from layerlab.runs.refusals import CannotUse, NotNow


class Asking:
    """Open questions to one child."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._last_id = 0
        self._open: dict[int, asyncio.Future[Message]] = {}

    @property
    def num_open(self) -> int:
        """Questions without an answer yet."""
        return len(self._open)

    async def ask(self, message: Message) -> Message:
        """Say ``message`` and wait for its reply: ``{"ok": …, "result" | "problem": …}``.

        Raises:
            ChildGone: It ended before it answered.
        """
        self._last_id += 1
        number = self._last_id
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._open[number] = answer
        try:
            self._child.send({**message, "id": number})
            return await answer
        finally:
            self._open.pop(number, None)

    def answered(self, reply: Message) -> None:
        """Give a reply to whoever waits for it."""
        answer = self._open.get(reply["id"])
        if answer is not None and not answer.done():
            answer.set_result(reply)

    def give_up(self) -> None:
        """The child is gone: whoever waits is told."""
        for answer in self._open.values():
            if not answer.done():
                answer.set_exception(ChildGone())


def problem_of(reply: Message) -> dict[str, Any] | None:
    """The problem in a reply that refuses, None in one that is fine."""
    if reply.get("ok"):
        return None
    problem = reply.get("problem")
    return dict(problem) if problem else {"detail": "The worker refused without saying why."}


def result_of(reply: Message) -> Any:
    """What a reply brings.

    Raises:
        CannotUse: It names what is wrong with what was asked.
        NotNow: It refuses otherwise.
    """
    if (problem := problem_of(reply)) is None:
        return reply.get("result")
    if problem.get("errors"):
        raise CannotUse.of(problem)
    raise NotNow(problem["detail"], code=problem.get("code") or NotNow.code)
