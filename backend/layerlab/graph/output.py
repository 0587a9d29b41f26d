"""Whether what a graph gives is what the data asks for."""

from math import prod

from layerlab_schemas.graph import CheckedData
from layerlab_schemas.problems import Mend, Problem

from layerlab.graph.plan import Plan, PlannedNode
from layerlab.layers.base import count_text, shape_text


def check_output(plan: Plan, places: dict[str, int]) -> list[Problem]:
    """A problem when the last node does not give one number a class (or target), with the node that can mend it."""
    node, wanted = plan.by_id[plan.output], tuple(plan.data.output_shape)
    if node.output_shape == wanted:
        return []
    message = f"{node.id} gives {_amount(node)}, and {_asked(plan.data)}."
    culprit, field, value, hint = _remedy(plan, node, wanted)
    path = f"graph.{places[culprit]}" + (f".{field}" if field else "")
    mend = Mend(label=f"Set {field} to {value}", node=culprit, field=field, value=value) if field else None
    return [
        Problem(
            code="wrong_output",
            path=path,
            node=culprit,
            field=field,
            message=message,
            expected=shape_text(wanted),
            got=shape_text(node.output_shape),
            hint=hint,
            mend=mend,
        )
    ]


def _amount(node: PlannedNode) -> str:
    shape = node.output_shape
    if len(shape) == 1:
        return f"{count_text(shape[0])} number{'s' if shape[0] > 1 else ''}"
    return shape_text(shape)


def _asked(data: CheckedData) -> str:
    """What the answer must be, in words: a number a class, unless the loss wants something else."""
    size = prod(data.output_shape)
    if data.task == "classification" and data.class_names and size != len(data.class_names):
        return f"the loss wants {count_text(size)}"
    what, end = ("class", "es") if data.task == "classification" else ("target", "s")
    return f"{data.title} has {count_text(size)} {what}{'' if size == 1 else end}"


def _remedy(plan: Plan, node: PlannedNode, wanted: tuple[int, ...]) -> tuple[str, str | None, int | str | None, str]:
    """Node, field and value that would mend it, and the words; without a field there are only words."""
    if len(node.output_shape) == len(wanted) == 1:
        linear = _source(plan, node, "linear")
        if linear is not None:
            return linear.id, "out_features", wanted[0], f"Set out_features of {linear.id} to {wanted[0]}."
    if len(node.output_shape) == 2 and len(wanted) == 1:
        for kind in ("rnn", "lstm", "gru"):
            recurrent = _source(plan, node, kind, past="linear")
            if recurrent is not None and len(recurrent.output_shape) == 2:
                return recurrent.id, "output", "last", f'Set output of {recurrent.id} to "last".'
    flatten = "flatten and " if len(node.output_shape) > 1 else ""
    return node.id, None, None, f"Add {flatten}linear with out_features {wanted[-1]} behind {node.id}."


def _source(plan: Plan, node: PlannedNode, kind: str, past: str | None = None) -> PlannedNode | None:
    """The nearest node of ``kind`` from ``node`` back along single inputs whose size still decides the output's.

    Layers without weights that keep the shape are passed, and those of kind ``past``.
    """
    while node.layer.kind != kind:
        keeps = node.output_shape == node.input_shapes[0] and not node.layer.has_weights
        if len(node.inputs) > 1 or not (keeps or node.layer.kind == past) or node.inputs[0] not in plan.by_id:
            return None
        node = plan.by_id[node.inputs[0]]
    return node
