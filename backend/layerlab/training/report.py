"""What the trainer tells of a step, an evaluation and the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Literal, cast

from layerlab_schemas.run import RunEvent, RunState
from torch import Tensor

from layerlab.training.answers import Answers


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The network on the whole validation set, in eval mode.

    Attributes:
        loss: Mean over all samples, without penalties.
        accuracy: Share of right answers, 0…1; None for regression. Sequences that are answered at each step count by
            steps, padding left out.
        error: Mean absolute error; None for classification.
        sequence_accuracy: Share of sequences with the right answer at every step; None where there are no such.
        perplexity: e to the cross-entropy, of a network that answers with a token at each step; None for others.
        outputs: [M, …] what the network gave for every sample, on the CPU; None where that is too much to keep.
        answers: The class that it answered for every sample; None for regression.
    """

    loss: float
    accuracy: float | None
    error: float | None
    num_samples: int
    sequence_accuracy: float | None = None
    perplexity: float | None = None
    outputs: Tensor | None = None
    answers: Answers | None = None

    @cached_property
    def confusion(self) -> Tensor | None:
        """[K, K] counts on the CPU, rows true, columns predicted; None for regression. Counted when first asked for."""
        return self.answers.confusion() if self.answers is not None else None

    def scalars(self) -> dict[str, float]:
        """The values by the names of their curves."""
        values = {
            "val/loss": self.loss,
            "val/accuracy": self.accuracy,
            "val/mae": self.error,
            "val/sequence_accuracy": self.sequence_accuracy,
            "val/perplexity": self.perplexity,
        }
        return {name: value for name, value in values.items() if value is not None}


#: Steps that go up, and a value for each.
Points = tuple[Sequence[int], Sequence[float]]

#: What an update tells by itself: the names of the curves and, for each, the field of its report.
FIELD_OF_CURVE = {
    "train/loss": "loss",
    "train/accuracy": "accuracy",
    "train/mae": "error",
    "train/penalty": "penalty",
    "optimizer/lr": "learning_rate",
}


@dataclass(frozen=True, kw_only=True)
class StepReport:
    """One update, or the state before the first (step 0, where only the evaluation is filled).

    Attributes:
        step: How many updates have been done. Step 1 is the first.
        epoch: Passes over the training data so far, with the fraction.
        loss: Of the batch, before the update, without penalties. Not finite when the run diverged at this step.
        accuracy: Share of right answers in the batch; None for regression and at step 0.
        error: Mean absolute error of the batch; None for classification and at step 0.
        penalty: What L1 and L2 add to the loss; None where both are 0.
        learning_rate: Of this update, the schedule included.
        batch_size: Samples in the batch.
        evaluation: Where the validation set was evaluated after this update.
        events: What happened by itself, such as the return of the best weights.
        seconds_data: Time spent on preparing the batch.
    """

    step: int
    epoch: float
    loss: float | None = None
    accuracy: float | None = None
    error: float | None = None
    penalty: float | None = None
    learning_rate: float | None = None
    batch_size: int = 0
    evaluation: Evaluation | None = None
    events: tuple[RunEvent, ...] = ()
    seconds_data: float = 0.0

    @property
    def num_steps(self) -> int:
        """Updates that it tells of."""
        return min(1, self.step)

    def scalars(self) -> dict[str, float]:
        """The values by the names of their curves."""
        values = {name: getattr(self, field) for name, field in FIELD_OF_CURVE.items()}
        found = {name: value for name, value in values.items() if value is not None}
        return found if self.evaluation is None else found | self.evaluation.scalars()


@dataclass(frozen=True, kw_only=True)
class BlockReport:
    """Several updates that were done in one call: what ``StepReport`` tells, of each of them.

    Attributes:
        step: The last of them.
        curves: A value for each update, by the names of curves; always with ``train/loss`` and ``optimizer/lr``.
        batch_size: Samples in each batch.
    """

    step: int
    epoch: float
    curves: Mapping[str, Sequence[float]]
    batch_size: int
    evaluation: Evaluation | None = None
    events: tuple[RunEvent, ...] = ()
    seconds_data: float = 0.0

    @property
    def num_steps(self) -> int:
        """Updates that it tells of."""
        return len(self.curves["train/loss"])

    @property
    def loss(self) -> float:
        """Of the last update."""
        return self.curves["train/loss"][-1]

    @property
    def learning_rate(self) -> float:
        """Of the last update."""
        return self.curves["optimizer/lr"][-1]

    def points(self) -> dict[str, Points]:
        """The points of the curves that it belongs to, by their names."""
        steps = range(self.step - self.num_steps + 1, self.step + 1)
        found: dict[str, Points] = {name: (steps, values) for name, values in self.curves.items()}
        if self.evaluation is not None:
            found |= {name: ((self.step,), (value,)) for name, value in self.evaluation.scalars().items()}
        return found


Report = StepReport | BlockReport


def points_of(reports: Sequence[StepReport]) -> Mapping[str, Points]:
    """The points of several updates one by one, by the names of their curves."""
    steps = [report.step for report in reports]
    columns = {name: list(map(attrgetter(field), reports)) for name, field in FIELD_OF_CURVE.items()}
    found = {name: points for name, values in columns.items() if (points := _known(steps, values))[0]}
    for report in reports:
        if report.evaluation is not None:
            for name, value in report.evaluation.scalars().items():
                steps, values = found.setdefault(name, ([], []))
                steps.append(report.step)
                values.append(value)
    return found


def _known(steps: list[int], values: list[float | None]) -> tuple[list[int], list[float]]:
    """Without the steps that have no value."""
    if None not in values:
        return list(steps), cast("list[float]", values)
    pairs = [(step, value) for step, value in zip(steps, values, strict=True) if value is not None]
    return [step for step, _ in pairs], [value for _, value in pairs]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How training ended by itself, in words for the person.

    Attributes:
        node: Where the first bad number appeared; None when it did not diverge, or when it was in no node.
    """

    status: Literal[RunState.COMPLETED, RunState.DIVERGED]
    reason: str
    step: int
    node: str | None = None
