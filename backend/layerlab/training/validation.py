"""When a run is evaluated on its validation set, and whether that is a reason to stop."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from layerlab_schemas.run import EventKind, RunEvent, RunState, TrainingSpec
from torch import Tensor

from layerlab.figures import count
from layerlab.graph.network import Network
from layerlab.training.choice import LossChoice
from layerlab.training.data import TrainingData
from layerlab.training.early_stopping import EarlyStopping
from layerlab.training.evaluate import Evaluator
from layerlab.training.report import Evaluation, Outcome


class Validation:
    """The evaluations of one run.

    Attributes:
        measured_at: Step of the newest; None before the first.
    """

    def __init__(self, plan: TrainingSpec, network: Network, data: TrainingData, loss: LossChoice) -> None:
        self._every = plan.eval_every
        self._network = network
        self._data = data
        inputs, targets = data.validation_inputs, data.validation_targets
        self._evaluator = Evaluator(network, loss, inputs, targets) if data.num_validation else None
        self._stopping = EarlyStopping(plan.early_stopping) if plan.early_stopping else None
        self.measured_at: int | None = None

    def is_due(self, step: int, num_steps: int, *, epoch_ended: bool) -> bool:
        """After each epoch, or every so many steps; and at the end."""
        return step >= num_steps or (epoch_ended if self._every is None else step % self._every == 0)

    @property
    def follows_epochs(self) -> bool:
        """Whether it comes after each epoch."""
        return self._every is None

    def steps_left(self, step: int, num_steps: int) -> int:
        """Updates until the next one that ends with an evaluation, this epoch's end aside."""
        return num_steps - step if self._every is None else min(num_steps - step, self._every - step % self._every)

    def measure(self, step: int) -> Evaluation | None:
        """On the whole validation set; None where there is none."""
        self.measured_at = step
        return self._evaluator.measure() if self._evaluator is not None else None

    def changed(self) -> None:
        """Fields of nodes have changed."""
        if self._evaluator is not None:
            self._evaluator.changed()

    def stops(self, found: Evaluation, step: int) -> Outcome | None:
        """The end of the run, with the best weights back, where the patience of early stopping is over."""
        if self._stopping is None or not self._stopping.note(found.loss, step, self._network):
            return None
        reason = f"Stopped early at step {count(step)}: {self._patience()}.{self.restore_best()}"
        return Outcome(status=RunState.COMPLETED, reason=reason, step=step)

    def stopped(self, step: int) -> RunEvent:
        """That it has stopped, for the curves."""
        return RunEvent(kind=EventKind.STATUS, step=step, time=datetime.now(UTC), text=f"stopped: {self._patience()}")

    def _patience(self) -> str:
        assert self._stopping is not None
        return f"no better validation loss in {self._stopping.waited} evaluations"

    def restore_best(self) -> str:
        """Puts the best weights back; returns a sentence that says so, with a space before it."""
        if self._stopping is None or not self._stopping.restore(self._network):
            return ""
        best = self._stopping
        step, loss = count(best.best_step), f"{best.best:.4g}"
        return f" The weights are those of step {step}, with the lowest validation loss ({loss})."

    def facts(self) -> dict[str, Any] | None:
        """The state apart from the weights, as plain JSON data; None without early stopping."""
        return self._stopping.facts() if self._stopping else None

    @property
    def best_values(self) -> dict[str, Tensor]:
        """The best weights so far, by name; empty where none are kept."""
        return self._stopping.best_values if self._stopping else {}

    def go_on(self, facts: dict[str, Any] | None, best: Mapping[str, Tensor], *, step: int) -> None:
        """Go on from an earlier state."""
        self.measured_at = step
        if self._stopping and facts:
            device = self._data.train_targets.device
            self._stopping.load(facts, {name: value.to(device) for name, value in best.items()})
