"""How many viewers there are, and what waits for company when there are many."""

import asyncio
from collections.abc import Callable

#: Above so many viewers text waits.
MANY = 400
#: So long at most: no screen shows curves more often.
TOGETHER_SECONDS = 0.1


class Crowd:
    """The viewers of a server. A write costs more than its bytes: beyond ``MANY``, text waits for what comes next.

    Attributes:
        size: Open connections.
    """

    def __init__(self) -> None:
        self.size = 0
        self._waiting: list[Callable[[], None]] = []

    @property
    def is_large(self) -> bool:
        """Whether text waits."""
        return self.size > MANY

    def wait(self, send: Callable[[], None]) -> None:
        """Call it with all others that wait."""
        if not self._waiting:
            asyncio.get_running_loop().call_later(TOGETHER_SECONDS, self._go)
        self._waiting.append(send)

    def _go(self) -> None:
        waiting, self._waiting = self._waiting, []
        for send in waiting:
            send()
