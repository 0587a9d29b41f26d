"""One forked process as the server sees it: messages both ways, and how it ended."""

import asyncio
import logging
import os
import signal
import socket

from layerlab.runs.children import ChildGone
from layerlab.runs.endings import Ending
from layerlab.runs.wire import Message, Unpacker, WireError, pack, read_messages

log = logging.getLogger(__name__)

#: Bytes that wait in the server before the child is made to wait.
_READ_LIMIT = 4 << 20
_SECONDS_BETWEEN_LOOKS = 0.2


class LocalChild:
    """A worker or inspector. Made by ``LocalExecutor``.

    Args:
        pid: Its process id.
        reader: What it says.
        writer: Where it listens.
    """

    def __init__(self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._pid = pid
        self._reader = reader
        self._writer = writer
        self._unpacker = Unpacker()
        self._ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    @classmethod
    async def connect(cls, pid: int, end: socket.socket) -> "LocalChild":
        """The child whose socket's other end is ``end``."""
        reader, writer = await asyncio.open_unix_connection(sock=end, limit=_READ_LIMIT)
        return cls(pid, reader, writer)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._pid

    @property
    def is_over(self) -> bool:
        """True once it is known that it ended."""
        return self._ending.done()

    def send(self, message: Message) -> None:
        """Say something; never waits.

        Raises:
            ChildGone: It is gone.
        """
        if self.is_over or self._writer.is_closing():
            raise ChildGone
        self._writer.write(pack(message))

    async def receive(self) -> list[Message]:
        """All that it has said since the last call, at least one message; empty once it is gone."""
        try:
            messages = await read_messages(self._reader, self._unpacker)
        except WireError as error:
            log.error("Process %d talks nonsense and is ended: %s", self._pid, error)
            self.kill()
            messages = []
        if not messages:
            self.hang_up()  # a child that has said its last word waits for this, so that nothing of it is lost
        return messages

    async def ending(self) -> Ending:
        """How it ended, as soon as that is known."""
        return await asyncio.shield(self._ending)

    def kill(self) -> None:
        """End it at once."""
        if not self.is_over:
            self._signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to write a checkpoint and end."""
        if not self.is_over:
            self._signal(signal.SIGTERM)

    def hang_up(self) -> None:
        """Close the connection; the child ends itself when it sees that."""
        self._writer.close()

    def ended(self, ending: Ending) -> None:
        """Told by the executor."""
        if not self._ending.done():
            self._ending.set_result(ending)

    async def watch_orphan(self) -> None:
        """Wait until it is gone, when nobody is left who could tell how it ended."""
        while self._signal(0):
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        self.ended(Ending())

    def _signal(self, number: int) -> bool:
        """False when there is no such process."""
        try:
            os.kill(self._pid, number)
        except ProcessLookupError:
            return False
        return True
