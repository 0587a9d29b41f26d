"""The end of a run's numbered messages, kept in memory so that a returning viewer can have the rest."""

from collections import deque


class History:
    """Messages of one run by number. A pure core: numbers and texts in, texts out.

    Args:
        last_seq: Number of the newest message there ever was; the next one carries ``last_seq + 1``.
        limit: Bytes of text to keep; the oldest go first.
    """

    def __init__(self, last_seq: int, limit: int) -> None:
        self.last_seq = last_seq
        self._limit = limit
        self._texts: deque[str] = deque()
        self._size = 0

    def append(self, seq: int, text: str) -> None:
        """Keep the next message. Numbers have no gap: anything else is our own mistake."""
        assert seq == self.last_seq + 1, f"message {seq} after {self.last_seq}"
        self.last_seq = seq
        self._texts.append(text)
        self._size += len(text)
        while self._size > self._limit and len(self._texts) > 1:
            self._size -= len(self._texts.popleft())

    def since(self, seq: int) -> list[tuple[int, str]] | None:
        """All messages after number ``seq``, or None when some are no longer held (or were never sent)."""
        missing = self.last_seq - seq
        if missing < 0 or missing > len(self._texts):
            return None
        first = len(self._texts) - missing
        return [(seq + 1 + place, text) for place, text in enumerate(list(self._texts)[first:])]
