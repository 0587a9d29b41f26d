"""Commands that wait for the child's one working thread, put in by the thread that reads the socket and by signals."""

import queue
import signal
from types import FrameType

from layerlab.runs.wire import Message

#: What SIGTERM says.
TERMINATE: Message = {"type": "terminate"}


class Inbox:
    """Commands in the order in which they came."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def put(self, message: Message) -> None:
        """Add a command; safe from any thread and from a signal handler."""
        self._queue.put(message)

    def take(self, seconds: float | None = 0.0) -> Message | None:
        """The next command, waited for so long (None: for ever); None when none came."""
        try:
            return self._queue.get(block=seconds != 0, timeout=seconds or None)
        except queue.Empty:
            return None

    def accept_termination(self) -> None:
        """From now on SIGTERM is a command: write a checkpoint and end."""
        signal.signal(signal.SIGTERM, self._terminate)

    def _terminate(self, _number: int, _frame: FrameType | None) -> None:
        self.put(TERMINATE)
