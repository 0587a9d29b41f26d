"""Taking out of a traced graph what changes nothing: at a few microseconds an operation it counts."""

from typing import Any

import torch
from torch.fx import Graph, GraphModule, Node

_aten: Any = torch.ops.aten
#: Give their input back where the shape is the same.
_RESHAPES = {_aten.view.default, _aten.expand.default, _aten._unsafe_view.default}


def tidy(module: GraphModule) -> None:
    """Drop reshapes to the same shape, turns and back, products with 1, work done twice, and values that nobody reads.

    The traced step draws no random numbers and writes to nothing but tensors that it has made, so equal operations on
    equal inputs are equal, as long as none of them writes.
    """
    graph = module.graph
    _drop_empty_reshapes(graph)
    if not any(_writes(node) for node in graph.nodes):
        _drop_what_changes_nothing(graph)
        _share_equals(graph)
    graph.eliminate_dead_code()
    module.recompile()


def _drop_empty_reshapes(graph: Graph) -> None:
    for node in graph.nodes:
        if node.target in _RESHAPES and _shape(node) is not None and _shape(node) == _shape(node.args[0]):
            node.replace_all_uses_with(node.args[0])


def _drop_what_changes_nothing(graph: Graph) -> None:
    for node in graph.nodes:
        source: Any = node.args[0] if node.args else None
        if node.target is _aten.mul.Scalar and node.args[1] == 1 and _dtype(node) == _dtype(source):
            node.replace_all_uses_with(source)
        elif _is_turn(node) and _is_turn(source) and set(node.args[1:]) == set(source.args[1:]):
            node.replace_all_uses_with(source.args[0])


def _is_turn(node: Any) -> bool:
    return isinstance(node, Node) and node.target is _aten.transpose.int


def _share_equals(graph: Graph) -> None:
    first: dict[Any, Node] = {}
    for node in graph.nodes:
        if node.op != "call_function":
            continue
        key = (node.target, repr(node.args), repr(node.kwargs))
        known = first.setdefault(key, node)
        if known is not node:
            node.replace_all_uses_with(known)


def _writes(node: Node) -> bool:
    schema = getattr(node.target, "_schema", None)
    return schema is not None and bool(schema.is_mutable)


def _shape(node: Any) -> torch.Size | None:
    return getattr(_told(node), "shape", None)


def _dtype(node: Any) -> torch.dtype | None:
    return getattr(_told(node), "dtype", None)


def _told(node: Any) -> Any:
    """What the trace noted of a value: a tensor like it, or its facts."""
    return node.meta.get("val", node.meta.get("tensor_meta")) if isinstance(node, Node) else None
