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
    *steps, size = data.output_shape
    if data.output_shape == data.input_shape and not data.class_names and size > 1:
        return f"the target is the input itself, {shape_text(tuple(data.output_shape))}"
    if data.class_names and steps:
        numbers = f"{count_text(size)} number{'' if size == 1 else 's'}"
        return f"{data.title} asks for {numbers} at each of {count_text(steps[0])} steps"
    size = prod(data.output_shape)
    if data.task == "classification" and data.class_names and size != len(data.class_names):
        return f"the loss wants {count_text(size)}"
    what, end = ("class", "es") if data.task == "classification" else ("target", "s")
    return f"{data.title} has {count_text(size)} {what}{'' if size == 1 else end}"


#: Node, field and value that would mend it, and the words; without a field there are only words.
Remedy = tuple[str, str | None, int | str | None, str]


def _remedy(plan: Plan, node: PlannedNode, wanted: tuple[int, ...]) -> Remedy:
    given = node.output_shape
    if len(given) == len(wanted) <= 2 and given[:-1] == wanted[:-1]:
        linear = _source(plan, node, "linear")
        if linear is not None:
            return linear.id, "out_features", wanted[-1], f"Set out_features of {linear.id} to {wanted[-1]}."
    if {len(given), len(wanted)} == {1, 2}:
        value = "last" if len(wanted) == 1 else "sequence"
        for kind in ("rnn", "lstm", "gru"):
            recurrent = _source(plan, node, kind, past="linear")
            if recurrent is not None and _mends_steps(recurrent, wanted):
                return recurrent.id, "output", value, f'Set output of {recurrent.id} to "{value}".'
    return node.id, None, None, _words(node, wanted)


def _mends_steps(recurrent: PlannedNode, wanted: tuple[int, ...]) -> bool:
    """True where the other choice of ``output`` gives as many steps as are wanted, or none."""
    if len(wanted) == 1:
        return len(recurrent.output_shape) == 2
    return len(recurrent.output_shape) == 1 and recurrent.input_shapes[0][0] == wanted[0]


def _words(node: PlannedNode, wanted: tuple[int, ...]) -> str:
    """What to build behind the last node where no single field mends it."""
    given = node.output_shape
    if len(wanted) == 2 and len(given) == 2 and given[0] != wanted[0]:
        return f"Keep all {wanted[0]} steps on the way to {node.id}, which gives {given[0]}."
    if len(wanted) == 2 and len(given) == 2:
        return f"Add linear with out_features {wanted[-1]} behind {node.id}."
    if len(wanted) > 1 and prod(given) == prod(wanted):
        return f"Add reshape to {shape_text(wanted)} behind {node.id}."
    if len(wanted) == 2:
        return f"Use layers that keep the {wanted[0]} steps, then linear with out_features {wanted[-1]}."
    flatten = "flatten and " if len(given) > 1 else ""
    if len(wanted) > 1:
        return f"Add {flatten}linear with out_features {prod(wanted)}, then reshape to {shape_text(wanted)}."
    return f"Add {flatten}linear with out_features {wanted[-1]} behind {node.id}."


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
