"""A plan: a graph that was checked, with everything known that is needed to build it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from layerlab_schemas.graph import DECODER_INPUT, INPUT, CheckedData, InitSpec

from layerlab.layers.base import LayerKind, Shape
from layerlab.params import Params


def node_of(source: str) -> str:
    """The node (or data) that a source names: "encoder" for the port "encoder.state"."""
    return source.partition(".")[0]


@dataclass(frozen=True)
class PlannedNode:
    """One node. Shapes leave the batch out; ``inputs`` names other nodes or their ports, or the data.

    ``init`` is the node's own; None means that of the run.
    """

    id: str
    layer: LayerKind[Any]
    params: Params
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    init: InitSpec | None = None


@dataclass(frozen=True)
class Plan:
    """Nodes, each after those it reads; ``output`` names the one whose value is the answer."""

    nodes: tuple[PlannedNode, ...]
    data: CheckedData
    output: str

    @cached_property
    def by_id(self) -> dict[str, PlannedNode]:
        """The nodes by their names."""
        return {node.id: node for node in self.nodes}

    def readers(self, name: str) -> list[PlannedNode]:
        """The nodes that read the node (or data) called ``name``."""
        return self._readers.get(name, [])

    @cached_property
    def _readers(self) -> dict[str, list[PlannedNode]]:
        """By what they read, in their order."""
        found: dict[str, list[PlannedNode]] = {}
        for node in self.nodes:
            for name in dict.fromkeys(map(node_of, node.inputs)):
                found.setdefault(name, []).append(node)
        return found

    @cached_property
    def masks(self) -> dict[str, str | None]:
        """Whose padding a node's output still has: the name of a part of the data; None where it has none."""
        found: dict[str, str | None] = {}
        if self.data.padding_token is None:
            return found
        for node in self.nodes:
            source = node.inputs[0]
            keeps = node.layer.keeps_steps(node.params, node.input_shapes, node.output_shape)
            found[node.id] = mask_of(source, found) if keeps else None
        return found


def mask_of(source: str, masks: dict[str, str | None]) -> str | None:
    """Whose padding a source has: data its own, a node what ``masks`` says, a port none."""
    return source if source in (INPUT, DECODER_INPUT) else masks.get(source)
