"""How the weights start, as calls of ``torch.nn.init``: each with random numbers of its own, as in a run of ours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from layerlab_schemas.graph import InitSpec
from torch import Tensor, nn

from layerlab import inits
from layerlab.export.transplant import Transplant
from layerlab.graph.compile import following
from layerlab.graph.plan import Plan, PlannedNode
from layerlab.inits.base import Follows, InitKind
from layerlab.params import Params
from layerlab.registry import read_params

#: Schemes that are a function of ``torch.nn.init`` and nothing else.
OF_PYTORCH = {
    "zeros", "constant", "normal", "uniform", "xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal",
    "orthogonal",
}  # fmt: skip
_NORMS = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)
_LEAKY_SLOPE = 0.01


def write_start(plan: Plan, init: InitSpec, attributes: dict[str, str], needed: Transplant) -> str:
    """The function ``initialise``; ``needed`` gets what a scheme needs that is no single call of PyTorch's."""
    schemes = Schemes(needed)
    lines = [line for node in plan.nodes for line in _node_lines(plan, node, init, attributes, schemes)]
    head = [
        "@torch.no_grad()",
        "def initialise(model: Model) -> None:",
        '    """Gives every weight its start: biases and shifts 0, scales 1, and the rest at random."""',
    ]
    return "\n".join([*head, *(f"    {line}" for line in lines or ["pass"])])


@dataclass
class Schemes:
    """How each scheme is written; one that is not PyTorch's becomes a function, once for the same fields."""

    needed: Transplant
    names: list[tuple[str, Params]] = field(default_factory=list)

    def call(self, kind: InitKind[Any], fields: Params, follows: Follows, weight: str, stream: str) -> str:
        """The call that fills a weight."""
        if kind.kind in OF_PYTORCH:
            arguments = fields.arguments(follows) if hasattr(fields, "arguments") else fields.model_dump()
            told = [f"{name}={value!r}" for name, value in arguments.items()]
            random = [] if kind.kind in ("zeros", "constant") else [f"generator={stream}"]
            return f"nn.init.{kind.kind}_({', '.join([weight, *told, *random])})"
        return f"{self._function(kind, fields, 'fill')}({weight}, follows=None, generator={stream})"

    def scale_call(self, kind: InitKind[Any], fields: Params, weight: str, stream: str) -> str | None:
        """The call that fills the scale of a norm; None where it stays 1."""
        if type(kind).fill_norm_scale is InitKind.fill_norm_scale:
            return None
        return f"{self._function(kind, fields, 'fill_norm_scale')}({weight}, generator={stream})"

    def _function(self, kind: InitKind[Any], fields: Params, method: str) -> str:
        key = (f"{kind.kind}_{method}", fields)
        if key not in self.names:
            self.names.append(key)
        same = [one for one in self.names if one[0] == key[0]]
        name = key[0] if same[0] == key else f"{key[0]}_{same.index(key) + 1}"
        self.needed.method(kind, fields, method, name)
        return name


def _node_lines(
    plan: Plan, node: PlannedNode, init: InitSpec, attributes: dict[str, str], schemes: Schemes
) -> Iterator[str]:
    if node.id not in attributes:
        return
    with torch.device("meta"):
        module = node.layer.build(node.params, node.read_shapes, generator=torch.Generator())
    spec = node.init or init
    kind = inits.REGISTRY.get(spec.scheme)
    fields = read_params(kind, spec.fields_of_kind())
    around = Follows("linear") if node.layer.is_recurrent else following(plan, node)
    norms = {name for name, part in module.named_modules() if isinstance(part, _NORMS)}
    for name, parameter in module.named_parameters():
        owner, _, own_name = name.rpartition(".")
        weight, stream = _place(attributes[node.id], name), f'stream("init.{node.id}.{name}")'
        if owner in norms:
            line = schemes.scale_call(kind, fields, weight, stream) if own_name == "weight" else None
            yield from [line] if line else []
        elif "bias" in own_name:
            yield f"nn.init.zeros_({weight})"
        elif node.layer.is_lookup and kind.uses_fans and node.init is None:
            yield f"nn.init.normal_({weight}, generator={stream})"
        else:
            inner = node.layer.activation_after(node.params, name)
            follows = Follows(inner, _LEAKY_SLOPE if inner == "leaky_relu" else 0.0) if inner else around
            blocks = node.layer.blocks(node.params, name, parameter)
            call = (kind, fields, follows)
            yield from _filled(schemes, call, weight, parameter, blocks, stream)


def _place(attribute: str, name: str) -> str:
    """A parameter of the model, as Python can write it."""
    if all(part.isidentifier() for part in name.split(".")):
        return f"model.{attribute}.{name}"
    return f'model.get_parameter("{attribute}.{name}")'


def _filled(
    schemes: Schemes,
    scheme: tuple[InitKind[Any], Params, Follows],
    weight: str,
    parameter: Tensor,
    blocks: Sequence[Tensor],
    stream: str,
) -> Iterator[str]:
    """Block by block, where a weight is several below each other, or lies across."""
    assert sum(block.numel() for block in blocks) == parameter.numel(), "the blocks are the whole weight"
    assert len({block.shape for block in blocks}) == 1, "the blocks are of one size"
    is_across = not blocks[0].is_contiguous()
    if len(blocks) == 1 and not is_across:
        yield schemes.call(*scheme, weight, stream)
        return
    yield f"random = {stream}"
    yield f"for part in {weight}.chunk({len(blocks)}):"
    if not is_across:
        yield f"    {schemes.call(*scheme, 'part', 'random')}"
        return
    yield f"    turned = torch.empty({tuple(blocks[0].shape)})"
    yield f"    {schemes.call(*scheme, 'turned', 'random')}"
    yield "    part.copy_(turned.transpose(0, 1))"
