"""The network on a set of samples, in eval mode."""

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from layerlab.datasets.rows import Samples, parts_of, whole
from layerlab.graph.network import Network
from layerlab.losses.base import NO_ANSWER, has_steps, num_answers
from layerlab.training.choice import LossChoice
from layerlab.training.report import Evaluation

#: Samples in one forward pass. A constant, because another number could change the last bits of the result.
CHUNK = 512
#: Perplexity is not counted beyond e to this: no curve needs it, and a float could not hold it.
LARGEST_EXPONENT = 50.0
#: Outputs of more numbers than this are not kept: 64 MB.
MOST_KEPT = 16_000_000


@torch.no_grad()
def evaluate(network: Network, loss: LossChoice, inputs: Samples, targets: Tensor) -> Evaluation:
    """Loss, accuracy or absolute error, and confusion counts over all samples.

    Where sequences are answered at each step, all of it is over the steps that have an answer, padding left out.
    The network is in eval mode meanwhile and in train mode afterwards. A recording that is under way keeps what the
    training batch left in it.
    """
    total_loss, total_error = 0.0, 0.0
    predicted: list[Tensor] = []
    kept: list[Tensor] = []
    network.eval()
    with network.recording():
        for inputs_b, targets_b in _chunks(inputs, targets):
            output = network(inputs_b)
            if len(targets) * output[0].numel() <= MOST_KEPT:
                kept.append(output)
            total_loss += float(loss.kind.batch_value(loss.params, output, targets_b)) * num_answers(targets_b)
            if targets.is_floating_point():
                total_error += float((output - targets_b).abs().mean()) * len(targets_b)
            else:
                predicted.append(loss.kind.answers(output, targets_b))
    network.train()
    outputs = torch.cat(kept).cpu() if kept else None
    mean_loss = total_loss / num_answers(targets)
    if targets.is_floating_point():
        error = total_error / len(targets)
        return Evaluation(
            loss=mean_loss, accuracy=None, error=error, confusion=None, num_samples=len(targets), outputs=outputs
        )
    found = torch.cat(predicted)
    confusion = _confusion(targets, found, len(network.plan.data.class_names))
    accuracy = int(confusion.diagonal().sum()) / num_answers(targets)
    more = _of_sequences(network, loss, mean_loss, found, targets) if has_steps(targets) else {}
    return Evaluation(
        loss=mean_loss,
        accuracy=accuracy,
        error=None,
        confusion=confusion,
        num_samples=len(targets),
        outputs=outputs,
        **more,
    )


def _of_sequences(
    network: Network, loss: LossChoice, mean_loss: float, predicted_nt: Tensor, targets_nt: Tensor
) -> dict[str, Any]:
    """Share of sequences with every answer right; for a model of text also the perplexity, e to the cross-entropy."""
    is_right_n = ((predicted_nt == targets_nt) | (targets_nt == NO_ANSWER)).all(1)
    found = {"sequence_accuracy": int(is_right_n.sum()) / len(targets_nt)}
    if loss.kind.kind == "cross_entropy" and network.plan.data.input_is_index:
        found["perplexity"] = math.exp(min(mean_loss, LARGEST_EXPONENT))
    return found


def _chunks(inputs: Samples, targets: Samples) -> Iterator[tuple[Tensor, Tensor]]:
    """Chunks of nearly one size, so that none has a single sample unless there is only one."""
    num_chunks = -(-len(targets) // CHUNK)
    for inputs_b, targets_b in zip(parts_of(inputs, num_chunks), parts_of(targets, num_chunks), strict=True):
        yield whole(inputs_b), whole(targets_b)


def _confusion(true: Tensor, predicted: Tensor, num_classes: int) -> Tensor:
    """[K, K] counts of all answers, rows true, columns predicted."""
    wanted = true != NO_ANSWER
    places = true[wanted] * num_classes + predicted[wanted]
    return places.bincount(minlength=num_classes**2).reshape(num_classes, num_classes).cpu()


@torch.no_grad()
def measure(loss: LossChoice, output: Tensor, targets: Tensor) -> dict[str, float]:
    """Of a training batch: the share of right answers as ``accuracy``, or the mean absolute difference as ``error``."""
    if targets.is_floating_point():
        return {"error": (output - targets).abs().mean().item()}
    return {"accuracy": (loss.kind.answers(output, targets) == targets).sum().item() / num_answers(targets)}
