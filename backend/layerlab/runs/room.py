"""How many runs may be in memory, and how many may wait."""

from collections.abc import Mapping

from layerlab.runs.live import LiveRun
from layerlab.runs.refusals import TooMany
from layerlab.runs.turns import Turns
from layerlab.settings import Settings


class Room:
    """Whether there is room for more runs."""

    def __init__(self, settings: Settings, live: Mapping[str, LiveRun], turns: Turns) -> None:
        self._settings = settings
        self._live = live
        self._turns = turns

    @property
    def _num_workers(self) -> int:
        return len({live.worker for live in self._live.values() if live.has_worker})

    @property
    def num_training(self) -> int:
        """Workers that train; runs in lockstep share one."""
        return len({live.worker for live in self._live.values() if live.active})

    def begins_at_once(self, *, start: bool) -> bool:
        """Whether a new run, one that trains or one that rests, would get a worker now."""
        return self._num_workers < self._settings.max_workers and (self._turns.has_room or not start)

    def refuse_when_full(self, num_new: int = 1) -> None:
        """Nothing where there is room for so many runs more.

        Raises:
            TooMany: As many as may wait are waiting, or as many as may are in memory.
        """
        if len(self._turns) + num_new > self._settings.max_waiting:
            raise TooMany(f"{len(self._turns)} runs are waiting already.", hint="Stop one, or wait for one to end.")
        if self._num_workers >= self._settings.max_workers:
            raise TooMany(f"{self._num_workers} runs are in memory already.", hint="Stop one that is paused.")
