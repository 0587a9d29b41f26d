"""Finds diagnoses while a run trains: looks at the network now and then, within a budget, and tells what it found."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from time import perf_counter, thread_time

import torch
from layerlab_schemas.run import Diagnosis, EventKind, RunEvent, RunState
from torch import Tensor

from layerlab import diagnoses
from layerlab.diagnoses.base import Evidence
from layerlab.diagnoses.exam import Exam, examine
from layerlab.diagnoses.history import History
from layerlab.graph.plan import PlannedNode
from layerlab.runs.casebook import Casebook
from layerlab.runs.initial import Initial
from layerlab.training.assemble import Assembly
from layerlab.training.logbook import Entries, Logbook

log = logging.getLogger(__name__)

#: Share of the working time that the looks may take, beside what the probes take.
SHARE = 0.003
#: Where nobody watches it takes this part of it.
UNWATCHED_PART = 0.5
#: Seconds that it may spend once beyond that: most that can be wrong with a run shows at its beginning.
WELCOME = 0.2
#: It may do so again after a change, which makes a new beginning; but not more often than once in so many seconds.
WELCOME_AGAIN = 10.0
#: A debt is never larger than what so many seconds bring: so long the next look waits at most, however dear they are.
MOST_OWED = 10.0
#: Shortest time between two looks.
PAUSE_SECONDS = 0.1
#: What is known is written when there is news, and otherwise so often.
SAVE_SECONDS = 5.0
#: Exams that are kept.
NUM_EXAMS = 6
#: A run that was looked at less often when it ends gets so many looks at the end: the greatest patience of a kind.
ENOUGH_LOOKS = 6
LAST_LOOKS = 3
#: Of each weight matrix the update is measured on so many elements, evenly spread.
MOST_ELEMENTS = 4096


class Doctor:
    """One run's doctor.

    Args:
        assembly: What is looked at.
        logbook: What the steps tell.
        tell: Takes an event.
        file: Keeps what was found, for a worker that goes on with the run; None keeps nothing.
        measured: Told how long a look took.
        examined: Told the step of each look.
        share: Of the budget of a worker, where several runs share one.
    """

    def __init__(
        self,
        assembly: Assembly,
        *,
        logbook: Logbook,
        tell: Callable[[RunEvent], None],
        file: Path | None = None,
        measured: Callable[[float], None] = lambda seconds: None,
        examined: Callable[[int], None] = lambda step: None,
        share: float = 1.0,
    ) -> None:
        self._assembly = assembly
        self._logbook = logbook
        self._logbook.follow(self._take)
        self._tell = tell
        self._file = file
        self._measured = measured
        self._examined = examined
        self._part = share
        self._share = SHARE * share * UNWATCHED_PART
        self._history = History()
        self._casebook = Casebook()
        self._exams: list[Exam] = []
        self._exams_step: int | None = None
        self._initial: Initial | None = None
        self._at_step: int | None = None
        self._turn = 0
        self._updates: dict[str, float] = {}
        self._weights: dict[str, list[Tensor]] = {}
        self._shared: Evidence | None = None
        self._next_look = 0.0
        self._worked = thread_time()
        self._credit = WELCOME * share
        self._welcomes_from = self._worked
        self._news = False
        self._saved_at = perf_counter()

    # At the start

    def look_at_start(self, *, later: bool) -> None:
        """Look at the state at initialisation; ``later``: keep it aside until the first step has been shown."""
        if later:
            self._initial = Initial(self._assembly.network)
        else:
            self.look()

    def _look_back(self) -> None:
        """The look at the start that was put off."""
        if self._initial is not None:
            initial, self._initial, self._at_step = self._initial, None, 0
            with initial.in_place():
                self.look()
            self._at_step = None

    # Around a step

    def _take(self, entries: Entries) -> None:
        """What steps told."""
        self._history.take(entries)

    def watch(self, *, is_watched: bool) -> None:
        """Whether somebody watches the run."""
        self._share = SHARE * self._part * (1.0 if is_watched else UNWATCHED_PART)

    def changed(self) -> None:
        """A hand has changed the run: what that does to it is told as soon as what is wrong at the start."""
        if thread_time() >= self._welcomes_from:
            self._welcomes_from = thread_time() + WELCOME_AGAIN
            self._credit = max(self._credit, WELCOME * self._part)

    @property
    def looks_next(self) -> bool:
        """Whether it wants to see how far the next step alone moves the weights."""
        return bool(self._weights) or self._initial is not None

    def after_step(self, now: float) -> None:
        """Look, if it is time and there is money for it."""
        if self._initial is not None:
            self._look_back()
        if self._weights:
            with self._paid():
                self._measure_updates()
        if now >= self._next_look:
            self._next_look = now + PAUSE_SECONDS
            if self._earned() >= 0:
                self.look()

    def _earned(self) -> float:
        """Seconds that it may spend now; below zero while the last look is not paid for."""
        worked = thread_time()
        self._credit = max(self._credit, min(self._credit + self._share * (worked - self._worked), self._share))
        self._worked = worked
        return self._credit

    def look(self) -> None:
        """Examine the network as it is now, and judge. A failure of ours is never worth a run."""
        with self._paid():
            try:
                self._look()
            except Exception:
                log.exception("The doctor failed at step %d", self._assembly.trainer.step)

    @contextmanager
    def _paid(self) -> Iterator[None]:
        """What is done meanwhile is paid for in working time."""
        began, worked = perf_counter(), thread_time()
        yield
        self._credit = max(self._credit - (thread_time() - worked), -MOST_OWED * self._share)
        self._measured(perf_counter() - began)

    def conclude(self) -> None:
        """The last look. A run that was over before there were enough is looked at again and again, each time at other
        samples, so that it is told what a longer one would have been told by now. So is one whose last look was the
        first to find something.
        """
        self._look_back()
        too_short = self._turn < ENOUGH_LOOKS
        self.look()
        in_doubt = any(self._casebook.doubts(kind) for kind in diagnoses.REGISTRY)
        for _ in range(LAST_LOOKS - 1 if too_short or in_doubt else 0):
            self._exams_step = None
            self.look()

    def _look(self) -> None:
        outcome = self._assembly.trainer.outcome
        if outcome is None or outcome.status is not RunState.DIVERGED:
            self._examine()
        self.judge()
        self._examined(self._assembly.trainer.step if self._at_step is None else self._at_step)
        if self._news or perf_counter() - self._saved_at > SAVE_SECONDS:
            self.save()

    def _examine(self) -> None:
        """A new look, unless there is one of this very step. Numbers that are not finite say nothing but that."""
        step = self._assembly.trainer.step if self._at_step is None else self._at_step
        if self._exams_step == step:
            return
        exam = examine(self._assembly, turn=self._turn, step=step)
        if exam is None or not (isfinite(exam.loss) and isfinite(exam.gradient)):
            return
        self._turn += 1
        self._exams = [*self._exams, exam][-NUM_EXAMS:]
        self._exams_step = exam.step
        self._weights = self._sampled()

    def judge(self) -> None:
        """Ask every kind, with what is known."""
        evidence = self._evidence()
        for kind in diagnoses.REGISTRY:
            finding = kind.look(evidence, kind.Params(), held=self._casebook.holds(kind.kind))
            told = self._casebook.note(kind, finding, step=evidence.step)
            for diagnosis in told:
                self._news = True
                self._tell(_event(diagnosis, evidence.step))

    def _evidence(self) -> Evidence:
        self._logbook.settle()
        if self._shared is None:
            self._shared = Evidence(assembly=self._assembly, history=self._history)
        # What follows from data and plan alone is worked out once.
        self._shared.exams, self._shared.updates = tuple(self._exams), self._updates
        self._shared.at_step = self._at_step
        self._shared.standing = self._casebook.standing
        return self._shared

    # How far a step moves the weights

    @torch.no_grad()
    def _sampled(self) -> dict[str, list[Tensor]]:
        """Elements of the weight matrices of each node, evenly spread."""
        layers = self._assembly.network.layers
        found = {node.id: [w for w in layers[node.id].parameters() if w.dim() > 1] for node in self._nodes()}
        return {node: [_spread(weight).clone() for weight in weights] for node, weights in found.items() if weights}

    def _measure_updates(self) -> None:
        """Against the sample of the step before."""
        before, self._weights = self._weights, {}
        now = self._sampled()
        updates = {}
        for node, parts in before.items():
            size = sum(float(part.square().sum()) for part in parts) ** 0.5
            moved = sum(float((new - old).square().sum()) for old, new in zip(parts, now[node], strict=True)) ** 0.5
            if size > 0:
                updates[node] = moved / size
        self._updates = updates

    def _nodes(self) -> list[PlannedNode]:
        return self._evidence().weighted

    # Going on

    def save(self) -> None:
        """Keep what is known."""
        self._news, self._saved_at = False, perf_counter()
        if self._file is None:
            return
        self._logbook.settle()
        told = {"history": self._history.dump(), "told": self._casebook.dump(), "turn": self._turn}
        try:
            self._file.write_text(json.dumps(told))
        except OSError as error:
            log.warning("What the doctor knows could not be written: %s", error)

    def load(self) -> None:
        """Go on from what was kept; where that cannot be read, from nothing."""
        if self._file is None or not self._file.exists():
            return
        try:
            told = json.loads(self._file.read_text())
            history, turn = History.load(told["history"]), int(told["turn"])
            self._casebook.load(told["told"])
        except (OSError, ValueError, KeyError, TypeError):
            log.exception("What the doctor knew could not be read")
            return
        self._history, self._turn = history, turn


def _spread(weight: Tensor) -> Tensor:
    flat_n = weight.detach().reshape(-1)
    return flat_n[:: -(-flat_n.numel() // MOST_ELEMENTS)]


def _event(diagnosis: Diagnosis, step: int) -> RunEvent:
    """A mark at the step since which it is so; that it is over, at the step where that was seen."""
    return RunEvent(
        kind=EventKind.DIAGNOSIS,
        step=step if diagnosis.is_over else diagnosis.step,
        time=datetime.now(UTC),
        text=f"over: {diagnosis.title}" if diagnosis.is_over else diagnosis.title,
        diagnosis=diagnosis,
    )
