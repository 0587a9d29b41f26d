"""How the weights start, as calls of ``torch.nn.init``: each with random numbers of its own, as in a run of ours."""

from collections.abc import Iterator, Sequence
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


def write_start(plan: Plan, init: InitSpec, attributes: dict[str, str], needed: Transplant) -> str:
    """The function ``initialise``; ``needed`` gets what a scheme needs that is no single call of PyTorch's."""
    lines = [line for node in plan.nodes for line in _node_lines(plan, node, init, attributes, needed)]
    head = [
        "@torch.no_grad()",
        "def initialise(model: Model) -> None:",
        '    """Gives every weight its start: biases and shifts 0, scales 1, and the rest at random."""',
    ]
    return "\n".join([*head, *(f"    {line}" for line in lines or ["pass"])])


def _node_lines(
    plan: Plan, node: PlannedNode, init: InitSpec, attributes: dict[str, str], needed: Transplant
) -> Iterator[str]:
    if node.id not in attributes or node.layer.is_norm:
        return
    with torch.device("meta"):
        module = node.layer.build(node.params, node.input_shapes, generator=torch.Generator())
    spec = node.init or init
    kind = inits.REGISTRY.get(spec.scheme)
    fields = read_params(kind, spec.fields_of_kind())
    follows = Follows("linear") if node.layer.is_recurrent else following(plan, node)
    for name, parameter in module.named_parameters():
        weight = f"model.{attributes[node.id]}.{name}"
        stream = f'stream("init.{node.id}.{name}")'
        if name.startswith("bias"):
            yield f"nn.init.zeros_({weight})"
        elif node.layer.is_lookup and kind.uses_fans and node.init is None:
            yield f"nn.init.normal_({weight}, generator={stream})"
        else:
            blocks = node.layer.blocks(node.params, name, parameter)
            yield from _filled(kind, fields, follows, weight, _parts(parameter, blocks), stream, needed)


def _parts(weight: Tensor, blocks: Sequence[Tensor]) -> int:
    """How many blocks of equal size, one below the other, a weight has."""
    assert sum(block.numel() for block in blocks) == weight.numel(), "the blocks are the whole weight"
    assert len({block.shape for block in blocks}) == 1, "the blocks are of one size"
    return len(blocks)


def _filled(
    kind: InitKind[Any], fields: Params, follows: Follows, weight: str, parts: int, stream: str, needed: Transplant
) -> Iterator[str]:
    if parts == 1:
        yield _call(kind, fields, follows, weight, stream, needed)
        return
    yield f"random = {stream}"
    yield f"for gate in {weight}.chunk({parts}):"
    yield f"    {_call(kind, fields, follows, 'gate', 'random', needed)}"


def _call(kind: InitKind[Any], fields: Params, follows: Follows, weight: str, stream: str, needed: Transplant) -> str:
    arguments = fields.arguments(follows) if hasattr(fields, "arguments") else fields.model_dump()
    if hasattr(nn.init, f"{kind.kind}_"):
        random = {} if kind.kind in ("zeros", "constant") else {"generator": stream}
        told = [f"{name}={value!r}" for name, value in arguments.items()]
        told += [f"{name}={value}" for name, value in random.items()]
        return f"nn.init.{kind.kind}_({', '.join([weight, *told])})"
    raise NotImplementedError(kind.kind)
