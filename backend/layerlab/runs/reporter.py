"""What a worker tells of its run, in an order that never shows a state before the points that led to it."""

from collections.abc import Mapping, Sequence
from typing import Any

from layerlab_schemas.frames import Frame
from layerlab_schemas.run import Rates, RunEvent, RunState

from layerlab.runs.encode import pack_frame
from layerlab.runs.messages import Points, Progress, Report, Scalars
from layerlab.runs.wire import Outlet
from layerlab.training.report import BlockReport, StepReport

#: Points wait at most so long.
FLUSH_SECONDS = 0.05


class Reporter:
    """Sends the messages of a worker; points of curves are gathered and go before anything else.

    Args:
        channel: To the server.
        recorded_step: Points and events up to this step are already known there and not told again; 0: tell all.
    """

    def __init__(self, channel: Outlet, *, recorded_step: int) -> None:
        self._channel = channel
        self._recorded_step = recorded_step
        self._points: dict[str, Points] = {}
        self._last_step = 0
        self._flushed_at = float("-inf")
        self.latest: dict[str, float] = {}
        """The newest value of each curve."""

    def is_recorded(self, step: int) -> bool:
        """True for steps that were trained before, by a worker that is gone."""
        return self._recorded_step > 0 and step <= self._recorded_step

    def note(self, report: StepReport | BlockReport) -> None:
        """Gather the points of a step, and tell what happened at it."""
        found = report.points()
        self.latest.update({name: values[-1] for name, (_, values) in found.items()})
        if self.is_recorded(report.step):
            return
        self._last_step = report.step
        for name, (steps, values) in found.items():
            points = self._points.get(name)
            if points is None:
                points = self._points[name] = {"steps": [], "values": []}
            points["steps"].extend(steps)
            points["values"].extend(values)
        for event in report.events:
            self.event(event)

    def flush(self, now: float, *, at_once: bool = True) -> None:
        """Send the points that were gathered; unless ``at_once``, only if the last ones went some time ago."""
        if self._points and (at_once or now - self._flushed_at >= FLUSH_SECONDS):
            self._flushed_at = now
            self._channel.send(*self._gathered())

    def _gathered(self) -> list[Scalars]:
        """The points that wait, if there are any, as a message."""
        if not self._points:
            return []
        points, self._points = self._points, {}
        return [{"type": "scalars", "step": self._last_step, "scalars": points}]

    def tell(self, *reports: Report | Mapping[str, Any]) -> None:
        """Send anything, after the points."""
        self._channel.send(*self._gathered(), *reports)

    def event(self, event: RunEvent) -> None:
        """Something happened."""
        self.tell({"type": "event", "event": event.model_dump(mode="json")})

    def frames(self, frames: Sequence[Frame]) -> None:
        """Probes were measured."""
        self.tell(*({"type": "frame", "probe": one.probe, "step": one.step, "body": pack_frame(one)} for one in frames))

    def progress(self, status: RunState, reason: str | None, *, step: int, epoch: float, rates: Rates) -> Progress:
        """The message that tells how the run stands."""
        return {
            "type": "progress", "status": status.value, "reason": reason, "step": max(step, self._recorded_step),
            "epoch": epoch, "latest": dict(self.latest), "rates": rates.model_dump(),
        }  # fmt: skip
