"""The compiled engine of a run, or that of recorded graphs: from which step on it works, and the steps that it does."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, thread_time
from typing import Literal, cast

from torch import Tensor
from torch.optim import Optimizer

from layerlab.graph.network import Network
from layerlab.training.changes import Settings
from layerlab.training.choice import LossChoice
from layerlab.training.data import TrainingData
from layerlab.training.engines.block import BLOCK
from layerlab.training.engines.compiled import Block, CompiledStep
from layerlab.training.engines.functional import PureStep
from layerlab.training.engines.graphed import Graphs, OtherNumbers
from layerlab.training.engines.package import SUFFIX, key
from layerlab.training.engines.packaged import Packages
from layerlab.training.engines.programs import Programs
from layerlab.training.engines.recorder import RECORDERS, can_record
from layerlab.training.engines.refusal import Refusal, refusal
from layerlab.training.objective import values_of_a_sample

log = logging.getLogger(__name__)

#: On the CPU ``auto`` compiles where the nodes give at most so many values for a batch: there a step is mostly
#: PyTorch's calls. On a card it records whatever can be recorded, from the first step on: that takes no time.
MOST_VALUES = 50_000
#: It leaves so many steps to the eager engine, time enough to compile in, …
EAGER_STEPS = 40_000
#: … and compiles only where at least so many are planned: a shorter run is over before it has paid.
LEAST_STEPS = 400_000
#: A call is to take about so long: between calls commands are obeyed and pictures measured.
CALL_SECONDS = 0.01
#: What does a step.
Engine = Literal["eager", "compiled", "cuda_graph", "lockstep"]
#: Steps of the first call, which nobody knows the time of, and the least that time is told by.
FEW_STEPS = 8


@dataclass(frozen=True)
class Ran:
    """What the steps of one call told.

    Attributes:
        curves: A value for each step, by the names of curves. The last loss is not finite where the run diverged.
        batch_size: Samples in each batch.
        bad_inputs: Of the step whose loss is not finite; the weights are those before it.
    """

    curves: dict[str, list[float]]
    batch_size: int
    bad_inputs: Tensor | None
    seconds_data: float

    @property
    def num_steps(self) -> int:
        """Steps that were done."""
        return len(self.curves["train/loss"])


class Compilation:
    """Decides by spec, device and step alone, never by the clock, so that equal runs give equal numbers.

    On the CPU it waits for packages that a process of its own compiles; on a card it records graphs itself, at once.

    Attributes:
        begins: The step after which the engine works; None where the eager one does everything.
        refusal: Why there is no such engine, although it was asked for or was to be.
        records: Whether steps are recorded, not compiled.
    """

    def __init__(
        self, wanted: Literal["auto", "eager", "compiled"], network: Network, data: TrainingData, loss: LossChoice
    ) -> None:
        self._wanted = wanted
        self._network = network
        self._data = data
        self._loss = loss
        self._packages: Mapping[int, Path] | None = None
        self._programs: Programs | None = None
        self._engine: CompiledStep | None = None
        self._most = FEW_STEPS
        self.records = can_record(data.train_targets.device)
        self.begins: int | None = None
        self.refusal: Refusal | None = None

    # From when on

    def decide(self, settings: Settings, *, step: int, num_steps: int) -> None:
        """At the start, and whenever the step has become another function.

        Args:
            settings: In force from here on.
            step: Updates done.
            num_steps: Updates when all is done as planned.
        """
        self.go_on(None)
        if self._wanted == "eager" or (self._wanted == "auto" and not self._pays(settings, num_steps - step)):
            return
        found = refusal(
            self._network, self._data, settings.optimizer, settings.augment, self._data.train_targets.device
        )
        if found is None:
            self.begins = step + (EAGER_STEPS if self._wanted == "auto" and not self.records else 0)
        elif self._wanted == "compiled":
            self.refusal = found

    def _pays(self, settings: Settings, steps_left: int) -> bool:
        if self.records:
            return True
        batch_size = min(settings.batch_size, self._data.num_train)
        return steps_left >= LEAST_STEPS and values_of_a_sample(self._network.plan) * batch_size <= MOST_VALUES

    def go_on(self, begins: int | None) -> None:
        """As the run that is gone on with decided."""
        self.begins, self.refusal = begins, None
        self._packages, self._programs, self._engine = None, None, None

    def form(self, settings: Settings) -> str | None:
        """Tells steps that need another package or graph; None where none is ever made."""
        if self._wanted == "eager" or not isinstance(self._data.train_inputs, Tensor):
            return None
        return f"{self._key(settings, settings.batch_size)} {bool(settings.augment)}"

    @property
    def is_ready(self) -> bool:
        """Whether there are packages, or graphs."""
        return self._packages is not None or self._programs is not None

    def packages(self, settings: Settings, folder: Path) -> dict[int, Path]:
        """Where the packages of these settings are or will be, by batch size."""
        return {size: folder / (self._key(settings, size) + SUFFIX) for size in self._sizes(settings)}

    def _sizes(self, settings: Settings) -> list[int]:
        """The usual batch size and that of a smaller last batch.

        A last batch of one sample is left out; such steps are done without a program.
        """
        usual = min(settings.batch_size, self._data.num_train)
        return [size for size in (usual, self._data.num_train % usual) if size > 1 or size == usual]

    def _key(self, settings: Settings, batch_size: int) -> str:
        return key(
            self._network, self._loss, settings.optimizer, settings.regularization,
            inputs=cast(Tensor, self._data.train_inputs), targets=self._data.train_targets, batch_size=batch_size,
        )  # fmt: skip

    def is_due(self, step: int) -> bool:
        """Whether this engine does the step after so many."""
        return self.begins is not None and step >= self.begins

    def engine_at(self, step: int) -> Engine:
        """What does the step after so many."""
        if not self.is_due(step):
            return "eager"
        return "cuda_graph" if self.records else "compiled"

    def lacks_packages(self, step: int) -> bool:
        """Whether the step after so many has to wait for ``take``."""
        return self.is_due(step) and not self.is_ready and not self.records

    # Its work

    def take(self, packages: Mapping[int, Path]) -> None:
        """Packages have come, by batch size."""
        self._packages, self._programs = packages, None

    def fail(self, reason: str) -> None:
        """There will be none: the eager engine goes on."""
        self.go_on(None)
        self.refusal = Refusal(reason)

    def switch_off(self) -> None:
        """The eager engine does everything from here on."""
        self.begins = None

    def changed(self) -> None:
        """Numbers of the step, or where the optimizer keeps its memory, have changed; packages and graphs stay."""
        self._engine = None

    @property
    def at_once(self) -> int:
        """Steps that a call should do."""
        return self._most

    def run(
        self,
        samples_kb: Tensor,
        rates: Sequence[float],
        settings: Settings,
        optimizer: Optimizer,
    ) -> Ran | None:
        """A step for each row of sample numbers; where a loss is not finite, those up to it, the last one undone.

        None where the engine failed: everything is as it was, ``refusal`` says why, and the eager engine goes on.

        Args:
            samples_kb: [K, B].
            rates: The learning rate of each step.
            settings: In force.
            optimizer: Keeps what is remembered.
        """
        if not self.records and self._packages is None:
            raise RuntimeError("The compiled engine has no packages: build them and call Compilation.take first.")
        try:
            with self._network.unrecorded():
                return self._ran(samples_kb, rates, settings, optimizer)
        except Exception as error:  # of whatever kind: training goes on without this engine
            log.warning("The engine failed", exc_info=True)
            if self._engine is not None and self._engine.can_undo:
                self._engine.undo()
            self.fail(self._in_words(error))
            return None

    def _ran(self, samples_kb: Tensor, rates: Sequence[float], settings: Settings, optimizer: Optimizer) -> Ran:
        began = perf_counter()
        engine = self._engine or self._made(settings, optimizer)
        ready, clock = perf_counter(), perf_counter if self.records else thread_time
        started = clock()
        block = engine.run(samples_kb, rates)
        self._pace(len(rates), clock() - started)
        bad, bad_inputs = block.first_bad(), None
        if bad is not None:
            engine.undo()
            if bad:
                engine.run(samples_kb[:bad], rates[:bad])
            bad_inputs = cast(Tensor, self._data.train_inputs).index_select(0, samples_kb[bad])
        num_steps = len(rates) if bad is None else bad + 1
        curves = self._curves(block, settings, samples_kb) | {"optimizer/lr": list(rates)}
        if bad is not None:
            curves = {name: values[:num_steps] for name, values in curves.items()}
        return Ran(curves, samples_kb.shape[1], bad_inputs, ready - began)

    def _made(self, settings: Settings, optimizer: Optimizer) -> CompiledStep:
        step = PureStep(
            self._network, self._loss, settings.optimizer, settings.regularization, is_compiled=not self.records
        )
        if self._programs is None:
            self._programs = self._programs_of(step, settings)
        self._engine = CompiledStep(self._programs, step, self._network, optimizer)
        return self._engine

    def _programs_of(self, step: PureStep, settings: Settings) -> Programs:
        inputs, targets = cast(Tensor, self._data.train_inputs), self._data.train_targets
        if self._packages is not None:
            return Packages(self._packages, inputs=inputs, targets=targets)
        record = RECORDERS[inputs.device.type](inputs.device)
        return Graphs(step, self._network, self._sizes(settings), inputs=inputs, targets=targets, record=record)

    def _in_words(self, error: Exception) -> str:
        if isinstance(error, OtherNumbers):
            return f"{error}."
        what = "be recorded as a CUDA graph" if self.records else "be run by the compiled program"
        words = (str(error).strip().splitlines() or [type(error).__name__])[0]
        return f"The steps of this network could not {what} ({words.rstrip('.')})."

    def _pace(self, num_steps: int, seconds: float) -> None:
        """How many steps a call does changes no number. In working time: a busy machine makes no call shorter."""
        if num_steps >= min(self._most, FEW_STEPS):
            self._most = max(1, min(BLOCK, round(num_steps * CALL_SECONDS / max(seconds, 1e-6))))

    def _curves(self, block: Block, settings: Settings, samples_kb: Tensor) -> dict[str, list[float]]:
        found = {"train/loss": block.losses}
        if self._data.train_targets.is_floating_point():
            found["train/mae"] = block.hits
        else:
            size = samples_kb.shape[1]
            found["train/accuracy"] = [hits / size for hits in block.hits]
        if settings.regularization.l1 or settings.regularization.l2:
            found["train/penalty"] = block.penalties
        return found
