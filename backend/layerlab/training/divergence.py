"""Where the first bad number appeared when the loss stopped being finite."""

import math

import torch
from layerlab_schemas.run import RunState
from torch import Tensor

from layerlab.figures import count, figure
from layerlab.graph.network import Network, Recording
from layerlab.training.report import Outcome

#: A node, and a sentence about it.
Finding = tuple[str, str]

HINT = "Most often the learning rate is too high: try a tenth of it, clip the gradient, or add a norm."


@torch.no_grad()
def diverged(network: Network, inputs: Tensor, *, loss: float, step: int, learning_rate: float) -> Outcome:
    """The outcome for a batch ``inputs`` whose loss is not finite.

    Runs the batch once more and names the first node whose output is not finite; failing that, the first parameter
    whose last gradient was not; failing that, the output node, whose values are too large for the loss.
    """
    became = "not a number (NaN)" if math.isnan(loss) else "infinite"
    record = _run_again(network, inputs)
    node, where = _first_bad_output(network, record) or _first_bad_gradient(network) or _too_large(network, record)
    happened = f"The loss became {became} at step {count(step)}, with a learning rate of {figure(learning_rate)}."
    reason = f"{happened} {where} {HINT}"
    return Outcome(status=RunState.DIVERGED, reason=reason, step=step, node=node)


def _run_again(network: Network, inputs: Tensor) -> Recording:
    """Everything that goes through the network for this batch; running statistics are put back."""
    buffers = {name: buffer.clone() for name, buffer in network.named_buffers()}
    with network.recording() as record:
        network(inputs)
    for name, buffer in network.named_buffers():
        buffer.copy_(buffers[name])
    return record


def _first_bad_output(network: Network, record: Recording) -> Finding | None:
    for node in network.plan.nodes:
        bad = ~record.outputs[node.id].isfinite()
        if bad.any():
            where = f"the output of {node.id} ({int(bad.sum())} of {bad.numel()} values)"
            return node.id, f"The first bad numbers are in {where}{_because(network, node.id)}."
    return None


def _because(network: Network, node: str) -> str:
    """What is known of the node's own weights."""
    parameters = dict(network.layers[node].named_parameters())
    if not parameters:
        return ""
    broken = [name for name, parameter in parameters.items() if not parameter.isfinite().all()]
    if broken:
        return f", because the update before it left {node}.{broken[0]} without finite values"
    largest = max(float(parameter.abs().max()) for parameter in parameters.values())
    return f"; its weights are finite, the largest {largest:.3g}"


def _first_bad_gradient(network: Network) -> Finding | None:
    for node in network.plan.nodes:
        for name, parameter in network.layers[node.id].named_parameters():
            if parameter.grad is not None and not parameter.grad.isfinite().all():
                return node.id, f"The outputs are finite; the first bad gradient is that of {node.id}.{name}."
    return None


def _too_large(network: Network, record: Recording) -> Finding:
    node = network.plan.output
    largest = float(record.outputs[node].abs().max())
    return node, f"All outputs are finite, but {node} gives values up to {largest:.3g}, too large for the loss."
