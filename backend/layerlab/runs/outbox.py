"""What waits to be sent to one viewer: all numbered text in order, and of frames only the newest of each probe.

Bounded by bytes of text; frames are bounded by themselves, one for each run and probe. A viewer too slow for the text
overflows: it is dropped, and when it comes back it names the last number it saw.
"""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class _Text:
    run: str | None
    text: str
    weight: int


class Outbox:
    """A pure core: messages in, messages out in sending order. ``overflowed`` once too much text waits."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._texts: deque[_Text] = deque()
        self._frames: dict[tuple[str, str], bytes] = {}
        self._weight = 0
        self.overflowed = False
        self.num_dropped_frames = 0

    def put_text(self, text: str, *, run: str | None = None, counted: bool = True) -> None:
        """Queue text. Answers to the viewer's own question are not counted: their size is not its slowness."""
        if self.overflowed:
            return
        weight = len(text) if counted else 0
        self._texts.append(_Text(run, text, weight))
        self._weight += weight
        if self._weight > self._limit:
            self.overflowed = True
            self._texts.clear()
            self._frames.clear()

    def put_frame(self, run: str, probe: str, message: bytes) -> None:
        """Queue a frame in the place of an older one of the same run and probe."""
        if self.overflowed:
            return
        if self._frames.pop((run, probe), None) is not None:
            self.num_dropped_frames += 1
        self._frames[run, probe] = message

    def take(self) -> str | bytes | None:
        """The next message to send, text before frames, or None."""
        if self._texts:
            first = self._texts.popleft()
            self._weight -= first.weight
            return first.text
        if self._frames:
            return self._frames.pop(next(iter(self._frames)))
        return None

    def forget(self, run: str) -> None:
        """Drop what waits of a run that is no longer watched, or that a snapshot is about to replace."""
        self._texts = deque(entry for entry in self._texts if entry.run != run)
        self._weight = sum(entry.weight for entry in self._texts)
        self._frames = {key: message for key, message in self._frames.items() if key[0] != run}

    def __len__(self) -> int:
        return len(self._texts) + len(self._frames)
