"""How losses went: the training loss in blocks of steps, and every evaluation. Bounded, however long a run is."""

from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any

from layerlab.training.report import Evaluation, Losses, Report

SMALLEST_BLOCK = 8
MOST_BLOCKS = 256
MOST_EVALUATIONS = 512
#: Steps that are put into blocks together: one by one they would cost a small network's steps 3 %.
MOST_WAITING = 128


@dataclass
class Block:
    """Steps ``first`` to ``last`` and the mean of their losses."""

    first: int
    last: int
    num_steps: int = 0
    loss: float = 0.0
    learning_rate: float = 0.0

    def add(self, steps: Losses) -> None:
        """More steps, at least one."""
        total = self.num_steps + len(steps.values)
        self.loss = (self.loss * self.num_steps + sum(steps.values)) / total
        self.num_steps, self.last, self.learning_rate = total, steps.steps[-1], steps.rates[-1]

    def joined(self, later: "Block") -> "Block":
        """This one and the next as one."""
        total = self.num_steps + later.num_steps
        loss = (self.loss * self.num_steps + later.loss * later.num_steps) / total
        return Block(self.first, later.last, total, loss, later.learning_rate)


@dataclass(frozen=True)
class Evaluated:
    """One evaluation, and the mean training loss since the one before."""

    step: int
    epoch: float
    loss: float
    accuracy: float | None
    train_loss: float


@dataclass
class History:
    """Attributes:
    step: The last step that was taken in.
    blocks: Training losses, the oldest first.
    evaluations: On the validation part, the oldest first.
    first_loss: Of step 1, at the weights that the run began with; None for a run that goes on from elsewhere.
    """

    step: int = -1
    epoch: float = 0.0
    blocks: list[Block] = field(default_factory=list)
    evaluations: list[Evaluated] = field(default_factory=list)
    first_loss: float | None = None
    block_size: int = SMALLEST_BLOCK
    _since: list[float] = field(default_factory=lambda: [0.0, 0])
    _waiting: Losses = field(default_factory=Losses)

    def note(self, report: Report) -> None:
        """Take in what was done, in its order; what was taken in before is passed over. ``settle`` before reading."""
        if report.step <= self.step:
            return
        self.step, self.epoch = report.step, report.epoch
        report.add_losses(self._waiting)
        found = report.evaluation
        if found is not None and report.step and isfinite(found.loss):
            self.settle()
            self._evaluated(report, found)
        elif len(self._waiting.steps) >= MOST_WAITING:
            self.settle()

    def settle(self) -> None:
        """Put into blocks what waits. Steps whose loss is not finite are left out."""
        waiting, self._waiting = self._waiting, Losses()
        if not isfinite(sum(waiting.values)):
            waiting = _finite(waiting)
        if not waiting.steps:
            return
        self._since[0] += sum(waiting.values)
        self._since[1] += len(waiting.values)
        if waiting.steps[0] == 1:
            self.first_loss = waiting.values[0]
        place, total = 0, len(waiting.steps)
        while place < total:
            if not self.blocks or self.blocks[-1].num_steps >= self.block_size:
                self._open_block(waiting.steps[place])
            block = self.blocks[-1]
            part = slice(place, place + self.block_size - block.num_steps)
            block.add(Losses(waiting.steps[part], waiting.values[part], waiting.rates[part]))
            place = part.stop

    def _evaluated(self, report: Report, found: Evaluation) -> None:
        total, number = self._since
        mean = total / number if number else found.loss
        self._since = [0.0, 0]
        self.evaluations.append(Evaluated(report.step, report.epoch, found.loss, found.accuracy, mean))
        if len(self.evaluations) > MOST_EVALUATIONS:
            self._thin()

    def _open_block(self, step: int) -> None:
        self.blocks.append(Block(step, step))
        if len(self.blocks) > MOST_BLOCKS:
            pairs = zip(self.blocks[0:MOST_BLOCKS:2], self.blocks[1:MOST_BLOCKS:2], strict=True)
            self.blocks = [*(one.joined(two) for one, two in pairs), *self.blocks[MOST_BLOCKS:]]
            self.block_size *= 2

    def _thin(self) -> None:
        """Every second one of the older half goes, but never the best."""
        best = min(self.evaluations, key=lambda one: one.loss)
        half = MOST_EVALUATIONS // 2
        kept = [one for place, one in enumerate(self.evaluations[:half]) if place % 2 or one is best]
        self.evaluations = kept + self.evaluations[half:]

    def recent(self, num_steps: int = 2 * SMALLEST_BLOCK) -> Block | None:
        """The newest blocks that together hold at least so many steps, as one; None while there are not so many."""
        found: Block | None = None
        for block in reversed(self.blocks):
            found = block if found is None else block.joined(found)
            if found.num_steps >= num_steps:
                return found
        return None

    def best(self) -> Block | None:
        """The full block with the lowest mean loss."""
        full = [block for block in self.blocks if block.num_steps >= min(self.block_size, SMALLEST_BLOCK)]
        return min(full, key=lambda block: block.loss, default=None)

    def dump(self) -> dict[str, Any]:
        """As JSON can hold it; what waits is settled."""
        self.settle()
        told = asdict(self)
        del told["_waiting"]
        return told

    @classmethod
    def load(cls, told: dict[str, Any]) -> "History":
        """What ``dump`` gave."""
        parts = {
            "blocks": [Block(**one) for one in told["blocks"]],
            "evaluations": [Evaluated(**one) for one in told["evaluations"]],
        }
        return cls(**{**told, **parts})


def _finite(losses: Losses) -> Losses:
    kept = [place for place, loss in enumerate(losses.values) if isfinite(loss)]
    return Losses(
        [losses.steps[place] for place in kept],
        [losses.values[place] for place in kept],
        [losses.rates[place] for place in kept],
    )
