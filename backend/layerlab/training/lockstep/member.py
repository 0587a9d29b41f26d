"""One variant of a group: a trainer that holds views of the stack, and whose updates are made for all at once."""

import math
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from time import perf_counter
from typing import NamedTuple

from torch.optim import Optimizer

from layerlab.training.batches import Batch
from layerlab.training.compilation import Engine
from layerlab.training.report import StepReport
from layerlab.training.trainer import Trainer


@dataclass(frozen=True)
class Dealt:
    """A batch for all members. ``seconds`` is what making it took."""

    batch: Batch
    epoch_ended: bool
    seconds: float


class Done(NamedTuple):
    """What one member's update found, as ``StepReport`` tells it.

    Attributes:
        write: Puts the new values of this member in place.
    """

    loss: float
    accuracy: float | None
    error: float | None
    penalty: float | None
    rate: float
    write: Callable[[], None]


class Member(Trainer):
    """A trainer of a group; ``lockstep.group.Group`` takes it in. State, evaluations and end are those of a run alone.

    All members deal from one sampler, that of the first. A member that has left trains no more.
    """

    _turn: Callable[["Member"], tuple[Dealt, Done]] | None = None

    @property
    def engine(self) -> Engine:
        """All members step together."""
        return "lockstep"

    @property
    def optimizer(self) -> Optimizer:
        """PyTorch's; it keeps what is remembered and never steps."""
        return self._optimizer

    def rate(self) -> float:
        """The learning rate of the next update."""
        return self._give_rate(self._rate_at(self.step))

    def join(self, leader: "Member", turn: Callable[["Member"], tuple[Dealt, Done]]) -> None:
        """Train with others from now on: ``turn`` makes the next update, or tells of the one that was made for all."""
        self._sampler = leader._sampler
        self.compilation.switch_off()
        self._turn = turn

    def leave(self) -> None:
        """From now on nothing of it moves with the others."""
        self._sampler = copy(self._sampler)

    def deal(self) -> Dealt:
        """The next batch, taken from the sampler; asked of the first member only."""
        started, epoch, position = perf_counter(), self._sampler.epoch, self._sampler.position
        batch = self._make(self._sampler.next_batch(), epoch=epoch, position=position)
        return Dealt(batch, epoch_ended=self._sampler.epoch > epoch, seconds=perf_counter() - started)

    def _advance(self) -> StepReport:
        """Its part of the update of all."""
        assert self._turn is not None
        dealt, done = self._turn(self)
        if self.network.is_recorded:
            self._look_again(dealt.batch)
        self.step += 1
        is_bad = not math.isfinite(done.loss)
        if not is_bad:
            done.write()
        bad_inputs = dealt.batch.inputs if is_bad else None
        return self._judge(self._report(dealt, done), bad_inputs, epoch_ended=dealt.epoch_ended)

    def _report(self, dealt: Dealt, done: Done) -> StepReport:
        return StepReport(
            step=self.step,
            epoch=self.epoch,
            loss=done.loss,
            accuracy=done.accuracy,
            error=done.error,
            penalty=done.penalty,
            learning_rate=done.rate,
            batch_size=len(dealt.batch),
            seconds_data=dealt.seconds,
        )
