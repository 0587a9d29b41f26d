"""How a run stands, moved by what its worker says. A pure core: messages in, journal entries out."""

import logging
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from layerlab_schemas.run import EventKind, Rates, RunEvent, RunProgress, RunState, RunView

from layerlab.runs import states
from layerlab.runs.children import Message
from layerlab.runs.recorder import Entry, Happened, Measured, Saved, Scalars, Stands

log = logging.getLogger(__name__)


def now_text() -> str:
    """The time as it is stored."""
    return datetime.now(UTC).isoformat()


def event(kind: EventKind, step: int, text: str) -> Happened:
    """Something that the server itself saw happen."""
    return Happened(RunEvent(kind=kind, step=step, time=datetime.now(UTC), text=text))


def moving_part(view: RunView) -> RunProgress:
    """The part of a view that moves while the run trains."""
    return RunProgress(**{name: getattr(view, name) for name in RunProgress.model_fields})


class Standing:
    """State, step and rates of one run. ``fate`` is what a stop by us means: interrupted, deleted, hung."""

    def __init__(self, run: str, progress: RunProgress) -> None:
        self.run = run
        self.progress = progress
        self.fate: tuple[RunState, str] | None = None
        self.is_built = False

    @property
    def status(self) -> RunState:
        """Its state."""
        return self.progress.status

    def move(self, status: RunState, reason: str | None, columns: Mapping[str, Any] | None = None) -> Stands:
        """Go to ``status``; returns what is to be written."""
        assert states.allows(self.status, status), f"{self.status} to {status}"
        self.progress = self.progress.model_copy(update={"status": status, "reason": reason})
        return Stands(self.progress, {**_end_of(status), **(columns or {})})

    def entries(self, message: Message) -> list[Entry]:
        """What a message of the worker means for the journal."""
        match message["type"]:
            case "scalars":
                scalars = {name: (points["steps"], points["values"]) for name, points in message["scalars"].items()}
                return [Scalars(message["step"], scalars)]
            case "event":
                return [Happened(RunEvent.model_validate(message["event"]))]
            case "frame":
                return [Measured(message["probe"], message["step"], message["body"])]
            case "checkpoint":
                fields = ("step", "directory", "epoch", "bytes", "kept")
                return [Saved(*(message[name] for name in fields))]
            case "started":
                self.is_built = True
                return [
                    Stands(self.progress, {name: message[name] for name in ("device", "num_steps", "steps_per_epoch")})
                ]
            case "progress":
                return self._moved(message)
            case "ended":
                said = {"status": message["status"], "reason": message["reason"], "step": message["step"]}
                return self._moved({**self.progress.model_dump(mode="json"), **said})
        log.error("Run %s: its worker said %r, which nobody knows", self.run, message["type"])
        return []

    def _moved(self, message: Message) -> list[Entry]:
        status, reason = RunState(message["status"]), message.get("reason")
        if self.fate is not None and status is RunState.STOPPED:
            status, reason = self.fate
        if not states.allows(self.status, status):
            log.error("Run %s: its worker says %s, but it is %s", self.run, status, self.status)
            return []
        if status is self.status and status.has_ended:
            return []
        self.progress = RunProgress(
            status=status,
            reason=reason,
            step=message["step"],
            epoch=message["epoch"],
            latest={**self.progress.latest, **_finite(message["latest"])},
            rates=Rates.model_validate(message["rates"]),
        )
        return [Stands(self.progress, _end_of(status))]

    def broke_off(self, reason: str) -> list[Entry]:
        """The worker is gone without a last word: failed, unless we meant its end."""
        if self.status.has_ended:
            return []
        status, reason = self.fate or (RunState.FAILED, reason)
        return [event(EventKind.STATUS, self.progress.step, reason), self.move(status, reason)]


def _end_of(status: RunState) -> dict[str, str]:
    return {"ended": now_text()} if status.has_ended else {}


def _finite(latest: Mapping[str, float | None]) -> dict[str, float | None]:
    """The newest values; a worker that has just begun knows none yet, and those from before stay."""
    return {name: value if _is_finite(value) else None for name, value in latest.items()}


def _is_finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
