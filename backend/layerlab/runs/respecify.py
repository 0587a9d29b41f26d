"""The spec in force after a change: what ``GET /api/runs/{id}`` shows is what the run trains with."""

from collections.abc import Mapping, Sequence
from typing import Any

from layerlab_schemas.graph import NodeSpec
from layerlab_schemas.run import DataChange, OptimizerChange, RegularizationChange, RunChange, RunSpec, TrainingChange

SWITCHED_OFF_BY_0 = frozenset({"clip_grad_norm", "clip_grad_value", "max_steps_per_second"})
DROPOUT_KINDS = frozenset({"dropout", "dropout2d"})


def respecify(spec: RunSpec, change: RunChange, *, node_ids: Sequence[str]) -> RunSpec:
    """``spec`` with ``change`` applied. ``node_ids`` are the ids of the graph's nodes in order, made-up ones too."""
    fields = spec.model_dump(mode="json")
    if change.name is not None:
        fields["name"] = change.name
    if change.tags is not None:
        fields["tags"] = change.tags
    if change.optimizer is not None:
        fields["optimizer"] = _optimizer(fields["optimizer"], change.optimizer)
    _take(fields["data"], change.data)
    _take(fields["regularization"], change.regularization)
    _take(fields["training"], change.training)
    fields["graph"] = [
        _node(node, found, change) for node, found in zip(spec.graph, _ids(spec.graph, node_ids), strict=True)
    ]
    return RunSpec.model_validate(fields)


def _optimizer(before: dict[str, Any], change: OptimizerChange) -> dict[str, Any]:
    changed = change.fields_of_kind()
    if change.kind is not None and change.kind != before["kind"]:
        return {"kind": change.kind, **changed}
    return {**before, **changed}


def _take(part: dict[str, Any], change: DataChange | RegularizationChange | TrainingChange | None) -> None:
    for name, value in (change.model_dump(exclude_none=True) if change is not None else {}).items():
        # 0 switches off what null means: no clipping, full speed.
        part[name] = None if name in SWITCHED_OFF_BY_0 and value == 0 else value


def _ids(graph: Sequence[NodeSpec], node_ids: Sequence[str]) -> list[str | None]:
    if len(node_ids) == len(graph):
        return list(node_ids)
    return [node.id for node in graph]


def _node(node: NodeSpec, name: str | None, change: RunChange) -> dict[str, Any]:
    fields = node.model_dump(mode="json")
    if change.dropout is not None and node.kind in DROPOUT_KINDS:
        fields["p"] = change.dropout
    of_node: Mapping[str, Any] = (change.nodes or {}).get(name or "", {})
    return {**fields, **of_node}


def worker_part(change: RunChange) -> RunChange | None:
    """What of ``change`` concerns the worker; None when it is only about name and tags."""
    rest = change.model_copy(update={"name": None, "tags": None})
    return rest if rest.model_dump(exclude_none=True) else None
