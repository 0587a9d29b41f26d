"""Every dropout of a network, whether it is a node or a part of one, and what it did to a batch."""

from dataclasses import dataclass

from torch import Tensor

from layerlab.graph.network import Network, Recording
from layerlab.graph.plan import Plan, PlannedNode
from layerlab.layers.base import as_images
from layerlab.layers.masking import Dropout2dModule, DropoutModule


@dataclass(frozen=True)
class Drop:
    """What one dropout read and gave.

    Attributes:
        name: That of the node; for a part, what it drops comes after it: ``block: hidden``.
        read: [N, …]; of clips [N·T, C, H, W], the frames one by one.
        gave: The same shape.
        by_map: True where whole maps are dropped.
    """

    name: str
    read: Tensor
    gave: Tensor
    by_map: bool = False


def has_dropout(plan: Plan) -> bool:
    """True where some node drops numbers while it trains, whatever its probability is now."""
    return any(node.layer.dropout_places for node in plan.nodes)


def drops_of(network: Network, recording: Recording) -> list[Drop]:
    """What each dropout did in the recorded pass, in the order of the network."""
    return [drop for node in network.plan.nodes for drop in _of_node(node, network, recording)]


def _of_node(node: PlannedNode, network: Network, recording: Recording) -> list[Drop]:
    module = network.layers[node.id]
    if isinstance(module, DropoutModule):
        by_map = isinstance(module, Dropout2dModule)
        read, gave = as_images(recording.inputs[node.id][0]), as_images(recording.outputs[node.id])
        return [Drop(node.id, read, gave, by_map)]
    used = [
        pair
        for name, part in module.named_modules()
        if isinstance(part, DropoutModule)
        for pair in recording.inside.get(f"{node.id}.{name}", [])
    ]
    return [Drop(f"{node.id}: {place}", *pair) for place, pair in zip(node.layer.dropout_places, used, strict=False)]
