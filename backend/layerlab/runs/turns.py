"""Whose turn it is: as many runs train at once as may, the others wait in order and know their place."""

import logging
from collections.abc import Awaitable, Callable

from layerlab_schemas.run import RunState

from layerlab.runs.live import LiveRun
from layerlab.runs.queue_words import place_in_queue
from layerlab.runs.refusals import NotNow

log = logging.getLogger(__name__)


class Turns:
    """The queue. ``num_training`` counts who trains now; ``begin`` lets one more do so."""

    def __init__(
        self, most: int, *, num_training: Callable[[], int], begin: Callable[[LiveRun], Awaitable[None]]
    ) -> None:
        self._most = most
        self._num_training = num_training
        self._begin = begin
        self._waiting: list[LiveRun] = []
        self._closed = False

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, live: LiveRun) -> bool:
        return live in self._waiting

    @property
    def has_room(self) -> bool:
        """True where a run that comes now trains at once."""
        return not self._waiting and self._has_room

    @property
    def _has_room(self) -> bool:
        return not self._closed and self._num_training() < self._most

    async def enter(self, live: LiveRun) -> None:
        """Let a run train now, or put it at the end of the queue."""
        if not self.has_room:
            self._waiting.append(live)
            await live.stand(RunState.QUEUED, place_in_queue(len(self._waiting) - 1))
        else:
            live.active = True
            await self._begin(live)

    def leave(self, live: LiveRun) -> None:
        """A run waits no longer, for whatever reason."""
        if live in self._waiting:
            self._waiting.remove(live)

    def close(self) -> None:
        """Nobody's turn comes any more."""
        self._closed = True
        self._waiting.clear()

    async def move_on(self) -> None:
        """Let in who may train now, and tell the others their new places."""
        while self._waiting and self._has_room:
            live = self._waiting.pop(0)
            live.active = True
            try:
                await self._begin(live)
            except NotNow as refusal:
                log.info("Run %s did not take its turn: %s", live.run, refusal)
        for place, live in enumerate(list(self._waiting)):
            words = place_in_queue(place)
            if live in self._waiting and live.status is RunState.QUEUED and live.progress.reason != words:
                await live.stand(RunState.QUEUED, words)
