"""One worker that trains several runs, as each of these runs sees it: a child of its own."""

import asyncio
import contextlib
from collections.abc import Sequence

from layerlab.runs.children import Child, ChildGone, Message
from layerlab.runs.endings import Ending

#: A worker that does not see a run off within this time is ended, and one that stays when all its runs are gone.
_LEAVE_SECONDS = 3.0


class SharedChild:
    """A worker of several runs. ``part`` is what a run holds of it."""

    def __init__(self, child: Child, runs: Sequence[str]) -> None:
        self.child = child
        self._parts = {run: Part(self, run) for run in runs}
        child.send({"type": "assemble", "runs": list(runs)})
        self._reading = asyncio.create_task(self._read())

    def part(self, run: str) -> "Part":
        """The worker as ``run`` sees it."""
        return self._parts[run]

    async def _read(self) -> None:
        while messages := await self.child.receive():
            sorted_out: dict[str, list[Message]] = {}
            for message in messages:
                sorted_out.setdefault(message.pop("run"), []).append(message)
            for run, own in sorted_out.items():
                self._parts[run].hear(own)
        for part in self._parts.values():
            part.hear([])

    def left(self) -> None:
        """A run is gone from it; with the last one it ends, or is made to."""
        if all(part.is_over for part in self._parts.values()):
            asyncio.get_running_loop().call_later(_LEAVE_SECONDS, self.child.kill)


class Part:
    """What one run has of a shared worker. It is over when the worker has said so of this run, or is gone."""

    def __init__(self, shared: SharedChild, run: str) -> None:
        self._shared = shared
        self._run = run
        self._heard: asyncio.Queue[list[Message]] = asyncio.Queue()
        self._has_ended = False
        self.is_over = False

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._shared.child.pid

    def hear(self, messages: list[Message]) -> None:
        """Told of what the worker says of this run; nothing: it is gone."""
        if self.is_over:
            return
        if messages:
            self._heard.put_nowait(messages)
        self._has_ended = bool(messages) and messages[-1]["type"] == "ended"
        if not messages or self._has_ended:
            self._end()

    def _end(self) -> None:
        self.is_over = True
        self._heard.put_nowait([])

    def send(self, message: Message) -> None:
        """Say something about this run; never waits.

        Raises:
            ChildGone: It is gone.
        """
        if self.is_over:
            raise ChildGone
        self._shared.child.send({**message, "run": self._run})

    async def receive(self) -> list[Message]:
        """All that was said of this run since the last call, at least one message; empty once it is over."""
        messages = await self._heard.get()
        if not messages:
            self._shared.left()
        return messages

    async def ending(self) -> Ending:
        """How the process ended; where it goes on with the others, nothing is to be told."""
        return Ending() if self._has_ended else await self._shared.child.ending()

    def kill(self) -> None:
        """End this run at once; the others go on. A worker that does not answer is ended."""
        if self.is_over:
            return
        with contextlib.suppress(ChildGone):
            self.send({"type": "stop", "id": 0})
        asyncio.get_running_loop().call_later(_LEAVE_SECONDS, self._give_up)

    def hang_up(self) -> None:
        """The worker stays for the others."""
        self.kill()

    def _give_up(self) -> None:
        if not self.is_over:
            self._shared.child.kill()
