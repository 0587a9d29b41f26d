"""Starts workers, inspectors and analysts on this machine: asks a zygote, which forks them in milliseconds.

The zygote is a process that has imported PyTorch and every kind and has trained a step. The server makes a pair of
sockets for each child and passes one end along; the zygote answers with the child's pid and tells later how it ended.
When the zygote itself dies, its children live on (their ends are then only seen, not explained) and another is started.
"""

import asyncio
import contextlib
import logging
import os
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from layerlab.runs.children import ChildGone
from layerlab.runs.endings import Ending
from layerlab.runs.local_child import LocalChild
from layerlab.runs.wire import Message, Unpacker, pack

log = logging.getLogger(__name__)

Role = Literal["worker", "inspector", "analyst", "reader"]

_START_SECONDS = 120.0
_FORK_SECONDS = 20.0
_CLOSE_SECONDS = 3.0
_LONGEST_PAUSE = 10.0
#: Libraries that would start threads when they are imported must not: a process with threads cannot be forked safely.
#: Waiting threads sleep instead of spinning, because several runs share the cores.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}


@dataclass
class Zygote:
    """One life of the zygote."""

    process: Process
    control: socket.socket


class LocalExecutor:
    """Children on this machine.

    Args:
        threads: Most threads a run may use; 0: as many as there are cores.
        memory_bytes: Most memory a child may use; None: three quarters of the machine's. A run that wants more fails
            alone.
        environment: Further variables of the children's environment.
    """

    def __init__(
        self, *, threads: int = 0, memory_bytes: int | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self._arguments = ["--threads", str(threads), "--memory-bytes", str(memory_bytes or 0)]
        self._environment = {**os.environ, **_ENVIRONMENT, **(environment or {})}
        self._zygote: Zygote | None = None
        self._ready = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._closing = False
        self._last_request = 0
        self._requests: dict[int, asyncio.Future[int]] = {}
        self._children: dict[int, LocalChild] = {}
        self._early: dict[int, Ending] = {}
        self._orphans: dict[asyncio.Task[None], LocalChild] = {}

    @property
    def ready(self) -> bool:
        """True once a child would start at once."""
        return self._ready.is_set()

    @property
    def zygote_pid(self) -> int | None:
        """Process id of the zygote, where there is one."""
        return self._zygote.process.pid if self._zygote else None

    async def start(self) -> None:
        """Get ready in the background."""
        assert self._keeping is None, "an executor is started once"
        self._keeping = asyncio.create_task(self._keep_alive(), name="zygote")

    async def worker(self) -> LocalChild:
        """A new worker, waiting for ``start``.

        Raises:
            ChildGone: None could be made.
        """
        return await self.spawn("worker")

    async def inspector(self) -> LocalChild:
        """A new inspector.

        Raises:
            ChildGone: None could be made.
        """
        return await self.spawn("inspector")

    async def analyst(self) -> LocalChild:
        """A new analyst, waiting for ``open``.

        Raises:
            ChildGone: None could be made.
        """
        return await self.spawn("analyst")

    async def reader(self) -> LocalChild:
        """A new reader, waiting for ``read``.

        Raises:
            ChildGone: None could be made.
        """
        return await self.spawn("reader")

    async def spawn(self, role: Role) -> LocalChild:
        """A new child; waits for the zygote when that is not ready yet.

        Raises:
            ChildGone: None could be made.
        """
        if self._closing:
            raise ChildGone("The server is ending.")
        try:
            while True:
                async with asyncio.timeout(_START_SECONDS):
                    await self._ready.wait()
                try:
                    async with asyncio.timeout(_FORK_SECONDS):
                        return await self._fork(role)
                except BrokenPipeError:
                    # It died a moment ago, and that was not noticed yet: the next one is asked.
                    self._ready.clear()
        except TimeoutError as error:
            raise ChildGone("The process that makes workers does not answer.") from error

    async def _fork(self, role: Role) -> LocalChild:
        assert self._zygote is not None
        ours, theirs = socket.socketpair()
        self._last_request += 1
        number = self._last_request
        answer = self._requests[number] = asyncio.get_running_loop().create_future()
        try:
            with theirs:
                request = pack({"type": "fork", "request": number, "role": role})
                socket.send_fds(self._zygote.control, [request], [theirs.fileno()])
            pid = await answer
            child = await LocalChild.connect(pid, ours)
        except BaseException as error:
            ours.close()
            if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
                raise ChildGone("The process that makes workers is gone.") from error
            raise
        finally:
            self._requests.pop(number, None)
        self._children[pid] = child
        if (ending := self._early.pop(pid, None)) is not None:
            self._report_end(pid, ending)
        return child

    # The zygote

    async def _keep_alive(self) -> None:
        """Start the zygote, again and again as it dies, less and less often if that goes on."""
        pause, clock = 0.1, asyncio.get_running_loop().time
        while not self._closing:
            began = clock()
            try:
                code: int | str = await self._live()
            except OSError as error:
                code = f"it could not be started: {error.strerror}"
            if self._closing:
                return
            pause = 0.1 if clock() - began > 60 else min(pause * 2, _LONGEST_PAUSE)
            log.error("The process that makes workers ended (%s); another one starts in %.1f s", code, pause)
            await asyncio.sleep(pause)

    async def _live(self) -> int:
        """One life of the zygote; returns its exit code."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "layerlab.runs.zygote", *self._arguments, "--control", str(theirs.fileno()),
                stdin=DEVNULL, stdout=DEVNULL, pass_fds=[theirs.fileno()], env=self._environment,
                start_new_session=True,
            )  # fmt: skip
        ours.setblocking(False)
        self._zygote = Zygote(process, ours)
        loop, unpacker = asyncio.get_running_loop(), Unpacker()
        loop.add_reader(ours.fileno(), self._read_control, ours, unpacker)
        try:
            return await process.wait()
        finally:
            loop.remove_reader(ours.fileno())
            with contextlib.suppress(OSError):
                self._read_control(ours, unpacker)  # what it said last
            ours.close()
            self._abandon()

    def _read_control(self, control: socket.socket, unpacker: Unpacker) -> None:
        try:
            data = control.recv(1 << 16)
        except BlockingIOError:
            return
        if not data:
            asyncio.get_running_loop().remove_reader(control.fileno())
        for message in unpacker.feed(data):
            self._take(message)

    def _take(self, message: Message) -> None:
        match message["type"]:
            case "ready":
                self._ready.set()
            case "forked":
                request = self._requests.get(message["request"])
                if request is not None and not request.done():
                    request.set_result(message["pid"])
            case "refused":
                request = self._requests.get(message["request"])
                if request is not None and not request.done():
                    request.set_exception(ChildGone(message["reason"]))
            case "ended":
                self._report_end(message["pid"], Ending(code=message["code"], signal=message["signal"]))
            case other:
                log.error("The process that makes workers said %r", other)

    def _report_end(self, pid: int, ending: Ending) -> None:
        child = self._children.pop(pid, None)
        if child is None:
            self._early[pid] = ending  # it ended before its connection was made
        else:
            child.ended(ending)

    def _abandon(self) -> None:
        """The zygote is gone: nobody will answer, and nobody will tell how its children end."""
        self._ready.clear()
        self._zygote = None
        for request in self._requests.values():
            if not request.done():
                request.set_exception(ChildGone("The process that makes workers is gone."))
        for child in self._children.values():
            task = asyncio.create_task(child.watch_orphan())
            self._orphans[task] = child
            task.add_done_callback(self._orphans.pop)
        self._children.clear()
        self._early.clear()

    async def close(self) -> None:
        """End all children and the zygote; returns when they are gone."""
        self._closing = True
        children = [*self._children.values(), *self._orphans.values()]
        for child in children:
            child.hang_up()
        zygote = self._zygote
        if zygote is not None:
            with contextlib.suppress(OSError):
                zygote.control.shutdown(socket.SHUT_WR)
        if self._keeping is None:
            return
        _, waiting = await asyncio.wait([self._keeping, *self._orphans], timeout=_CLOSE_SECONDS)
        if waiting:
            for child in children:
                child.kill()
            if zygote is not None:
                with contextlib.suppress(ProcessLookupError):
                    zygote.process.kill()
            self._keeping.cancel()
        for task in [self._keeping, *self._orphans]:
            with contextlib.suppress(asyncio.CancelledError):
                await task
