"""A run in its worker: trains step by step, and obeys commands between steps.

It *moves* (trains), *rests* (waits for commands), or moves with a number of steps left, after which it rests. A pause
that must be exact trains one more batch first, so that every watched picture is of the step it rests at.
"""

from collections.abc import Iterator
from time import perf_counter

from layerlab_schemas.run import EventKind, RunChange, RunState

from layerlab.errors import LayerlabError
from layerlab.figures import count
from layerlab.graph.network import Network
from layerlab.runs.account import Account
from layerlab.runs.changes_log import ChangesLog
from layerlab.runs.compiling import WAITS, Compiling
from layerlab.runs.copying import Copier
from layerlab.runs.doctor import Doctor
from layerlab.runs.inbox import Inbox
from layerlab.runs.refusing import accept, in_words, refuse
from layerlab.runs.telemetry import Telemetry
from layerlab.runs.wire import Message
from layerlab.training.assemble import Assembly
from layerlab.training.logbook import Logbook
from layerlab.training.report import Report

#: In slow motion, points and progress do not wait longer than this for the next step.
_SLOW_LOOK_SECONDS = 0.05
#: So often it is looked whether a step that is waited for is compiled.
_COMPILING_LOOK_SECONDS = 0.1


class NotPaused(LayerlabError):
    """Single steps are for a run that rests."""

    code = "not_paused"


class Session:
    """One run. Everything that it needs is given; it reads and writes no file but through these.

    Args:
        assembly: The run, at the state from which it goes on.
        inbox: Commands.
        account: Keeps the books.
        logbook: Takes what the steps tell.
        telemetry: Looks inside.
        doctor: Finds what is wrong.
        compiling: Has the step compiled.
        changes: Keeps changes, to make them again after a resume.
        copier: Writes the present state for an analysis.
        is_fresh: False where it goes on from a checkpoint.
        is_fork: It begins with the state of another run.
    """

    def __init__(
        self,
        assembly: Assembly,
        *,
        inbox: Inbox,
        account: Account,
        logbook: Logbook,
        telemetry: Telemetry,
        doctor: Doctor,
        compiling: Compiling,
        changes: ChangesLog,
        copier: Copier,
        is_fresh: bool,
        is_fork: bool = False,
    ) -> None:
        self._assembly = assembly
        self._trainer = assembly.trainer
        self._inbox = inbox
        self._account = account
        self._logbook = logbook
        self._telemetry = telemetry
        self._doctor = doctor
        self._compiling = compiling
        self._changes = changes
        self._copier = copier
        self._is_fresh = is_fresh
        self._is_fork = is_fork
        self._has_told = False
        self._to_repeat = changes.since(self._trainer.step)
        self._is_resting = False
        self._is_over = False
        self._steps_left: int | None = None
        self._unanswered: list[Message] = []
        self._deferred: list[Message] = []
        self._next_step_at = 0.0
        self._is_held = False

    @property
    def network(self) -> Network:
        """What it trains."""
        return self._assembly.network

    # The way of a run

    def run(self, *, paused: bool) -> None:
        """From the start to ``ended``."""
        steps = self._trainer.steps()
        self._open(steps, paused=paused)
        while not self._is_over:
            self._attend()
            if not self._is_over:
                self._advance(steps)
        self._close()

    def _open(self, steps: Iterator[Report], *, paused: bool) -> None:
        """Say how it stands; measure the state at initialisation."""
        self._account.status = RunState.PAUSED if paused else RunState.RUNNING
        self._account.begin()
        self._account.pass_time()
        if self._is_fresh:
            self._note(next(steps))
            self._measure_start(paused=paused)
        if self._is_fork:
            self._repeat_changes()
            self._account.save()  # from here on it does without its parent
        if paused:
            self._steps_left = self._account.gap
            self._rest_if_done()

    def _measure_start(self, *, paused: bool) -> None:
        """The state at initialisation; somebody who waits to see it train is shown the first steps before the rest."""
        if not self._telemetry.is_awaited:
            self._account.flush()
        if not self._account.gap:
            self._telemetry.measure_start(rest_later=not paused)
            self._doctor.look_at_start(later=not paused and self._telemetry.is_awaited)
        self._account.flush()

    def _advance(self, steps: Iterator[Report]) -> None:
        """One update and what belongs to it."""
        self._repeat_changes()
        self._account.pass_time()
        now, silent = perf_counter(), self._account.gap > 0
        self._pace(now)
        is_last, is_first = self._trainer.step + 1 >= self._trainer.num_steps, not self._has_told and not silent
        everything, exact = is_last and not silent, self._steps_left == 1
        watching = self._telemetry.around_step(now, everything=everything, exact=exact, is_first=is_first)
        is_alone = self._telemetry.is_looking or self._next_step_at or self._trainer.engine == "eager"
        self._trainer.at_most = 1 if is_alone else self._steps_in_a_row()
        with watching:
            report = next(steps, None)
        if report is None:
            outcome = self._trainer.outcome
            assert outcome is not None
            self._end(outcome.status, outcome.reason)
            return
        self._note(report)
        if report.step == 1 and not self._telemetry.is_awaited:
            self._account.flush()
        if not silent:
            self._has_told = True
            self._telemetry.after_step(free=everything or is_first)  # points go along with the pictures
            self._telemetry.measure_rest()
            self._doctor.after_step(now)
        if not self._account.keep_up():
            self._steps_left = 1  # the run rests at once
        if self._steps_left is not None:
            self._steps_left -= report.num_steps
            self._rest_if_done()

    def _steps_in_a_row(self) -> int:
        """Updates until somebody wants to come between: all but the last, which everything is measured at."""
        until = [self._trainer.num_steps - self._trainer.step - 1, self._steps_left, self._account.gap or None]
        until += [step - self._trainer.step for step, _ in self._to_repeat[:1]]
        return max(1, min(count for count in until if count is not None)) if not self._doctor.looks_next else 1

    def _note(self, report: Report) -> None:
        self._logbook.note(report)
        self._account.note(report)

    def _repeat_changes(self) -> None:
        """After a resume: make the changes again that were made at this step, then those that came meanwhile."""
        while self._to_repeat and self._to_repeat[0][0] <= self._trainer.step:
            _, change = self._to_repeat.pop(0)
            self._trainer.apply(change)
        if self._deferred and not self._account.gap:
            waiting, self._deferred = self._deferred, []
            for command in waiting:
                self._obey(command)

    def _end(self, status: RunState, reason: str) -> None:
        self._is_over = True
        self._account.status, self._account.reason = status, reason

    # Waiting

    def _attend(self) -> None:
        """Obey what has come; wait here while it rests, and between two steps of slow motion."""
        while not self._is_over:
            wait = self._seconds_to_wait()
            command = self._wait(wait) if wait else self._inbox.take(wait)
            if command is not None:
                self._obey(command)
            elif wait == 0:
                return
            else:
                self._account.pass_time()
                if not (self._is_held or self._account.keep_up()):
                    self._rest()

    def _wait(self, seconds: float) -> Message | None:
        """The next command, or None when the time between two steps of slow motion is over."""
        began = perf_counter()
        command = self._inbox.take(seconds)
        self._telemetry.idle(perf_counter() - began)
        return command

    def _seconds_to_wait(self) -> float | None:
        if self._is_resting:
            return None
        if self._is_held_up():
            return _COMPILING_LOOK_SECONDS
        if self._next_step_at == 0 or self._steps_left is not None:
            return 0.0
        return min(max(0.0, self._next_step_at - perf_counter()), _SLOW_LOOK_SECONDS)

    def _is_held_up(self) -> bool:
        """Whether the next step waits for the compiler, which is told as long as it lasts."""
        is_held_up = self._compiling.holds_up()
        if is_held_up != (self._account.reason == WAITS):
            self._account.reason = WAITS if is_held_up else None
            self._account.tell_progress()
        return is_held_up

    def _pace(self, now: float) -> None:
        self._is_held, speed = False, self._trainer.settings.max_steps_per_second
        self._next_step_at = now + 1 / speed if speed and not self._account.gap else 0.0

    def _rest_if_done(self) -> None:
        if self._steps_left is not None and self._steps_left <= 0:
            self._rest()

    def _rest(self) -> None:
        """Stand still; whoever asked for it hears when all there is to see has been sent."""
        self._is_resting, self._steps_left = True, None
        self._account.flush()
        self._telemetry.measure_watched()
        self._telemetry.rest()
        self._doctor.save()
        self._account.rest()
        if self._account.save():
            self._account.reason = None
        self._account.status = RunState.PAUSED
        self._account.tell_progress()
        self._answer_all()

    def _move(self, *, steps: int | None) -> None:
        self._is_resting, self._steps_left, self._account.reason = False, steps, None

    # Commands

    def _obey(self, command: Message) -> None:
        try:
            self._do(command)
        except LayerlabError as error:
            self._account.answer(refuse(command, error))

    def _do(self, command: Message) -> None:
        match command["type"]:
            case "watch":
                self._telemetry.watch(command["probes"], command["sample"])
                self._doctor.watch(is_watched=bool(command["probes"]))
                self._account.crowd(command["in_crowd"])
                if self._is_resting:
                    self._telemetry.measure_watched()
            case "pause":
                self._pause(command)
            case "hold":
                self._next_step_at, self._is_held = perf_counter() + command["seconds"], True
                self._answer(command)
            case "resume":
                self._resume(command)
            case "step":
                self._take_steps(command)
            case "change":
                self._change(command)
            case "save":
                if not self._account.gap:
                    self._account.save()
                self._answer(command)
            case "copy":
                self._copy(command)
            case "stop":
                self._unanswered.append(command)
                self._end(RunState.STOPPED, f"Stopped at step {count(self._trainer.step)}.")
            case "terminate":
                self._end(RunState.INTERRUPTED, f"The server ended the worker at step {count(self._trainer.step)}.")
            case other:
                raise AssertionError(f"a worker cannot {other}")

    def _pause(self, command: Message) -> None:
        self._unanswered.append(command)
        if self._is_resting:
            self._answer_all()
        elif self._account.gap:
            self._steps_left = self._account.gap
        elif self._account.reason == WAITS:
            self._rest()
        elif self._trainer.step and self._telemetry.lacks_batch and self._trainer.step < self._trainer.num_steps:
            self._steps_left = 1
        else:
            self._rest()

    def _resume(self, command: Message) -> None:
        self._move(steps=None)
        self._answer_all()
        self._account.status = RunState.RUNNING
        self._account.tell_progress()
        self._answer(command)

    def _take_steps(self, command: Message) -> None:
        if not self._is_resting:
            raise NotPaused("The run is not paused. Pause it first, then take single steps.")
        self._unanswered.append(command)
        self._move(steps=command["count"])

    def _change(self, command: Message) -> None:
        if self._account.gap:
            self._deferred.append(command)
            return
        change = RunChange.model_validate(command["change"])
        planned = (self._trainer.num_steps, self._trainer.steps_per_epoch)
        events = self._trainer.apply(change)
        if events:
            self._changes.add(self._trainer.step, change)
            self._account.changed()
            self._copier.changed()
            self._doctor.changed()
        for event in events:
            self._account.tell_event(event)
        if change.weights and self._is_resting:
            self._telemetry.forget()
            self._telemetry.measure_watched()
        if planned != (self._trainer.num_steps, self._trainer.steps_per_epoch):
            self._account.announce()
        self._pace(perf_counter())
        self._answer(command)

    def _copy(self, command: Message) -> None:
        """Write the state as it is between these two steps; the run does not notice."""
        try:
            step = None if self._account.gap else self._copier.copy()
        except OSError as error:
            self._account.answer(refuse(command, error))
            return
        self._account.answer(accept(command, {"step": step}))

    def _answer(self, command: Message) -> None:
        self._account.answer(accept(command, {"step": self._trainer.step}))

    def _answer_all(self) -> None:
        answered, self._unanswered = self._unanswered, []
        for command in answered:
            self._answer(command)

    # The end

    def _close(self) -> None:
        """Say what there is left to say, ``ended`` last."""
        status = self._account.status
        self._account.flush()
        self._compiling.close()
        if status is not RunState.INTERRUPTED and not self._account.gap:
            if status is RunState.COMPLETED and self._assembly.spec.training.early_stopping is not None:
                self._telemetry.forget()  # the best weights may be back
            self._telemetry.measure_all()
            self._doctor.conclude()
        self._doctor.save()
        reason = self._account.reason
        if status is not RunState.DIVERGED:
            self._account.save()
        self._account.reason = reason
        self._finish("diverged" if status is RunState.DIVERGED else None)

    def fail(self, error: Exception) -> None:
        """End because of an error while it trained."""
        self._compiling.close()
        self._end(RunState.FAILED, f"At step {count(self._trainer.step + 1)}: {in_words(error)}")
        self._finish("failed")

    def _finish(self, mark: str | None) -> None:
        if mark is not None:
            self._account.happened(EventKind.STATUS, mark)
        self._account.rest()
        self._account.tell_progress()
        self._answer_all()
        self._account.say_ended()
