"""Every norm of a network, whether it is a node or a part of one."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from layerlab import layers
from layerlab.graph.inside import NORMS, parts_inside
from layerlab.graph.network import Network, Recording
from layerlab.graph.plan import Plan, norm_axes
from layerlab.layers.base import LayerKind, Shape, as_images
from layerlab.params import Params


@dataclass(frozen=True)
class NormAt:
    """A norm in its place.

    Attributes:
        name: That of the node, or ``block.norm1`` for a part of the node ``block``.
        layer: Its kind.
        params: Its fields.
        module: What normalises.
    """

    name: str
    layer: LayerKind[Any]
    params: Params
    module: nn.Module

    def read(self, recording: Recording) -> Tensor:
        """What it read in the recorded pass, [N, …]."""
        if self.name in recording.inputs:
            return recording.inputs[self.name][0]
        return recording.inside[self.name][0][0]

    def axes(self, shape: Shape) -> str:
        """Which axes share one mean and variance, such as "N, H, W", where a sample has ``shape``."""
        axes = norm_axes(self.layer, self.params, shape)
        assert axes is not None, f"{self.layer.kind} is a norm without axes"
        return axes

    def rows(self, x: Tensor) -> Tensor:
        """A batch as [rows, values], where each row shares one mean and variance."""
        rows = self.layer.norm_rows(self.params, as_images(x))
        assert rows is not None, f"{self.layer.kind} is a norm without rows"
        return rows

    @property
    def joins_samples(self) -> bool:
        """True where it normalises over the batch, so that what one sample becomes depends on the others."""
        return self.layer.kind == "batch_norm"


def has_norms(plan: Plan) -> bool:
    """True where some node is a norm, or has one inside."""
    return any(node.layer.is_norm or node.layer.norms_inside(node.params) for node in plan.nodes)


def norms_of(network: Network) -> list[NormAt]:
    """All norms, in the order of the nodes."""
    inside: dict[str, list[NormAt]] = {}
    for name, part in parts_inside(network.layers):
        if isinstance(part, NORMS):
            layer, params = _kind_of(part)
            inside.setdefault(name.partition(".")[0], []).append(NormAt(name, layer, params, part))
    found: list[NormAt] = []
    for node in network.plan.nodes:
        if node.layer.is_norm:
            found.append(NormAt(node.id, node.layer, network.params(node.id), network.layers[node.id]))
        found += inside.get(node.id, [])
    return found


def _kind_of(module: nn.Module) -> tuple[LayerKind[Any], Params]:
    """The kind of layer that a part would be if it were a node."""
    if isinstance(module, nn.GroupNorm):
        return _kind("group_norm", num_groups=module.num_groups)
    names: dict[type[nn.Module], str] = {nn.LayerNorm: "layer_norm", nn.RMSNorm: "rms_norm"}
    return _kind(names.get(type(module), "batch_norm"))


def _kind(name: str, **fields: Any) -> tuple[LayerKind[Any], Params]:
    layer = layers.REGISTRY.get(name)
    return layer, layer.Params.model_validate(fields)
