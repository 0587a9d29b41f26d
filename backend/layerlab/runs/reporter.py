"""What a worker tells of its run, in an order that never shows a state before the points that led to it."""

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

from layerlab_schemas.frames import Frame
from layerlab_schemas.run import Rates, RunEvent, RunState

from layerlab.runs.encode import pack_frame
from layerlab.runs.messages import Event, Points, Progress, Report, Scalars
from layerlab.runs.wire import Outlet
from layerlab.training.logbook import Entries, Logbook

#: Points wait at most so long.
FLUSH_SECONDS = 0.05
#: In a crowd they wait for pictures, which come ten times a second, and at most so long.
CROWD_SECONDS = 0.15


class Reporter:
    """Sends the messages of a worker; points of curves are gathered and go before anything else.

    Args:
        channel: To the server.
        logbook: What the steps tell; it is settled before anything is sent.
        recorded_step: Points and events up to this step are already known there and not told again; 0: tell all.
    """

    def __init__(self, channel: Outlet, *, logbook: Logbook, recorded_step: int) -> None:
        self._channel = channel
        self._logbook = logbook
        self._logbook.follow(self._take)
        self._recorded_step = recorded_step
        self._points: dict[str, Points] = {}
        self._events: list[RunEvent] = []
        self._last_step = 0
        self._flushed_at = float("-inf")
        self.in_crowd = False
        """Whether many watch."""
        self.latest: dict[str, float] = {}
        """The newest value of each curve."""

    def _take(self, entries: Entries) -> None:
        """Gather points and events; of steps that a worker trained before that is gone, nothing."""
        self.latest.update({name: curve.values[-1] for name, curve in entries.curves.items()})
        fresh = entries.after(self._recorded_step) if self._recorded_step else entries
        for name, curve in fresh.curves.items():
            points = self._points.setdefault(name, {"steps": [], "values": []})
            points["steps"].extend(curve.steps)
            points["values"].extend(curve.values)
        self._events += [event for _, event in fresh.events]
        self._last_step = entries.step

    def flush(self, now: float, *, at_once: bool = True) -> None:
        """Send what was gathered; unless ``at_once``, only if the last of it went some time ago."""
        pause = CROWD_SECONDS if self.in_crowd else FLUSH_SECONDS
        if (at_once or now - self._flushed_at >= pause) and (waiting := self._gathered(now)):
            self._channel.send(*waiting)

    def _gathered(self, now: float) -> list[Scalars | Event]:
        """The points that wait as a message, if there are any, and what happened."""
        self._flushed_at = now
        self._logbook.settle()
        points, self._points = self._points, {}
        events, self._events = self._events, []
        found: list[Scalars | Event] = (
            [{"type": "scalars", "step": self._last_step, "scalars": points}] if points else []
        )
        return found + [_told(event) for event in events]

    def tell(self, *reports: Report | Mapping[str, Any]) -> None:
        """Send anything, after the points."""
        self._channel.send(*self._gathered(perf_counter()), *reports)

    def event(self, event: RunEvent) -> None:
        """Something happened."""
        self.tell(_told(event))

    def frames(self, frames: Sequence[Frame], *others: Report) -> None:
        """Probes were measured."""
        told = ({"type": "frame", "probe": one.probe, "step": one.step, "body": pack_frame(one)} for one in frames)
        self.tell(*others, *told)

    def progress(self, status: RunState, reason: str | None, *, step: int, epoch: float, rates: Rates) -> Progress:
        """The message that tells how the run stands."""
        self._logbook.settle()
        return {
            "type": "progress", "status": status.value, "reason": reason, "step": max(step, self._recorded_step),
            "epoch": epoch, "latest": dict(self.latest), "rates": rates.model_dump(),
        }  # fmt: skip


def _told(event: RunEvent) -> Event:
    return {"type": "event", "event": event.model_dump(mode="json")}
