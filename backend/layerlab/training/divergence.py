"""Where the first bad number appeared when the loss stopped being finite."""

import math

import torch
from layerlab_schemas.run import RunState
from torch import Tensor

from layerlab.graph.network import Network
from layerlab.training.report import Outcome

HINT = "Most often the learning rate is too high: try a tenth of it, clip the gradient, or add a norm."


def diverged(network: Network, inputs: Tensor, *, loss: float, step: int, learning_rate: float) -> Outcome:
    """The outcome for a batch ``inputs`` whose loss is not finite.

    Runs the batch once more and names the first node whose output is not finite; failing that, the first parameter
    whose last gradient was not.
    """
    became = "not a number (NaN)" if math.isnan(loss) else "infinite"
    node, where = _first_bad_output(network, inputs)
    if node is None:
        node, where = _first_bad_gradient(network)
    reason = f"The loss became {became} at step {step}, with a learning rate of {learning_rate:.3g}. {where} {HINT}"
    return Outcome(status=RunState.DIVERGED, reason=reason, step=step, node=node)


@torch.no_grad()
def _first_bad_output(network: Network, inputs: Tensor) -> tuple[str | None, str]:
    buffers = {name: buffer.clone() for name, buffer in network.named_buffers()}
    with network.recording() as record:
        network(inputs)
    for name, buffer in network.named_buffers():
        buffer.copy_(buffers[name])
    for node in network.plan.nodes:
        bad = ~record.outputs[node.id].isfinite()
        if bad.any():
            share = f"{int(bad.sum())} of {bad.numel()} values"
            return (
                node.id,
                f"The first bad numbers are in the output of {node.id} ({share}){_because(network, node.id)}.",
            )
    return None, ""


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


def _first_bad_gradient(network: Network) -> tuple[str | None, str]:
    for node in network.plan.nodes:
        for name, parameter in network.layers[node.id].named_parameters():
            if parameter.grad is not None and not parameter.grad.isfinite().all():
                return node.id, f"The outputs are finite; the first bad gradient is that of {node.id}.{name}."
    return None, "All outputs are finite: the loss itself overflowed."
