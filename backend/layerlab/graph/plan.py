"""A plan: a graph that was checked, with everything known that is needed to build it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from layerlab_schemas.graph import DECODER_INPUT, INPUT, CheckedData, InitSpec
from layerlab_schemas.problems import Problem

from layerlab.layers.base import LayerKind, Shape, Site, frame_shapes, num_frames
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

    @property
    def frames(self) -> int | None:
        """How many frames it takes one by one; None where it takes its inputs whole."""
        return num_frames(self.input_shapes) if self.layer.by_frame else None

    @property
    def read_shapes(self) -> list[Shape]:
        """What the methods of its layer are asked about: its inputs, or one frame of each where it works by frame."""
        return frame_shapes(self.input_shapes) if self.layer.by_frame else list(self.input_shapes)

    def check_batch(self, smallest_batch: int, site: Site) -> list[Problem]:
        """What goes wrong with so few samples in a training batch; each frame that it takes by itself counts as one."""
        return self.layer.check_batch(self.params, self.read_shapes, smallest_batch * (self.frames or 1), site)

    @property
    def norm_axes(self) -> str | None:
        """For norms, the axes that share one mean and variance, such as "N, H, W"; None for others."""
        return norm_axes(self.layer, self.params, self.input_shapes[0])


def norm_axes(layer: LayerKind[Any], params: Params, shape: Shape) -> str | None:
    """The axes that share one mean and variance where a norm reads ``shape``; those of a clip with its frames, T."""
    (read,) = frame_shapes([shape])
    axes = layer.norm_axes(params, read)
    joins_frames = axes is not None and read != shape and "N" in axes.split(", ")
    return axes.replace("N", "N, T", 1) if axes is not None and joins_frames else axes


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
