"""The way from an outbox to its socket: what waits goes out at once, and a viewer who takes nothing is cut off."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from layerlab.api.framing import Framing
from layerlab.runs.outbox import Outbox

#: What is written at once, and with the next message a little more.
_PIECE = 64 * 1024


class Line(Protocol):
    """The socket of one viewer. ``on_ready`` is called when it takes bytes again."""

    on_ready: Callable[[], None]

    @property
    def is_ready(self) -> bool:
        """False while what was written still waits for the viewer."""
        ...

    def send_frames(self, data: bytes) -> None:
        """Write whole frames."""
        ...

    def cut_off(self) -> None:
        """End the connection without waiting for the viewer."""
        ...


class Pump:
    """Empties an outbox into a line. All that comes before the loop's next turn goes in one piece.

    A write is a call and no task: with a thousand viewers, waking a thousand tasks would cost more than the bytes.
    """

    def __init__(self, outbox: Outbox, line: Line, framing: Framing) -> None:
        self._outbox = outbox
        self._line = line
        self._framing = framing
        self._loop = asyncio.get_running_loop()
        self._is_due = False
        self._stalled_at: float | None = None
        line.on_ready = self._on_ready

    def wake(self) -> None:
        """Something may wait."""
        if self._outbox.overflowed:
            self._line.cut_off()  # nothing gentler would reach a viewer who does not read
        elif not self._is_due and self._stalled_at is None:
            self._is_due = True
            self._loop.call_soon(self._send)

    def has_stalled(self, seconds: float) -> bool:
        """Whether the viewer has taken nothing for so long."""
        return self._stalled_at is not None and self._loop.time() - self._stalled_at > seconds

    def cut_off(self) -> None:
        """End the connection."""
        self._line.cut_off()

    def _on_ready(self) -> None:
        self._stalled_at = None
        self.wake()

    def _send(self) -> None:
        self._is_due = False
        while self._line.is_ready and (piece := self._next_piece()):
            self._line.send_frames(piece)
        if not self._line.is_ready and self._stalled_at is None:
            self._stalled_at = self._loop.time()

    def _next_piece(self) -> bytes:
        parts: list[bytes] = []
        size = 0
        while size < _PIECE and (message := self._outbox.take()) is not None:
            parts.append(self._framing.of(message))
            size += len(parts[-1])
        return parts[0] if len(parts) == 1 else b"".join(parts)
