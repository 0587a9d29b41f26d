"""A plan: a graph that was checked, with everything known that is needed to build it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from layerlab_schemas.graph import CheckedData, InitSpec

from layerlab.layers.base import LayerKind, Shape
from layerlab.params import Params


@dataclass(frozen=True)
class PlannedNode:
    """One node. Shapes leave the batch out; ``inputs`` names other nodes, or ``"input"`` for the data.

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
        return [node for node in self.nodes if name in node.inputs]
