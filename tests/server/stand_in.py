"""An executor whose children are ``stand_in_child`` processes: real sockets and real deaths, no PyTorch."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

from layerlab.runs.endings import Ending
from layerlab.runs.local_child import LocalChild

CHILD = Path(__file__).with_name("stand_in_child.py")


class StandInExecutor:
    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[bytes]] = []
        self.workers: list[int] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> bool:
        return True

    async def start(self) -> None:
        pass

    async def worker(self) -> LocalChild:
        child = await self._spawn("worker")
        self.workers.append(child.pid)
        return child

    async def inspector(self) -> LocalChild:
        return await self._spawn("inspector")

    async def analyst(self) -> LocalChild:
        return await self._spawn("analyst")

    async def reader(self) -> LocalChild:
        return await self._spawn("reader")

    async def _spawn(self, role: str) -> LocalChild:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, str(CHILD), role, str(theirs.fileno())]
            process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        self.processes.append(process)
        child = await LocalChild.connect(process.pid, ours)
        task = asyncio.create_task(self._wait(process, child))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return child

    async def _wait(self, process: "subprocess.Popen[bytes]", child: LocalChild) -> None:
        while (code := process.poll()) is None:
            await asyncio.sleep(0.01)
        child.ended(Ending(signal=-code) if code < 0 else Ending(code=code))

    async def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
        while self._tasks:
            await asyncio.sleep(0.01)
