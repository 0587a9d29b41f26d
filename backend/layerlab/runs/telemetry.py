"""Looks into the network between two steps: measures what is due, within the budget, and hands frames on."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter, thread_time
from types import MappingProxyType
from typing import Any

from layerlab_schemas.frames import Frame
from torch import Tensor

from layerlab import probes
from layerlab.graph.network import Network, Recording
from layerlab.probes.base import Confusion, ProbeContext, ProbeKind, Sample
from layerlab.probes.judged import Judged
from layerlab.runs.cadence import Cadence
from layerlab.runs.initial import Initial, is_small
from layerlab.runs.judging import judged
from layerlab.runs.meter import Meter
from layerlab.runs.rehearsal import rehearse
from layerlab.runs.surcharge import Surcharge
from layerlab.training.assemble import Assembly
from layerlab.training.logbook import Entries, Logbook
from layerlab.training.report import Report

log = logging.getLogger(__name__)

#: Samples of the fixed batch that is measured in eval mode, and the least that are left of them where the network is
#: so dear that all of them would take more than so many multiply-adds.
PROBE_SAMPLES = 256
LEAST_SAMPLES = 32
MOST_MULTIPLY_ADDS = 150_000_000
#: Between two looks at what is due; a look at every step would cost a tiny network a share of its speed.
_LOOK_SECONDS = 0.02
#: The same while nobody watches: what is measured for the record can wait.
_UNWATCHED_LOOK_SECONDS = 0.1
#: What is entered for a step at which nobody looks: no step pays for making it.
_AS_IT_IS = nullcontext()
_NOTHING: Mapping[Tensor, Tensor] = MappingProxyType({})


@dataclass(frozen=True)
class _PutOff:
    """What is still to be measured of the start."""

    names: list[str]
    initial: Initial
    context: ProbeContext


class Telemetry:
    """All probes of one run.

    Args:
        assembly: What is measured.
        run: Id of the run.
        logbook: What the steps tell.
        deliver: Takes the frames of one look and sends them; its time counts as telemetry.
        meter: Told how long measuring took.
        has_room: False while the server lags behind; then nothing is measured.
        share: Of the budget of a worker, where several runs share one.
    """

    def __init__(
        self,
        assembly: Assembly,
        *,
        run: str,
        logbook: Logbook,
        deliver: Callable[[Sequence[Frame]], None],
        meter: Meter,
        has_room: Callable[[], bool],
        share: float = 1.0,
    ) -> None:
        self._assembly = assembly
        self._run = run
        self._logbook = logbook
        self._logbook.follow(self._take)
        self._deliver = deliver
        self._meter = meter
        self._has_room = has_room
        self._probes: dict[str, ProbeKind] = {p.kind: p for p in probes.REGISTRY if p.applies(assembly.plan)}
        self._cadence = Cadence(tuple(self._probes), share=share)
        self._sample = 0
        self._due: list[str] = []
        self._is_looking = False
        self._next_look = 0.0
        self._looked_at = 0.0
        self._idle = 0.0
        self._batch: Recording | None = None
        self._batch_size = 0
        self._before = _NOTHING
        self._num_samples = probe_samples(assembly.check.totals.multiply_adds)
        self._surcharge = Surcharge()
        self._memory: dict[str, dict[str, Any]] = {}
        self._evaluated: Report | None = None
        self._judged: Judged | None = None
        self._sent: dict[str, tuple[int, int | None]] = {}
        self._put_off: _PutOff | None = None

    # Who watches

    def watch(self, watched: Iterable[str], sample: int | None) -> None:
        """Which probes are on somebody's screen, and the sample that the pictures show."""
        self._cadence.watched = frozenset(watched) & frozenset(self._probes)
        self._next_look = 0.0
        sample = min(sample or 0, max(0, self._assembly.data.num_validation - 1))
        if sample != self._sample:
            self.measure_rest()
            self._sample = sample
            self._cadence.forget(name for name, probe in self._probes.items() if probe.shows_sample)

    @property
    def lacks_batch(self) -> bool:
        """True where a watched probe wants to see the latest training batch or update, and it was not recorded."""
        watched = [self._probes[name] for name in self._cadence.watched]
        lacks_before = not self._before and any(probe.needs_before for probe in watched)
        return lacks_before or (self._batch is None and any(probe.needs_batch for probe in watched))

    @property
    def is_looking(self) -> bool:
        """Whether something is measured around the next step."""
        return self._is_looking

    # Around a step

    def around_step(
        self, now: float, *, everything: bool, exact: bool, is_first: bool = False
    ) -> AbstractContextManager[None]:
        """To be entered for the next step.

        Args:
            now: The clock.
            everything: Measure all probes after it.
            exact: All watched probes will be asked for after it.
            is_first: It is the first that is told: measure all that is on somebody's screen.
        """
        self._batch, self._before = None, _NOTHING
        self._is_looking = False
        if now < self._next_look and not (everything or exact or is_first):
            return _AS_IT_IS
        self._surcharge.seconds = 0.0
        watched = sorted(self._cadence.watched)
        self._due = list(self._probes) if everything else watched if is_first else self._look(now)
        self._is_looking = exact or bool(self._due)
        wanted = [self._probes[name] for name in {*self._due, *(self._cadence.watched if exact else ())}]
        if any(probe.needs_before for probe in wanted):
            with self._surcharge.copying():
                self._before = copied_weights(self._assembly.network)
        if any(probe.needs_batch for probe in wanted):
            return self._record()
        if not self._surcharge.lacks_plain:
            return _AS_IT_IS
        self._is_looking = True
        return self._surcharge.plain()

    def _look(self, now: float) -> list[str]:
        if now < self._next_look:
            return []
        pause = _LOOK_SECONDS if self._cadence.watched else _UNWATCHED_LOOK_SECONDS
        self._next_look, self._looked_at = now + pause, now
        return self._cadence.due(now, thread_time() + self._idle)

    @contextmanager
    def _record(self) -> Iterator[None]:
        with self._surcharge.recorded(), self._assembly.network.recording() as record:
            yield
        self._batch = record

    def _take(self, entries: Entries) -> None:
        """What steps told."""
        self._batch_size = entries.batch_size
        if any(step == self._assembly.trainer.step for step, _ in entries.events):
            self._before = _NOTHING  # an early stop has put other weights back: what changed is no update
        if entries.evaluated:
            self._evaluated, self._judged = entries.evaluated[-1], None

    def after_step(self, *, free: bool) -> None:
        """Measure what was due before the step; where it is free, whatever it costs, and what is waited for first."""
        if self._due and free:
            for names in self._parted(self._due):
                self._measure(names, pay=False)
        elif self._due and self._has_room():
            self._measure(self._due, pay=True)
        self._due = []

    def _parted(self, names: Iterable[str]) -> tuple[list[str], list[str]]:
        """Those that a hand that tries settings waits for, and the others."""
        first = [name for name in names if self._probes[name].comes_first]
        return first, [name for name in names if name not in first]

    # At rest, at the start and at the end

    @property
    def is_awaited(self) -> bool:
        """True where somebody watches a network that is so small that its first pictures come at once."""
        return bool(self._cadence.watched) and is_small(self._assembly.network)

    def measure_start(self, *, rest_later: bool = False) -> None:
        """Everything, at initialisation; for what looks at a training batch, that of step 1 before the update.

        What is watched goes to whoever waits for it first. The rest may wait for ``measure_rest``.
        """
        self._logbook.settle()
        self._batch = rehearse(self._assembly)
        self._batch_size = len(self._batch.outputs["input"])
        watched, can_wait = sorted(self._cadence.watched), rest_later and self.is_awaited
        first = (can_wait and self._parted(watched)[0]) or watched
        self._measure(first, pay=False)
        rest = [name for name in self._probes if name not in first]
        if can_wait:
            network = self._assembly.network
            self._put_off = _PutOff(rest, Initial(network), replace(self._context(), remembered=dict))
        else:
            self._measure(rest, pay=False)
        self._batch = None

    def measure_rest(self) -> None:
        """What was put off at the start, of the state at initialisation."""
        if self._put_off is not None:
            put_off, self._put_off = self._put_off, None
            with put_off.initial.in_place():
                self._measure(put_off.names, pay=False, context=put_off.context)

    def measure_watched(self) -> None:
        """What is on somebody's screen, unless it has been measured at this very step."""
        self._measure(sorted(self._cadence.watched), pay=False)

    def measure_all(self) -> None:
        """Everything, unless it has been measured at this very step."""
        self._measure(list(self._probes), pay=False)

    def forget(self) -> None:
        """The weights have changed without a step."""
        self._sent.clear()
        self._before = _NOTHING

    def idle(self, seconds: float) -> None:
        """So long the run waited for the next step of slow motion: time in which measuring disturbs nobody."""
        self._idle += seconds

    def rest(self) -> None:
        """Training pauses, and with it the budget."""
        self._cadence.rest()

    # Measuring

    def _measure(self, names: list[str], *, pay: bool, context: ProbeContext | None = None) -> None:
        if self._put_off is not None and not set(self._put_off.names).isdisjoint(names):
            self.measure_rest()  # a probe goes through the steps in their order
        began, worked, charged = perf_counter(), thread_time(), 0.0
        context, frames, done = context or self._context(), list[Frame](), list[str]()
        for name in names:
            if pay and not self._cadence.can_pay(name):
                continue
            # In working time: what other programs on the machine take is neither a cost nor an income.
            ready = thread_time()
            found = self._look_at(self._probes[name], context)
            cost = thread_time() - ready
            if pay:
                self._cadence.measured(name, self._looked_at, cost)
                charged += cost
                done.append(name)
            elif found:  # a probe that had nothing to say tells nothing of its cost
                self._cadence.saw(name, cost)
            frames += found
        if frames:
            self._deliver(frames)
        if pay:
            self._cadence.pay(done, thread_time() - worked - charged + self._surcharge.seconds)
        self._meter.measured(perf_counter() - began + self._surcharge.seconds)
        self._surcharge.seconds = 0.0

    def _look_at(self, probe: ProbeKind, context: ProbeContext) -> list[Frame]:
        """The frame of a probe, or nothing where there is nothing new."""
        moment = (context.step, self._sample if probe.shows_sample else None)
        if self._sent.get(probe.kind) == moment:
            return []
        try:
            frame = probe.measure(context)
        except Exception:
            # A picture is never worth a run.
            log.exception("Run %s: the probe %s failed at step %d", self._run, probe.kind, context.step)
            return []
        if frame is None or self._sent.get(probe.kind) == (frame.step, moment[1]):
            return []
        self._sent[probe.kind] = (frame.step, moment[1])
        return [frame]

    def _context(self) -> ProbeContext:
        self._logbook.settle()
        data, trainer = self._assembly.data, self._assembly.trainer
        is_validated = data.num_validation > 0
        return ProbeContext(
            run=self._run,
            step=trainer.step,
            network=self._assembly.network,
            batch=self._batch,
            batch_size=self._batch_size,
            probe_inputs=(data.validation_inputs if is_validated else data.train_inputs)[: self._num_samples],
            probe_split="validation" if is_validated else "train",
            sample=self._shown_sample() if is_validated else None,
            confusion=self._confusion(),
            raw_inputs=data.train_raw,
            preprocess=data.preprocessing.apply,
            probe_targets=(data.validation_targets if is_validated else data.train_targets)[: self._num_samples],
            loss=partial(trainer.loss.kind.batch_value, trainer.loss.params),
            seed=self._assembly.spec.training.seed,
            before=self._before,
            remembered=trainer.remembered,
            memory=self._memory,
            judged=self._newest_judged(),
            train_targets=data.train_targets,
        )

    def _confusion(self) -> Confusion | None:
        report = self._evaluated
        found = None if report is None else report.evaluation
        if report is None or found is None or found.confusion is None:
            return None
        return Confusion(step=report.step, counts=found.confusion, num_samples=found.num_samples)

    def _newest_judged(self) -> Judged | None:
        """The newest evaluation sample by sample; most are followed by another one before anybody looks."""
        if self._judged is None and self._evaluated is not None:
            self._judged = judged(self._assembly, self._evaluated)
        return self._judged

    def _shown_sample(self) -> Sample:
        data, here = self._assembly.data, slice(self._sample, self._sample + 1)
        return Sample(
            index=self._sample,
            raw=data.validation_raw[here],
            inputs=data.validation_inputs[here],
            target=data.validation_targets[here],
        )


def copied_weights(network: Network) -> dict[Tensor, Tensor]:
    """Each weight with a copy of its values, in its own layout of memory."""
    return {weight: weight.detach().clone() for weight in network.parameters() if weight.requires_grad}


def probe_samples(multiply_adds: int) -> int:
    """Samples of the fixed batch for a network that takes so many multiply-adds for each of them."""
    affordable = MOST_MULTIPLY_ADDS // max(1, multiply_adds)
    return max(LEAST_SAMPLES, min(PROBE_SAMPLES, 1 << max(0, affordable.bit_length() - 1)))
