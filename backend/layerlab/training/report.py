"""What the trainer tells of a step, an evaluation and the end."""

from dataclasses import dataclass
from typing import Literal

from layerlab_schemas.run import RunEvent, RunState
from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The network on the whole validation set, in eval mode.

    Attributes:
        loss: Mean over all samples, without penalties.
        accuracy: Share of right answers, 0…1; None for regression. Sequences that are answered at each step count by
            steps, padding left out.
        error: Mean absolute error; None for classification.
        confusion: [K, K] counts on the CPU, rows true, columns predicted; None for regression.
        sequence_accuracy: Share of sequences with the right answer at every step; None where there are no such.
        perplexity: e to the cross-entropy, of a network that answers with a token at each step; None for others.
        outputs: [M, …] what the network gave for every sample, on the CPU; None where that is too much to keep.
    """

    loss: float
    accuracy: float | None
    error: float | None
    confusion: Tensor | None
    num_samples: int
    sequence_accuracy: float | None = None
    perplexity: float | None = None
    outputs: Tensor | None = None


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

    def scalars(self) -> dict[str, float]:
        """The values by the names of their curves."""
        values = {
            "train/loss": self.loss,
            "train/accuracy": self.accuracy,
            "train/mae": self.error,
            "train/penalty": self.penalty,
            "optimizer/lr": self.learning_rate,
        }
        if self.evaluation is not None:
            values["val/loss"] = self.evaluation.loss
            values["val/accuracy"] = self.evaluation.accuracy
            values["val/mae"] = self.evaluation.error
            values["val/sequence_accuracy"] = self.evaluation.sequence_accuracy
            values["val/perplexity"] = self.evaluation.perplexity
        return {name: value for name, value in values.items() if value is not None}


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
