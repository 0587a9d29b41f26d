"""How losses went: the training loss in blocks of steps, and every evaluation. Bounded, however long a run is."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress
from math import isfinite
from typing import Any

from layerlab.training.logbook import Curve, Entries
from layerlab.training.report import Evaluation, Report

SMALLEST_BLOCK = 8
MOST_BLOCKS = 256
MOST_EVALUATIONS = 512


@dataclass(frozen=True)
class Losses:
    """Updates one after another, each with loss and learning rate."""

    steps: Sequence[int]
    values: Sequence[float]
    rates: Sequence[float]

    @classmethod
    def of(cls, entries: Entries) -> "Losses":
        """Those that the entries tell of."""
        losses, rates = (entries.curves.get(name, Curve([], [])) for name in ("train/loss", "optimizer/lr"))
        return cls(losses.steps, losses.values, rates.values)

    def __getitem__(self, part: slice) -> "Losses":
        return Losses(self.steps[part], self.values[part], self.rates[part])

    def finite(self) -> "Losses":
        """Those with a loss that is a number."""
        if isfinite(sum(self.values)):
            return self
        kept = [isfinite(loss) for loss in self.values]
        return Losses(
            list(compress(self.steps, kept)), list(compress(self.values, kept)), list(compress(self.rates, kept))
        )


@dataclass
class Block:
    """Steps ``first`` to ``last`` and the mean of their losses."""

    first: int
    last: int
    num_steps: int = 0
    loss: float = 0.0
    learning_rate: float = 0.0

    def add(self, losses: Losses) -> None:
        """More steps, at least one."""
        total = self.num_steps + len(losses.values)
        self.loss = (self.loss * self.num_steps + sum(losses.values)) / total
        self.num_steps, self.last, self.learning_rate = total, losses.steps[-1], losses.rates[-1]

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

    def take(self, entries: Entries) -> None:
        """Take in what was done, in its order; what was taken in before is passed over."""
        entries = entries.after(self.step)
        self.step, self.epoch = max(self.step, entries.step), entries.epoch
        losses, place = Losses.of(entries).finite(), 0
        for report in entries.evaluated:
            found = report.evaluation
            if found is not None and report.step and isfinite(found.loss):
                end = bisect_right(losses.steps, report.step)
                self._sum_up(losses.values[place:end])
                self._evaluated(report, found)
                place = end
        self._sum_up(losses.values[place:])
        self._add(losses)

    def _sum_up(self, values: Sequence[float]) -> None:
        """Losses since the last evaluation."""
        self._since[0] += sum(values)
        self._since[1] += len(values)

    def _add(self, losses: Losses) -> None:
        """Put updates into blocks."""
        place, total = 0, len(losses.steps)
        if total and losses.steps[0] == 1:
            self.first_loss = losses.values[0]
        while place < total:
            if not self.blocks or self.blocks[-1].num_steps >= self.block_size:
                self._open_block(losses.steps[place])
            block = self.blocks[-1]
            end = place + self.block_size - block.num_steps
            block.add(losses[place:end])
            place = end

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
        """As JSON can hold it."""
        return vars(self) | {
            "blocks": [dict(vars(block)) for block in self.blocks],
            "evaluations": [dict(vars(one)) for one in self.evaluations],
            "_since": list(self._since),
        }

    @classmethod
    def load(cls, told: dict[str, Any]) -> "History":
        """What ``dump`` gave."""
        parts = {
            "blocks": [Block(**one) for one in told["blocks"]],
            "evaluations": [Evaluated(**one) for one in told["evaluations"]],
        }
        return cls(**{**told, **parts})
