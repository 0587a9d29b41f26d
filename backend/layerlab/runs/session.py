"""A run in its worker: trains step by step, obeys commands between steps, tells what happens, and saves.

States: *moving* (trains), *resting* (waits for commands), and moving with a number of steps left, after which it rests.
A pause that must be exact trains one more batch first, so that every watched picture is of the step it rests at.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

from layerlab_schemas.run import EventKind, RunChange, RunEvent, RunState

from layerlab.errors import LayerlabError
from layerlab.graph.network import Network
from layerlab.runs.changes_log import ChangesLog
from layerlab.runs.inbox import Inbox
from layerlab.runs.meter import Meter
from layerlab.runs.refusing import accept, in_words, refuse
from layerlab.runs.reporter import Reporter
from layerlab.runs.saving import Saver
from layerlab.runs.telemetry import Telemetry
from layerlab.runs.wire import Message
from layerlab.training.assemble import Assembly
from layerlab.training.report import StepReport

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 0.25
#: In slow motion, points and progress do not wait longer than this for the next step.
_SLOW_LOOK_SECONDS = 0.05


class NotPaused(LayerlabError):
    """Single steps are for a run that rests."""

    code = "not_paused"


@dataclass(frozen=True)
class End:
    """How the run ended."""

    status: RunState
    reason: str


class Session:
    """One run. Everything that it needs is given; it reads no file but through these.

    Args:
        assembly: The run, at the state from which it goes on.
        inbox: Commands.
        reporter: Where it tells.
        telemetry: Looks inside.
        saver: Keeps checkpoints.
        changes: Keeps changes.
        meter: Adds up the time.
        recorded_step: Up to here it trains in silence, making again the changes that were made.
        is_fresh: False where it goes on from a checkpoint.
    """

    def __init__(
        self,
        assembly: Assembly,
        *,
        inbox: Inbox,
        reporter: Reporter,
        telemetry: Telemetry,
        saver: Saver,
        changes: ChangesLog,
        meter: Meter,
        recorded_step: int,
        is_fresh: bool,
    ) -> None:
        self._assembly = assembly
        self._trainer = assembly.trainer
        self._inbox = inbox
        self._reporter = reporter
        self._telemetry = telemetry
        self._saver = saver
        self._changes = changes
        self._meter = meter
        self._recorded_step = recorded_step
        self._is_fresh = is_fresh
        self._to_repeat = [] if is_fresh and not recorded_step else changes.since(self._trainer.step)
        self._status = RunState.RUNNING
        self._is_resting = False
        self._steps_left: int | None = None
        self._unanswered: list[Message] = []
        self._deferred: list[Message] = []
        self._end: End | None = None
        self._reason: str | None = None
        self._told_at = float("-inf")
        self._next_step_at = 0.0

    @property
    def network(self) -> Network:
        """What it trains."""
        return self._assembly.network

    # The way of a run

    def run(self, *, paused: bool) -> None:
        """From the start to ``ended``."""
        steps = self._trainer.steps()
        self._open(steps, paused=paused)
        while self._end is None:
            self._attend()
            if self._end is None:
                self._advance(steps)
        self._close(self._end)

    def _open(self, steps: Iterator[StepReport], *, paused: bool) -> None:
        """Say how it stands; measure the state at initialisation."""
        self._status = RunState.PAUSED if paused else RunState.RUNNING
        self._progress()
        self._meter.tick(perf_counter())
        if self._is_fresh:
            self._note(next(steps))
            self._reporter.flush(perf_counter())
            if not self._reporter.is_recorded(0) and not self._recorded_step:
                self._telemetry.measure_start()
        if paused:
            self._steps_left = self._gap
            self._rest_if_done()

    @property
    def _gap(self) -> int:
        """Steps that are still to be trained in silence."""
        return max(0, self._recorded_step - self._trainer.step)

    def _advance(self, steps: Iterator[StepReport]) -> None:
        """One update and what belongs to it."""
        self._repeat_changes()
        now = perf_counter()
        self._meter.tick(now)
        step, quiet = self._trainer.step, self._gap > 0
        everything = not quiet and (step == 0 or step == self._recorded_step or step + 1 >= self._trainer.num_steps)
        self._pace(now)
        with self._telemetry.around_step(now, everything=everything, exact=self._steps_left == 1):
            report = next(steps, None)
        if report is None:
            outcome = self._trainer.outcome
            assert outcome is not None
            self._end = End(outcome.status, outcome.reason)
            return
        self._note(report)
        now = perf_counter()
        self._reporter.flush(now, at_once=report.step == 1)
        if not quiet:
            self._telemetry.after_step(everything=everything)
        self._keep_up(now)
        if self._steps_left is not None:
            self._steps_left -= 1
            self._rest_if_done()

    def _note(self, report: StepReport) -> None:
        self._telemetry.note(report)
        self._reporter.note(report)
        if report.step:
            self._meter.step(report.batch_size, report.seconds_data)

    def _repeat_changes(self) -> None:
        """After a resume: make the changes again that were made at this step."""
        while self._to_repeat and self._to_repeat[0][0] <= self._trainer.step:
            _, change = self._to_repeat.pop(0)
            self._trainer.apply(change)
        if self._deferred and not self._gap:
            waiting, self._deferred = self._deferred, []
            for command in waiting:
                self._obey(command)

    def _pace(self, now: float) -> None:
        speed = self._trainer.settings.max_steps_per_second
        self._next_step_at = now + 1 / speed if speed and not self._gap else 0.0

    def _keep_up(self, now: float) -> None:
        """Points, progress and checkpoints that are due."""
        self._reporter.flush(now, at_once=False)
        if now - self._told_at >= PROGRESS_SECONDS:
            self._progress()
        if self._saver.is_due(now):
            self._save()

    def _progress(self, end: End | None = None) -> None:
        self._told_at = perf_counter()
        self._reporter.progress(
            end.status if end else self._status,
            end.reason if end else self._reason,
            step=self._trainer.step,
            epoch=self._trainer.epoch,
            rates=self._meter.rates(),
        )

    def _save(self) -> bool:
        """Write a checkpoint; a run that cannot is put to rest and says why."""
        try:
            path = self._saver.save()
        except OSError as error:
            log.warning("A checkpoint could not be written: %s", error)
            if self._reason is None:
                self._reason = f"The checkpoint could not be written ({error.strerror}). Make room, then resume."
                self._happened(EventKind.WARNING, self._reason)
            self._steps_left = 0
            return False
        if path is not None:
            self._reporter.tell({"type": "checkpoint", "step": self._trainer.step, "directory": str(path)})
        return True

    def _happened(self, kind: EventKind, text: str) -> None:
        self._reporter.event(RunEvent(kind=kind, step=self._trainer.step, time=datetime.now(UTC), text=text))

    # Rest

    def _rest_if_done(self) -> None:
        if self._steps_left is not None and self._steps_left <= 0:
            self._rest()

    def _rest(self) -> None:
        """Stand still; whoever asked for it hears when all there is to see has been sent."""
        self._status, self._is_resting, self._steps_left = RunState.PAUSED, True, None
        now = perf_counter()
        self._reporter.flush(now)
        self._telemetry.measure_watched()
        self._telemetry.rest()
        self._meter.rest(now)
        if self._save():
            self._reason = None
        self._steps_left = None
        self._progress()
        self._answer_all()

    def _go_on(self, *, steps: int | None) -> None:
        self._is_resting, self._steps_left, self._reason = False, steps, None

    def _answer_all(self) -> None:
        answered, self._unanswered = self._unanswered, []
        for command in answered:
            self._reporter.tell(accept(command, {"step": self._trainer.step}))

    # Commands

    def _attend(self) -> None:
        """Obey what has come; wait here while it rests, and between two steps of slow motion."""
        while self._end is None:
            wait = self._seconds_to_wait()
            command = self._inbox.take(wait)
            if command is not None:
                self._obey(command)
            elif wait == 0:
                return
            else:
                self._meter.tick(perf_counter())
                self._keep_up(perf_counter())

    def _seconds_to_wait(self) -> float | None:
        if self._is_resting:
            return None
        if self._next_step_at == 0 or self._steps_left is not None:
            return 0.0
        return min(max(0.0, self._next_step_at - perf_counter()), _SLOW_LOOK_SECONDS)

    def _obey(self, command: Message) -> None:
        try:
            self._do(command)
        except LayerlabError as error:
            self._reporter.tell(refuse(command, error))

    def _do(self, command: Message) -> None:
        match command["type"]:
            case "watch":
                self._telemetry.watch(command["probes"], command["sample"])
                if self._is_resting:
                    self._telemetry.measure_watched()
            case "pause":
                self._pause(command)
            case "resume":
                self._status = RunState.RUNNING
                self._go_on(steps=None)
                self._answer_all()
                self._progress()
                self._reporter.tell(accept(command, {"step": self._trainer.step}))
            case "step" if self._is_resting:
                self._unanswered.append(command)
                self._go_on(steps=command["count"])
            case "step":
                raise NotPaused("The run is not paused. Pause it first, then take single steps.")
            case "change" if self._gap:
                self._deferred.append(command)
            case "change":
                self._change(command)
            case "stop":
                self._unanswered.append(command)
                self._end = End(RunState.STOPPED, f"Stopped at step {self._trainer.step}.")
            case "terminate":
                reason = f"The server ended the worker at step {self._trainer.step}."
                self._end = End(RunState.INTERRUPTED, reason)
            case other:
                raise AssertionError(f"a worker cannot {other}")

    def _pause(self, command: Message) -> None:
        self._unanswered.append(command)
        if self._is_resting:
            self._answer_all()
        elif self._gap:
            self._steps_left = self._gap
        elif self._trainer.step and self._telemetry.lacks_batch and self._trainer.step < self._trainer.num_steps:
            self._steps_left = 1
        else:
            self._rest()

    def _change(self, command: Message) -> None:
        change = RunChange.model_validate(command["change"])
        planned = (self._trainer.num_steps, self._trainer.steps_per_epoch)
        events = self._trainer.apply(change)
        if events:
            self._changes.add(self._trainer.step, change)
            self._saver.changed()
        for event in events:
            self._reporter.event(event)
        if planned != (self._trainer.num_steps, self._trainer.steps_per_epoch):
            self.announce()
        self._pace(perf_counter())
        self._reporter.tell(accept(command, {"step": self._trainer.step}))

    def announce(self) -> None:
        """Tell the plan."""
        self._reporter.tell({
            "type": "started", "device": str(self._assembly.device), "num_steps": self._trainer.num_steps,
            "steps_per_epoch": self._trainer.steps_per_epoch,
        })  # fmt: skip

    # The end

    def _close(self, end: End) -> None:
        """Say what there is left to say, ``ended`` last."""
        self._reporter.flush(perf_counter())
        if end.status is not RunState.INTERRUPTED and not self._gap:
            if end.status is RunState.COMPLETED and self._assembly.spec.training.early_stopping is not None:
                self._telemetry.forget()  # the best weights may be back
            self._telemetry.measure_all()
        if end.status is not RunState.DIVERGED:
            self._save()
        else:
            self._happened(EventKind.STATUS, "diverged")
        self._meter.rest(perf_counter())
        self._progress(end)
        self._answer_all()
        self.say_ended(end)

    def say_ended(self, end: End) -> None:
        """The last word."""
        step = max(self._trainer.step, self._recorded_step)
        self._reporter.tell({"type": "ended", "status": end.status.value, "reason": end.reason, "step": step})

    def fail(self, error: Exception) -> None:
        """End because of an error while it trained."""
        reason = f"At step {self._trainer.step + 1}: {in_words(error)}"
        end = End(RunState.FAILED, reason)
        self._happened(EventKind.STATUS, f"failed: {reason}")
        self._progress(end)
        self._answer_all()
        self.say_ended(end)
