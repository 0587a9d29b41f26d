"""The network on a set of samples, in eval mode."""

import math
from typing import Any

import torch
from torch import Tensor

from layerlab.datasets.rows import Samples, parts_of, whole
from layerlab.graph.network import Network
from layerlab.losses.base import NO_ANSWER, has_steps, num_answers
from layerlab.training.answers import Answers
from layerlab.training.choice import LossChoice
from layerlab.training.engines.replay import Replays
from layerlab.training.memory import EVALUATED_AT_ONCE, MOST_OUTPUTS
from layerlab.training.objective import MOST_REPLAYED, values_of_a_sample
from layerlab.training.report import Evaluation

#: Perplexity is not counted beyond e to this: no curve needs it, and a float could not hold it.
LARGEST_EXPONENT = 50.0


class Evaluator:
    """Loss, accuracy or absolute error, and answers over all samples, whenever they are asked for.

    Where sequences are answered at each step, all of it is over the steps that have an answer, padding left out.
    The network is in eval mode meanwhile and in train mode afterwards. A recording that is under way keeps what the
    training batch left in it. Of a small network that is asked often the pass is replayed, with the same bits.

    Args:
        network: As it is at each call.
        loss: Its loss.
        inputs: [M, …] at least one sample.
        targets: [M], [M, T] or [M, …].
    """

    def __init__(self, network: Network, loss: LossChoice, inputs: Samples, targets: Tensor) -> None:
        self._network = network
        self._loss = loss
        self._targets = targets
        self._num_samples = len(targets)
        self._num_answers = num_answers(targets)
        self._chunks = _chunks(inputs, targets)
        self._replays = Replays(self._pass)
        self._values = values_of_a_sample(network.plan)

    def changed(self) -> None:
        """Fields of nodes have changed, so the network computes something else."""
        self._replays.forget()

    def measure(self) -> Evaluation:
        """All samples at the present weights."""
        loss, hits = 0.0, 0.0
        kept: Tensor | None = None
        given: Tensor | None = None
        start = 0
        for inputs_b, targets_b, num_samples_b, num_answers_b in self._chunks:
            place = slice(start, start + num_samples_b)
            start = place.stop
            loss_b, hit_b, output, *answers_b = self._look(whole(inputs_b), whole(targets_b), num_samples_b)
            loss += loss_b.item() * num_answers_b
            hits += hit_b.item() * (1 if answers_b else num_samples_b)
            if self._num_samples * (output.numel() // num_samples_b) <= MOST_OUTPUTS:
                kept = self._with(kept, output, place)
            for answer in answers_b:
                given = self._with(given, answer, place)
        facts: dict[str, Any] = {"loss": loss / self._num_answers, "num_samples": self._num_samples}
        facts["outputs"] = None if kept is None else kept.cpu()
        if given is None:
            return Evaluation(accuracy=None, error=hits / self._num_samples, **facts)
        num_classes = len(self._network.plan.data.class_names)
        answers = Answers(true=self._targets, given=given, num_classes=num_classes)
        if has_steps(self._targets):
            facts |= self._of_sequences(answers, facts["loss"])
        return Evaluation(accuracy=hits / self._num_answers, error=None, answers=answers, **facts)

    def _with(self, found: Tensor | None, part: Tensor, place: slice) -> Tensor:
        """What is found for all samples, so much more of it: parts to be joined in the end would take it twice."""
        if len(part) == self._num_samples:
            return part
        if found is None:
            found = part.new_empty((self._num_samples, *part.shape[1:]))
        found[place] = part
        return found

    def _look(self, inputs_b: Tensor, targets_b: Tensor, num_samples_b: int) -> tuple[Tensor, ...]:
        """As ``_pass`` gives it, from a replay where there is one."""
        is_small = num_samples_b * self._values <= MOST_REPLAYED
        replay = self._replays.find(inputs_b, targets_b) if is_small else None
        return (replay or self._pass)(inputs_b, targets_b)

    @torch.no_grad()
    def _pass(self, inputs_b: Tensor, targets_b: Tensor) -> tuple[Tensor, ...]:
        """Mean loss, number of right answers, output, answers; of numbers mean absolute error and no answers."""
        self._network.eval()
        with self._network.recording():
            output = self._network(inputs_b)
        self._network.train()
        kind, params = self._loss.kind, self._loss.params
        loss = kind.batch_value(params, output, targets_b)
        if targets_b.is_floating_point():
            return loss, (output - targets_b).abs().mean(), output
        answers = kind.answers(output, targets_b)
        return loss, (answers == targets_b).sum(), output, answers

    def _of_sequences(self, answers: Answers, mean_loss: float) -> dict[str, Any]:
        """Share of sequences with every answer right; of a model of text the perplexity too, e to the cross-entropy."""
        is_right_n = ((answers.given == answers.true) | (answers.true == NO_ANSWER)).all(1)
        found = {"sequence_accuracy": int(is_right_n.sum()) / len(is_right_n)}
        if self._loss.kind.kind == "cross_entropy" and self._network.plan.data.input_is_index:
            found["perplexity"] = math.exp(min(mean_loss, LARGEST_EXPONENT))
        return found


def evaluate(network: Network, loss: LossChoice, inputs: Samples, targets: Tensor) -> Evaluation:
    """The same, once."""
    return Evaluator(network, loss, inputs, targets).measure()


def _chunks(inputs: Samples, targets: Tensor) -> list[tuple[Samples, Samples, int, int]]:
    """Chunks of nearly one size, none with a single sample unless there is only one; how many samples and answers."""
    num_chunks = -(-len(targets) // EVALUATED_AT_ONCE)
    pairs = zip(parts_of(inputs, num_chunks), targets.tensor_split(num_chunks), strict=True)
    return [(inputs_b, targets_b, len(targets_b), num_answers(targets_b)) for inputs_b, targets_b in pairs]
