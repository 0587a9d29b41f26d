"""When which probe is measured: by wall time, paid from a budget. Pure: the clock's readings come in."""

from collections.abc import Iterable
from dataclasses import dataclass, field

#: Shortest time between two measurements of a probe that somebody watches.
WATCHED_SECONDS = 0.1
#: The same for one that nobody watches and that is measured for the record.
UNWATCHED_SECONDS = 1.0
#: Shares of the time that measuring may take.
WATCHED_SHARE = 0.075
UNWATCHED_SHARE = 0.02
#: Savings beyond what so many seconds bring are not kept, so that there is no burst after a quiet time.
_MOST_SAVED = 1.0
#: A debt is never larger than what so many seconds bring: so long a panel waits at most, however dear its probe.
_MOST_OWED = 3.0
#: A look is charged at most so many times what looks of this probe usually cost.
_MOST_OVER_USUAL = 3.0


@dataclass
class Purse:
    """Seconds that may be spent on measuring: filled as time goes by, emptied by what is measured.

    It may go below zero once; then nothing is measured until it is filled again. So the share holds in the long run,
    unless one measurement takes longer than what three seconds bring; then there is still one in three seconds.
    """

    share: float
    seconds: float = 0.0
    _filled_at: float | None = None

    def fill(self, worked: float) -> None:
        """Take in the share of the working time since the last call."""
        if self._filled_at is not None:
            gain = (worked - self._filled_at) * self.share
            self.seconds = min(self.seconds + gain, _MOST_SAVED * self.share)
        self._filled_at = worked

    def pay(self, cost: float) -> None:
        """Take out what a measurement has cost."""
        self.seconds = max(self.seconds - cost, -_MOST_OWED * self.share)

    def rest(self) -> None:
        """Time that passes until the next ``fill`` does not count, because nothing is trained."""
        self._filled_at = None

    @property
    def has_money(self) -> bool:
        """Whether something may be measured."""
        return self.seconds >= 0


@dataclass
class Cadence:
    """Decides what is due. ``probes`` are all that apply to the network; ``share`` is this run's of the budget."""

    probes: tuple[str, ...]
    watched: frozenset[str] = frozenset()
    share: float = 1.0
    _last: dict[str, float] = field(default_factory=dict)
    _usual: dict[str, float] = field(default_factory=dict)
    _purses: dict[bool, Purse] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The purses, with this run's share of the budget."""
        self._purses = {True: Purse(WATCHED_SHARE * self.share), False: Purse(UNWATCHED_SHARE * self.share)}

    def due(self, now: float, worked: float) -> list[str]:
        """What to measure now, the longest unmeasured first; only one that is not watched at a time.

        Args:
            now: Wall time, by which pauses between looks are kept.
            worked: Working time, of which the budget is a share; costs are told in it too. On a busy machine it
                passes more slowly, so that measuring keeps to its share of what the run gets.
        """
        for purse in self._purses.values():
            purse.fill(worked)
        waiting = sorted(self.probes, key=lambda probe: self._last.get(probe, float("-inf")))
        watched = [probe for probe in waiting if probe in self.watched and self._is_due(probe, now)]
        others = [probe for probe in waiting if probe not in self.watched and self._is_due(probe, now)]
        return watched + others[:1]

    def _is_due(self, probe: str, now: float) -> bool:
        watched = probe in self.watched
        pause = WATCHED_SECONDS if watched else UNWATCHED_SECONDS
        return self._purses[watched].has_money and now - self._last.get(probe, float("-inf")) >= pause

    def can_pay(self, probe: str) -> bool:
        """False when what was measured a moment ago has emptied the purse."""
        return self._purses[probe in self.watched].has_money

    def measured(self, probe: str, now: float, cost: float) -> None:
        """Take note of a measurement that cost so many seconds."""
        self._last[probe] = now
        # A single look that was slow because the machine was busy does not leave the panel waiting for seconds.
        usual = self._usual.get(probe, cost)
        self._purses[probe in self.watched].pay(min(cost, _MOST_OVER_USUAL * usual))
        self._usual[probe] = usual + (cost - usual) / 4

    def saw(self, probe: str, cost: float) -> None:
        """Take note of a measurement that was made anyhow, at the start or at rest, and is not charged."""
        self._usual[probe] = min(cost, self._usual.get(probe, cost))

    def rest(self) -> None:
        """Training pauses."""
        for purse in self._purses.values():
            purse.rest()

    def forget(self, probes: Iterable[str]) -> None:
        """These are due at once, because what they should show has changed."""
        for probe in probes:
            self._last.pop(probe, None)


@dataclass
class SaveCadence:
    """When a checkpoint is due: soon after the start, then after a tenth of the time so far, at most every 5 s.

    A short run has several, so that one can go back in it. They never come sooner than 20 times their own cost.
    """

    every: float = 5.0
    cost_factor: float = 20.0
    first: float = 0.5
    share: float = 0.1
    _began: float | None = None
    _next: float | None = None

    def is_due(self, now: float) -> bool:
        """Whether it is time."""
        if self._next is None:
            self._began, self._next = now, now + self.first
        return now >= self._next

    def saved(self, now: float, cost: float) -> None:
        """Take note of one that took so many seconds and was done now."""
        self._began = now if self._began is None else self._began
        pause = min(self.every, max(self.first, self.share * (now - self._began)))
        self._next = now + max(pause, self.cost_factor * cost)
