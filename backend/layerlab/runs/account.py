"""The books of a run: how it stands, what is due to be told and saved, and its last word."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from time import perf_counter

from layerlab_schemas.frames import Frame
from layerlab_schemas.run import EventKind, Rates, RunEvent, RunState

from layerlab.runs.messages import Progress, Reply, Started
from layerlab.runs.meter import Meter
from layerlab.runs.reporter import Reporter
from layerlab.runs.saving import Saver
from layerlab.training.assemble import Assembly
from layerlab.training.checkpoint import num_bytes
from layerlab.training.report import Report

log = logging.getLogger(__name__)

#: So often it is told how a run stands; along with pictures a little before it would be due.
PROGRESS_SECONDS = 0.25
PROGRESS_ALONG_SECONDS = 0.15


class Account:
    """Keeps the books of one run.

    Args:
        assembly: The run.
        reporter: Where it tells.
        saver: Keeps checkpoints.
        meter: Adds up the time.
        recorded_step: Up to here everything is already known to the server.

    Attributes:
        status: How the run stands.
        reason: Why it rests, where that was not asked for.
    """

    def __init__(
        self, assembly: Assembly, *, reporter: Reporter, saver: Saver, meter: Meter, recorded_step: int
    ) -> None:
        self._device = assembly.device
        self._trainer = assembly.trainer
        self._reporter = reporter
        self._saver = saver
        self._meter = meter
        self._recorded_step = recorded_step
        self._told_at = float("-inf")
        self._examined_step: int | None = None
        self.status = RunState.RUNNING
        self.reason: str | None = None

    @property
    def gap(self) -> int:
        """Steps that are still to be trained in silence."""
        return max(0, self._recorded_step - self._trainer.step)

    def begin(self) -> None:
        """Tell the plan, and how it stands."""
        self._told_at = perf_counter()
        self._reporter.tell(self._plan(), self._progress())

    def announce(self) -> None:
        """Tell the plan."""
        self._reporter.tell(self._plan())

    def _plan(self) -> Started:
        return {
            "type": "started", "device": str(self._device), "num_steps": self._trainer.num_steps,
            "steps_per_epoch": self._trainer.steps_per_epoch,
        }  # fmt: skip

    def note(self, report: Report) -> None:
        """Count what a step did."""
        if report.step:
            self._meter.step(report.batch_size, report.seconds_data, num_steps=report.num_steps)

    def flush(self) -> None:
        """Send the points that wait."""
        self._reporter.flush(perf_counter())

    def deliver(self, frames: Sequence[Frame]) -> None:
        """Send pictures; while it trains, with what would soon be sent by itself."""
        is_soon = perf_counter() - self._told_at >= PROGRESS_ALONG_SECONDS
        along = [self._due_progress()] if is_soon and self.status is RunState.RUNNING else []
        self._reporter.frames(frames, *along)

    def examined(self, step: int) -> None:
        """Diagnoses were looked for at this step."""
        self._examined_step = step

    def crowd(self, in_crowd: bool) -> None:
        """Whether many watch."""
        self._reporter.in_crowd = in_crowd

    def pass_time(self) -> None:
        """Training goes on."""
        self._meter.tick(perf_counter())

    def rest(self) -> None:
        """Training stands still."""
        self._meter.rest(perf_counter())

    def keep_up(self) -> bool:
        """Points, progress and checkpoints that are due; False when a checkpoint could not be written."""
        now = perf_counter()
        self._reporter.flush(now, at_once=False)
        if now - self._told_at >= PROGRESS_SECONDS:
            self.tell_progress()
        return self.save() if self._saver.is_due(now) else True

    def tell_progress(self) -> None:
        """How it stands."""
        self._reporter.tell(self._due_progress())

    def _due_progress(self) -> Progress:
        self._told_at = perf_counter()
        return self._progress()

    def _progress(self) -> Progress:
        return self._reporter.progress(
            self.status, self.reason, step=self._trainer.step, epoch=self._trainer.epoch, rates=self._rates()
        )

    def _rates(self) -> Rates:
        known = {"engine": self._trainer.engine, "examined_step": self._examined_step}
        return self._meter.rates().model_copy(update=known)

    def save(self) -> bool:
        """Write a checkpoint; False, with the reason, when it cannot be written."""
        try:
            path = self._saver.save()
        except OSError as error:
            log.warning("A checkpoint could not be written: %s", error)
            if self.reason is None:
                self.reason = f"The checkpoint could not be written ({error.strerror}). Make room, then resume."
                self.happened(EventKind.WARNING, self.reason)
            return False
        if path is not None:
            self._reporter.tell({
                "type": "checkpoint", "step": self._trainer.step, "directory": str(path),
                "epoch": self._trainer.epoch, "bytes": num_bytes(path), "kept": self._saver.kept(),
            })  # fmt: skip
        return True

    def changed(self) -> None:
        """The state has changed without a step."""
        self._saver.changed()

    def happened(self, kind: EventKind, text: str) -> None:
        """Something that belongs on the curves."""
        self.tell_event(RunEvent(kind=kind, step=self._trainer.step, time=datetime.now(UTC), text=text))

    def tell_event(self, event: RunEvent) -> None:
        """An event that somebody else has written."""
        self._reporter.event(event)

    def answer(self, reply: Reply) -> None:
        """The answer to a command, after all that led to it."""
        self._reporter.tell(reply)

    def say_ended(self) -> None:
        """The last word."""
        step = max(self._trainer.step, self._recorded_step)
        self._reporter.tell({"type": "ended", "status": self.status.value, "reason": self.reason or "", "step": step})
