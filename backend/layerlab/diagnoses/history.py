"""How losses went: the training loss in blocks of steps, and every evaluation. Bounded, however long a run is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any

from layerlab.training.report import BlockReport, Evaluation, Report

SMALLEST_BLOCK = 8
MOST_BLOCKS = 256
MOST_EVALUATIONS = 512


@dataclass
class Block:
    """Steps ``first`` to ``last`` and the mean of their losses."""

    first: int
    last: int
    num_steps: int = 0
    loss: float = 0.0
    learning_rate: float = 0.0

    def add(self, losses: Sequence[float], *, last: int, learning_rate: float) -> None:
        """More steps, at least one, up to ``last``."""
        self.num_steps += len(losses)
        self.loss += (sum(losses) - len(losses) * self.loss) / self.num_steps
        self.last, self.learning_rate = last, learning_rate

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

    def note(self, *reports: Report) -> None:
        """Take in steps, in their order. One that was taken in before is passed over."""
        steps, losses, rates = list[int](), list[float](), list[float]()
        for report in reports:
            if report.step <= self.step:
                continue
            self.step, self.epoch = report.step, report.epoch
            if isinstance(report, BlockReport):
                self._add(steps, losses, rates)
                self._add(report.steps, report.losses, report.learning_rates)
                steps, losses, rates = [], [], []
            elif report.loss is not None:
                steps.append(report.step)
                losses.append(report.loss)
                rates.append(report.learning_rate or 0.0)
            found = report.evaluation
            if found is not None and report.step and isfinite(found.loss):
                self._add(steps, losses, rates)
                self._evaluated(report, found)
                steps, losses, rates = [], [], []
        self._add(steps, losses, rates)

    def _evaluated(self, report: Report, found: Evaluation) -> None:
        total, number = self._since
        mean = total / number if number else found.loss
        self._since = [0.0, 0]
        self.evaluations.append(Evaluated(report.step, report.epoch, found.loss, found.accuracy, mean))
        if len(self.evaluations) > MOST_EVALUATIONS:
            self._thin()

    def _add(self, steps: Sequence[int], losses: Sequence[float], rates: Sequence[float]) -> None:
        total = sum(losses)
        if not isfinite(total):
            kept = [place for place, loss in enumerate(losses) if isfinite(loss)]
            steps, rates = [steps[place] for place in kept], [rates[place] for place in kept]
            losses = [losses[place] for place in kept]
            total = sum(losses)
        if not losses:
            return
        self._since[0] += total
        self._since[1] += len(losses)
        if steps[0] == 1:
            self.first_loss = losses[0]
        place = 0
        while place < len(losses):
            if not self.blocks or self.blocks[-1].num_steps >= self.block_size:
                self._open_block(steps[place])
            block = self.blocks[-1]
            end = min(place + self.block_size - block.num_steps, len(losses))
            block.add(losses[place:end], last=steps[end - 1], learning_rate=rates[end - 1])
            place = end

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
        return asdict(self)

    @classmethod
    def load(cls, told: dict[str, Any]) -> "History":
        """What ``dump`` gave."""
        parts = {
            "blocks": [Block(**one) for one in told["blocks"]],
            "evaluations": [Evaluated(**one) for one in told["evaluations"]],
        }
        return cls(**{**told, **parts})
