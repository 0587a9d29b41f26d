"""The gradient of the loss with respect to what comes out of every layer, and how large gradients are by depth."""

from collections.abc import Sequence
from math import nan
from typing import Any

import torch
from layerlab_schemas.frames import DataShape, Frame, LineSeries, LinesItem
from torch import Tensor

from layerlab.graph.network import Recording
from layerlab.graph.plan import PlannedNode
from layerlab.probes.base import ProbeContext, ProbeKind, pack
from layerlab.probes.distribution import Asked, distributions, flat
from layerlab.probes.parts import measured_nodes


class ActivationGradients(ProbeKind):
    """The distribution of ∂L/∂a of each node that computes something, as the backward pass of the batch found it.

    The loss is the mean over the batch, so the share of one sample shrinks with the batch size. Penalties act on
    weights and are not in it. An optimizer that looks several times in a step shows its last look.
    """

    kind = "activation_gradients"
    group = "Layers"
    title = "Activation gradients"
    help = "How strongly the loss pulls at what leaves each layer: vanishing and exploding on the way back show here."
    formula = r"\delta^{(l)} = \frac{\partial L}{\partial a^{(l)}}"
    source = "X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks (2010)"
    data_shape = DataShape.HISTOGRAM
    needs_batch = True

    def measure(self, context: ProbeContext) -> Frame | None:
        """One item for each node that the gradient reached, in the order of the network; None without a recording."""
        if context.batch is None:
            return None
        gradients = context.batch.gradients
        nodes = [node.id for node in measured_nodes(context.network.plan) if node.id in gradients]
        items = distributions([Asked(x=gradients[node], node=node) for node in nodes])
        return _of_batch(self, context, context.batch, items) if items else None


class GradientNorms(ProbeKind):
    """The norm of the gradient at each layer with weights: of all its weights together, and of its output."""

    kind = "gradient_norms"
    group = "Layers"
    title = "Gradient norm by depth"
    help = (
        "The size of the gradient from the first layer to the last, on a logarithmic axis: a line that falls towards "
        "the first layer is a vanishing gradient, one that rises towards it an exploding one. That of the weights has "
        "penalties and clipping in it."
    )
    formula = (
        r"\left\| \frac{\partial L}{\partial W^{(l)}} \right\|_2,\quad "
        r"\left\| \frac{\partial L}{\partial a^{(l)}} \right\|_2"
    )
    source = "R. Pascanu, T. Mikolov, Y. Bengio, On the difficulty of training recurrent neural networks, ICML 2013"
    data_shape = DataShape.LINES
    needs_batch = True

    def measure(self, context: ProbeContext) -> Frame | None:
        """One item; None before the first batch, or where the batch was not recorded."""
        nodes = [node for node in context.network.plan.nodes if _gradients(context, node)]
        if not nodes or context.batch is None:
            return None
        found = context.batch.gradients
        weights = norms([_gradients(context, node) for node in nodes])
        reached = [node.id for node in nodes if node.id in found]
        by_node = dict(zip(reached, norms([[found[node]] for node in reached]), strict=True))
        outputs = [by_node.get(node.id, nan) for node in nodes]
        item = LinesItem(
            node="network",
            x_title="layer",
            y_title="L2 norm",
            x=pack(torch.arange(len(nodes))),
            x_names=[node.id for node in nodes],
            series=[_series("weights", weights), _series("activations", outputs)],
            log_y=True,
        )
        return _of_batch(self, context, context.batch, [item])


def _of_batch(probe: ProbeKind, context: ProbeContext, batch: Recording, items: list[Any]) -> Frame:
    return context.frame(probe, items, split="train", mode="train", num_samples=len(batch.outputs["input"]))


def _gradients(context: ProbeContext, node: PlannedNode) -> list[Tensor]:
    parameters = context.network.layers[node.id].parameters()
    return [parameter.grad for parameter in parameters if parameter.grad is not None]


@torch.no_grad()
def norms(groups: Sequence[Sequence[Tensor]]) -> list[float]:
    """Of each group of tensors, at least one in each, the root of the sum of all squares."""
    found = [
        torch.stack([torch.linalg.vector_norm(flat(x), dtype=torch.float64) for x in tensors]).norm()
        for tensors in groups
    ]
    return torch.stack(found).tolist() if found else []


def _series(name: str, values: list[float]) -> LineSeries:
    return LineSeries(name=name, y=pack(torch.tensor(values, dtype=torch.float64)))
