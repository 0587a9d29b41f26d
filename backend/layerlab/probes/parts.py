"""The parts of a network that probes of layers go through, in the order of the network."""

from collections.abc import Iterator

from torch import nn

from layerlab.graph.plan import Plan, PlannedNode
from layerlab.probes.base import ProbeContext

#: Layers that only pass on what they read while the network is in eval mode.
PASSING_ON = frozenset({"shape", "regularisation"})


def measured_nodes(plan: Plan) -> list[PlannedNode]:
    """The nodes that compute something, in the order of the network."""
    return [node for node in plan.nodes if node.layer.group not in PASSING_ON]


def parameters(context: ProbeContext) -> Iterator[tuple[str, str, nn.Parameter]]:
    """Every parameter with its node and its name in it, in the order of the network."""
    for node in context.network.plan.nodes:
        for name, value in context.network.layers[node.id].named_parameters():
            yield node.id, name, value
