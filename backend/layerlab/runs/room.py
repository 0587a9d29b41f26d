"""How many runs may be in memory, and how many may wait."""

from collections.abc import Mapping

from layerlab.runs.live import LiveRun
from layerlab.runs.refusals import TooMany
from layerlab.runs.turns import Turns
from layerlab.settings import Settings


class Room:
    """Whether there is room for one more run."""

    def __init__(self, settings: Settings, live: Mapping[str, LiveRun], turns: Turns) -> None:
        self._settings = settings
        self._live = live
        self._turns = turns

    @property
    def _num_workers(self) -> int:
        return sum(live.has_worker for live in self._live.values())

    def begins_at_once(self, *, start: bool) -> bool:
        """Whether a new run, one that trains or one that rests, would get a worker now."""
        return self._num_workers < self._settings.max_workers and (self._turns.has_room or not start)

    def refuse_when_full(self) -> None:
        """Nothing where there is room.

        Raises:
            TooMany: As many as may wait are waiting, or as many as may are in memory.
        """
        if len(self._turns) >= self._settings.max_waiting:
            raise TooMany(f"{len(self._turns)} runs are waiting already.", hint="Stop one, or wait for one to end.")
        if self._num_workers >= self._settings.max_workers:
            raise TooMany(f"{self._num_workers} runs are in memory already.", hint="Stop one that is paused.")
