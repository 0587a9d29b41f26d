"""Trains a run in this process with its doctor beside it, who looks at set steps in the place of by the clock."""

from collections.abc import Iterable
from typing import Any

from layerlab.runs.doctor import Doctor
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.logbook import Logbook
from layerlab_schemas.run import Diagnosis, Remedy, RunEvent, RunSpec

#: Early often, later less so: as a doctor who looks ten times a second at a run that is fast.
EARLY = (0, 1, 2, 3, 5, 8, 12, 16, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100)


class Seen:
    """What was told of one run, in order."""

    def __init__(self, assembly: Assembly, events: list[RunEvent], losses: dict[str, list[float]]) -> None:
        self.assembly = assembly
        self.events = events
        self.losses = losses

    @property
    def told(self) -> list[Diagnosis]:
        return [event.diagnosis for event in self.events if event.diagnosis is not None]

    def of(self, kind: str) -> list[Diagnosis]:
        return [one for one in self.told if one.kind == kind]

    @property
    def standing(self) -> dict[str, Diagnosis]:
        """What holds at the end."""
        newest = {one.kind: one for one in self.told}
        return {kind: one for kind, one in newest.items() if not one.is_over}

    @property
    def problems(self) -> list[str]:
        return [f"{one.title} {one.text}" for one in self.told if one.severity == "problem" and not one.is_over]


def spec_of(body: dict[str, Any], **training: Any) -> RunSpec:
    return RunSpec.model_validate(body | {"training": {"seed": 0} | body.get("training", {}) | training})


def see(spec: RunSpec, *, every: int = 25, until: int | None = None, is_quick: bool = False) -> Seen:
    """Trains to the end, or to step ``until``. A run that ``is_quick`` is over before it is looked at twice."""
    assembly = assemble(spec)
    events: list[RunEvent] = []
    losses: dict[str, list[float]] = {}
    logbook = Logbook()
    doctor = Doctor(assembly, logbook=logbook, tell=events.append)
    for report in assembly.trainer.steps():
        logbook.note(report)
        for name, value in report.scalars().items():
            losses.setdefault(name, []).append(value)
        doctor.after_step(float("-inf"))
        if report.step == 0 or (not is_quick and (report.step in EARLY or report.step % every == 0)):
            doctor.look()
        if until is not None and report.step >= until:
            break
    doctor.conclude()
    return Seen(assembly, events, losses)


def with_remedy(spec: RunSpec, remedy: Remedy) -> RunSpec:
    """The spec with the changes of a remedy, by path."""
    body = spec.model_dump(mode="json", exclude_none=True)
    for path, value in remedy.changes.items():
        *parts, last = path.split(".")
        place: Any = body
        for part in parts:
            place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
        place[last] = value
    return RunSpec.model_validate(body)


def kinds(found: Iterable[Diagnosis]) -> set[str]:
    return {one.kind for one in found}
