"""A real worker process and what it says, for tests in which it may also die."""

import asyncio
from pathlib import Path
from typing import Any

from layerlab.runs.executor import LocalExecutor
from layerlab.runs.local_child import LocalChild
from layerlab.runs.wire import Message
from layerlab_schemas.run import RunSpec

from tests.backend.runs_worker.specs import as_json

SECONDS = 60.0


class Talk:
    """Talks to one worker."""

    def __init__(self, child: LocalChild) -> None:
        self.child = child
        self.said: list[Message] = []
        self.is_over = False

    @classmethod
    async def begin(cls, executor: LocalExecutor, run: RunSpec, directory: Path, **fields: Any) -> "Talk":
        talk = cls(await executor.worker())
        start = {"type": "start", "id": 1, "run": "r", "directory": str(directory), "spec": as_json(run)}
        talk.child.send({**start, "resume": False, "recorded_step": None, **fields})
        return talk

    async def until(self, fits) -> Message:
        """The first message for which ``fits`` is true."""
        seen = 0
        async with asyncio.timeout(SECONDS):
            while True:
                for message in self.said[seen:]:
                    seen += 1
                    if fits(message):
                        return message
                assert not self.is_over, f"it ended before: {self.said[-3:]}"
                messages = await self.child.receive()
                self.said += messages
                self.is_over = not messages

    async def until_step(self, step: int) -> None:
        await self.until(lambda message: message["type"] == "scalars" and message["step"] >= step)

    async def ask(self, kind: str, number: int, **fields: Any) -> Message:
        self.child.send({"type": kind, "id": number, **fields})
        return await self.until(lambda message: message["type"] == "reply" and message["id"] == number)

    async def to_the_end(self) -> Message:
        """Everything; returns the last message."""
        async with asyncio.timeout(SECONDS):
            while messages := await self.child.receive():
                self.said += messages
        return self.said[-1]

    def curve(self, name: str) -> dict[int, float]:
        points: dict[int, float] = {}
        for message in self.said:
            if message["type"] == "scalars" and name in message["scalars"]:
                found = message["scalars"][name]
                points |= dict(zip(found["steps"], found["values"], strict=True))
        return points


def is_alive(pid: int) -> bool:
    """False for one that is gone, and for a zombie, which only waits to be counted."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def is_gone_within(pid: int, seconds: float) -> bool:
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        if not is_alive(pid):
            return True
        await asyncio.sleep(0.02)
    return False
