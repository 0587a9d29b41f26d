"""How fast it trains, and what the time goes to, over the last seconds. Pure: the clock's readings come in."""

from collections import deque
from dataclasses import dataclass, replace

from layerlab_schemas.run import Rates

#: Rates are told of so many seconds.
WINDOW = 2.0


@dataclass(slots=True)
class Tally:
    """Sums since the beginning. ``seconds`` is time in which it trained, pauses left out."""

    seconds: float = 0.0
    steps: int = 0
    samples: int = 0
    seconds_data: float = 0.0
    seconds_telemetry: float = 0.0


class Meter:
    """Adds up steps and time, and tells rates over a window that slides in strides of a tenth of it."""

    def __init__(self) -> None:
        self._tally = Tally()
        self._marks: deque[Tally] = deque([Tally()])
        self._at: float | None = None

    @property
    def seconds(self) -> float:
        """Time in which it trained."""
        return self._tally.seconds

    def tick(self, now: float) -> None:
        """Time has passed in training since the last tick."""
        tally = self._tally
        if self._at is not None:
            tally.seconds += now - self._at
        self._at = now
        if tally.seconds - self._marks[-1].seconds >= WINDOW / 10:
            self._marks.append(replace(tally))
            while len(self._marks) > 2 and tally.seconds - self._marks[1].seconds >= WINDOW:
                self._marks.popleft()

    def rest(self, now: float) -> None:
        """It pauses; time does not count until the next tick."""
        self.tick(now)
        self._at = None

    def step(self, samples: int, seconds_data: float, *, num_steps: int = 1) -> None:
        """So many updates were done, each with so many samples."""
        tally = self._tally
        tally.steps += num_steps
        tally.samples += samples * num_steps
        tally.seconds_data += seconds_data

    def measured(self, seconds: float) -> None:
        """So long was spent on measuring and sending frames."""
        self._tally.seconds_telemetry += seconds

    def rates(self) -> Rates:
        """Over the window; zeros before there is anything to tell."""
        return rates_between(self._marks[0], self._tally)

    def overall(self) -> Rates:
        """Over the whole time."""
        return rates_between(Tally(), self._tally)


def rates_between(before: Tally, after: Tally) -> Rates:
    """What happened between two tallies, for each second of training."""
    seconds = after.seconds - before.seconds
    if seconds <= 0:
        return Rates()
    return Rates(
        steps_per_second=(after.steps - before.steps) / seconds,
        samples_per_second=(after.samples - before.samples) / seconds,
        telemetry_share=(after.seconds_telemetry - before.seconds_telemetry) / seconds,
        data_share=(after.seconds_data - before.seconds_data) / seconds,
    )
