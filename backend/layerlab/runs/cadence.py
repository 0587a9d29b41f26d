"""When which probe is measured: by wall time, paid from a budget. Pure: the clock's readings come in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

#: Shortest time between two measurements of a probe that somebody watches.
WATCHED_SECONDS = 0.1
#: The same for one that nobody watches and that is measured for the record.
UNWATCHED_SECONDS = 1.0
#: Shares of the time that measuring may take. With the doctor's they are less than 3 % of a run that is watched, and
#: less than 0.5 % of one that is not. Beyond it the steps of a small network right after a look are slower, because
#: they find other things in the caches of the processor.
WATCHED_SHARE = 0.021
UNWATCHED_SHARE = 0.0015
#: Seconds that a run may spend on each beyond that, once: its beginning is what is looked at most.
WELCOME = 0.1
#: Savings beyond what so many seconds bring are not kept, so that there is no burst after a quiet time.
_MOST_SAVED = 1.0
#: A debt is never larger than what so many seconds bring: so long a panel waits at most, however dear its probe.
_MOST_OWED = 10.0
#: Within one look there may be a debt of what so many seconds bring: what is measured together is computed once, and
#: the caches of the processor are filled once.
_TOGETHER = 0.2
#: A probe goes along with another one that is due when so much of its pause is over.
_NEARLY = 0.75
#: A look is charged at most so many times what looks of this probe usually cost.
_MOST_OVER_USUAL = 3.0


@dataclass
class Purse:
    """Seconds that may be spent on measuring: filled as time goes by, emptied by what is measured.

    It may go below zero once; then nothing is measured until it is filled again. So the share holds in the long run,
    unless one measurement takes longer than what ten seconds bring; then there is still one in ten seconds.
    """

    share: float
    seconds: float = 0.0
    _filled_at: float | None = None

    def fill(self, worked: float) -> None:
        """Take in the share of the working time since the last call."""
        if self._filled_at is not None:
            gain = (worked - self._filled_at) * self.share
            self.seconds = max(self.seconds, min(self.seconds + gain, _MOST_SAVED * self.share))
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
        shares = {True: WATCHED_SHARE, False: UNWATCHED_SHARE}
        welcome = WELCOME * self.share
        self._purses = {is_watched: Purse(share * self.share, welcome) for is_watched, share in shares.items()}

    def due(self, now: float, worked: float) -> list[str]:
        """What to measure now, the longest unmeasured first; only one that is not watched at a time.

        Args:
            now: Wall time, by which pauses between looks are kept.
            worked: Working time, of which the budget is a share; costs are told in it too. On a busy machine it
                passes more slowly, so that measuring keeps to its share of what the run gets.
        """
        for purse in self._purses.values():
            purse.fill(worked)
        watched = self._watched_due(now) if self._purses[True].has_money else []
        others = [probe for probe in self.probes if probe not in self.watched] if self._purses[False].has_money else []
        waiting = [probe for probe in others if self._is_due(probe, now, UNWATCHED_SECONDS)]
        return self._by_age(watched) + self._by_age(waiting)[:1]

    def _watched_due(self, now: float) -> list[str]:
        """Those whose pause is over; with them go those whose pause is nearly over."""
        pause_of = pauses({probe: self._usual.get(probe, 0.0) for probe in self.watched}, WATCHED_SHARE)
        if not any(self._is_due(probe, now, pause) for probe, pause in pause_of.items()):
            return []
        return [probe for probe, pause in pause_of.items() if self._is_due(probe, now, _NEARLY * pause)]

    def _by_age(self, probes: list[str]) -> list[str]:
        return sorted(probes, key=lambda probe: (self._last.get(probe, float("-inf")), probe))

    def _is_due(self, probe: str, now: float, pause: float) -> bool:
        return now - self._last.get(probe, float("-inf")) >= pause

    def can_pay(self, probe: str) -> bool:
        """False when what was measured a moment ago has cost too much for more in the same look."""
        purse = self._purses[probe in self.watched]
        return purse.seconds >= -_TOGETHER * purse.share

    def measured(self, probe: str, now: float, cost: float) -> None:
        """Take note of a measurement that cost so many seconds."""
        self._last[probe] = now
        # A single look that was slow because the machine was busy does not leave the panel waiting for seconds.
        usual = self._usual.get(probe, cost)
        charged = min(cost, _MOST_OVER_USUAL * usual)
        self._purses[probe in self.watched].pay(charged)
        self._usual[probe] = usual + (charged - usual) / 4

    def pay(self, probes: Sequence[str], cost: float) -> None:
        """Charge what a look at these has cost beside their own measuring, to each the same part."""
        for probe in probes:
            self._purses[probe in self.watched].pay(cost / len(probes))

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


def pauses(costs: Mapping[str, float], share: float) -> dict[str, float]:
    """How long to wait between two looks of each probe, so that all together take ``share`` of the time.

    Each may spend an equal part; what the cheap ones do not need goes to the dear ones. So a dear probe does not slow
    down the others. Pauses are the shortest one, doubled some times: probes then fall into the same look, where what
    several of them need is computed once.
    """
    found: dict[str, float] = {}
    for place, probe in enumerate(sorted(costs, key=lambda probe: costs[probe])):
        part, pause = share / (len(costs) - place), WATCHED_SECONDS
        while 0 < pause <= _MOST_OWED / 2 and costs[probe] > part * pause:
            pause *= 2
        found[probe] = pause
        share = max(0.0, share - costs[probe] / pause) if pause else share
    return found


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
