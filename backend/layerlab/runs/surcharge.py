"""How much longer a step takes because probes look at it, in working time: recording what passes, copying weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import thread_time

#: Weight of the newest of two kinds of steps in their means.
_NEWEST = 0.25


class Surcharge:
    """Compares recorded steps with plain ones, of which one is timed after each that was recorded.

    Attributes:
        seconds: Of the present step.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.lacks_plain = False
        self._recorded: float | None = None
        self._plain: float | None = None

    @contextmanager
    def copying(self) -> Iterator[None]:
        """Around the copy of the weights before the step."""
        began = thread_time()
        yield
        self.seconds += thread_time() - began

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Around a step that is recorded. It is charged by what earlier ones took beyond plain ones."""
        began = thread_time()
        yield
        self._recorded = _mean(self._recorded, thread_time() - began)
        self.lacks_plain = True
        self.seconds += max(0.0, self._recorded - (self._plain or self._recorded))

    @contextmanager
    def plain(self) -> Iterator[None]:
        """Around a step at which nobody looks."""
        began = thread_time()
        yield
        self._plain = _mean(self._plain, thread_time() - began)
        self.lacks_plain = False


def _mean(before: float | None, seconds: float) -> float:
    return seconds if before is None else before + _NEWEST * (seconds - before)
