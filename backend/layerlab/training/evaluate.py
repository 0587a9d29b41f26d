"""The network on a set of samples, in eval mode."""

import torch
from torch import Tensor

from layerlab.graph.network import Network
from layerlab.training.choice import LossChoice
from layerlab.training.report import Evaluation

#: Samples in one forward pass. A constant, because another number could change the last bits of the result.
CHUNK = 512


@torch.no_grad()
def evaluate(network: Network, loss: LossChoice, inputs: Tensor, targets: Tensor) -> Evaluation:
    """Loss, accuracy or absolute error, and confusion counts over all samples.

    The network is in eval mode meanwhile and in train mode afterwards. A recording that is under way keeps what the
    training batch left in it.
    """
    num_samples = len(targets)
    total_loss, total_error = 0.0, 0.0
    predicted: list[Tensor] = []
    network.eval()
    with network.recording():
        for inputs_b, targets_b in _chunks(inputs, targets):
            output = network(inputs_b)
            total_loss += float(loss.kind.value(loss.params, output, targets_b)) * len(targets_b)
            if targets.is_floating_point():
                total_error += float((output - targets_b).abs().mean()) * len(targets_b)
            else:
                predicted.append(loss.kind.predicted(output))
    network.train()
    mean_loss = total_loss / num_samples
    if targets.is_floating_point():
        error = total_error / num_samples
        return Evaluation(loss=mean_loss, accuracy=None, error=error, confusion=None, num_samples=num_samples)
    confusion = _confusion(targets, torch.cat(predicted), len(network.plan.data.class_names))
    accuracy = int(confusion.diagonal().sum()) / num_samples
    return Evaluation(loss=mean_loss, accuracy=accuracy, error=None, confusion=confusion, num_samples=num_samples)


def _chunks(inputs: Tensor, targets: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Chunks of nearly one size, so that none has a single sample unless there is only one."""
    num_chunks = -(-len(targets) // CHUNK)
    return list(zip(inputs.tensor_split(num_chunks), targets.tensor_split(num_chunks), strict=True))


def _confusion(true_n: Tensor, predicted_n: Tensor, num_classes: int) -> Tensor:
    """[K, K] counts, rows true, columns predicted."""
    places_n = true_n * num_classes + predicted_n
    return places_n.bincount(minlength=num_classes**2).reshape(num_classes, num_classes).cpu()


@torch.no_grad()
def measure(loss: LossChoice, output: Tensor, targets: Tensor) -> dict[str, float]:
    """Of a training batch: the share of right answers as ``accuracy``, or the mean absolute difference as ``error``."""
    if targets.is_floating_point():
        return {"error": (output - targets).abs().mean().item()}
    return {"accuracy": (loss.kind.predicted(output) == targets).sum().item() / len(targets)}
