"""What the steps of a run told, kept until it is read: a tiny network's step takes 0.1 ms and waits for no reader."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import cast

from layerlab_schemas.run import RunEvent

from layerlab.training.report import BlockReport, Points, Report, StepReport, points_of


@dataclass
class Curve:
    """Steps that go up, and a value for each."""

    steps: list[int]
    values: list[float]

    def after(self, step: int) -> "Curve":
        """The part behind a step."""
        place = bisect_right(self.steps, step)
        return Curve(self.steps[place:], self.values[place:])


@dataclass(frozen=True)
class Entries:
    """What several steps told.

    Attributes:
        step: The last of them.
        epoch: Passes over the training data until then.
        batch_size: Samples in its batch; 0 at step 0.
        curves: By their names; none is empty.
        evaluated: The reports that come with an evaluation.
        events: What happened by itself, each with its step.
    """

    step: int
    epoch: float
    batch_size: int
    curves: dict[str, Curve]
    evaluated: list[Report]
    events: list[tuple[int, RunEvent]]

    def after(self, step: int) -> "Entries":
        """What is told of later steps; all of it, as a rule."""
        if all(curve.steps[0] > step for curve in self.curves.values()):
            return self
        curves = {name: curve.after(step) for name, curve in self.curves.items()}
        return Entries(
            step=self.step,
            epoch=self.epoch,
            batch_size=self.batch_size,
            curves={name: curve for name, curve in curves.items() if curve.steps},
            evaluated=[report for report in self.evaluated if report.step > step],
            events=[(place, event) for place, event in self.events if place > step],
        )


def gathered(reports: Sequence[Report]) -> Entries:
    """What these reports tell, of which there is at least one."""
    curves: dict[str, Curve] = {}
    for points in _points(reports):
        for name, (steps, values) in points.items():
            curve = curves.setdefault(name, Curve([], []))
            curve.steps.extend(steps)
            curve.values.extend(values)
    return Entries(
        step=reports[-1].step,
        epoch=reports[-1].epoch,
        batch_size=reports[-1].batch_size,
        curves=curves,
        evaluated=[report for report in reports if report.evaluation is not None],
        events=[(report.step, event) for report in reports for event in report.events],
    )


def _points(reports: Sequence[Report]) -> Iterator[Mapping[str, Points]]:
    """Their points in turn. Updates that came one by one are taken together: that is four times as quick."""
    for is_single, group in groupby(reports, key=lambda report: isinstance(report, StepReport)):
        if is_single:
            yield points_of(cast("list[StepReport]", list(group)))
        else:
            yield from (report.points() for report in cast("Iterator[BlockReport]", group))


class Logbook:
    """Takes in reports as they come and hands them to its readers together."""

    def __init__(self) -> None:
        self._reports: list[Report] = []
        self._readers: list[Callable[[Entries], None]] = []

    def follow(self, reader: Callable[[Entries], None]) -> None:
        """Hand it everything from here on."""
        self._readers.append(reader)

    def note(self, report: Report) -> None:
        """Keep what a step told."""
        self._reports.append(report)

    def settle(self) -> None:
        """Hand on what has come since; to be called now and then, and before anything is made of what was read."""
        if self._reports:
            reports, self._reports = self._reports, []
            entries = gathered(reports)
            for reader in self._readers:
                reader(entries)
