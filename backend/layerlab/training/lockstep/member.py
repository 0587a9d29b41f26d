"""One variant of a group: a trainer whose network and optimizer hold views of the stack, and that others step."""

from copy import copy
from dataclasses import dataclass, replace
from time import perf_counter

from torch.optim import Optimizer

from layerlab.training.batches import Batch
from layerlab.training.divergence import diverged
from layerlab.training.report import Evaluation, StepReport
from layerlab.training.trainer import Trainer


@dataclass(frozen=True)
class Dealt:
    """A batch for all members. ``seconds`` is what making it took."""

    batch: Batch
    epoch_ended: bool
    seconds: float


@dataclass(frozen=True)
class Done:
    """What one member's update found, as ``StepReport`` tells it."""

    loss: float
    accuracy: float | None
    error: float | None
    penalty: float | None
    rate: float


class Member(Trainer):
    """A trainer of a group. Its state, evaluations and end are those of a run that trains alone.

    All members deal from one sampler: that of the first.
    """

    def begin(self) -> StepReport:
        """The state before the first update."""
        return StepReport(step=0, epoch=0.0, evaluation=self._evaluate())

    @property
    def optimizer(self) -> Optimizer:
        """PyTorch's; it keeps what is remembered and never steps."""
        return self._optimizer

    @property
    def rate_is_fixed(self) -> bool:
        """True where the schedule leaves the learning rate as it is."""
        return self._schedule.kind.kind == "constant" and not getattr(self._schedule.params, "warmup_steps", 0)

    def rate(self) -> float:
        """The learning rate of the next update."""
        return self._set_rate()

    def share(self, leader: "Member") -> None:
        """Deal from the sampler of another member."""
        self._sampler = leader._sampler

    def deal(self) -> Dealt:
        """The next batch, taken from the sampler; of the first member only."""
        started, epoch = perf_counter(), self._sampler.epoch
        batch = self.upcoming_batch()
        self._sampler.next_batch()
        return Dealt(batch, epoch_ended=self._sampler.epoch > epoch, seconds=perf_counter() - started)

    def take(self, dealt: Dealt, done: Done) -> StepReport:
        """Take in an update that has been made; evaluate where it is time."""
        self.step += 1
        is_due = self._is_evaluation_due(dealt.epoch_ended)
        evaluation = self._evaluate() if is_due else None
        self._remember(evaluation)
        report = self._report(dealt, done, evaluation)
        return replace(report, events=self._stop_early(evaluation)) if evaluation is not None else report

    def diverge(self, dealt: Dealt, done: Done) -> StepReport:
        """Take in an update that was not made because the loss is not finite; the run ends here."""
        self.step += 1
        self.outcome = diverged(
            self.network, dealt.batch.inputs, loss=done.loss, step=self.step, learning_rate=done.rate
        )
        return self._report(dealt, done, None)

    def complete(self) -> None:
        """All planned updates are done."""
        next(self.steps(), None)

    def leave(self) -> None:
        """Go on without the others: a sampler of its own."""
        self._sampler = copy(self._sampler)

    def _report(self, dealt: Dealt, done: Done, evaluation: Evaluation | None) -> StepReport:
        return StepReport(
            step=self.step,
            epoch=self.epoch,
            loss=done.loss,
            accuracy=done.accuracy,
            error=done.error,
            penalty=done.penalty,
            learning_rate=done.rate,
            batch_size=len(dealt.batch),
            evaluation=evaluation,
            seconds_data=dealt.seconds,
        )
