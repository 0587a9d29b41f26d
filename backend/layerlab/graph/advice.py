"""Warnings: graphs that train, but hardly as their author hopes."""

from layerlab_schemas.problems import Problem, Severity

from layerlab.graph.plan import Plan, PlannedNode

_DROPOUTS = ("dropout", "dropout2d")


def advise(plan: Plan, places: dict[str, int]) -> list[Problem]:
    """What is worth a word of warning in a graph without errors."""
    found = [*_output_activation(plan), *_dropout_before_batch_norm(plan)]
    return [
        Problem(
            severity=Severity.WARNING,
            code=code,
            path=f"graph.{places[node.id]}",
            node=node.id,
            message=message,
            hint=hint,
        )
        for node, code, message, hint in found
    ]


_Advice = tuple[PlannedNode, str, str, str]


def _output_activation(plan: Plan) -> list[_Advice]:
    """The last node squashes or cuts what the loss wants to see whole."""
    node = plan.by_id[plan.output]
    is_classes = plan.data.task == "classification"
    if node.layer.kind in _DROPOUTS:
        message = f"{node.id} is the last node: it sets random answers to 0 while training."
        return [(node, "dropout_output", message, "Place dropout before the last linear layer.")]
    bounds = node.layer.output_range or ((0.0, float("inf")) if node.layer.relu_like else None)
    if bounds is None:
        return []
    span = f"{bounds[0]:g} to {bounds[1]:g}" if node.layer.output_range else "0 and up"
    if is_classes:
        message = f"The loss expects raw scores (logits), and {node.id} at the end limits them to {span}."
        return [(node, "squashed_output", message, f"Take {node.id} out: the loss applies softmax or sigmoid itself.")]
    message = f"{node.id} at the end can only give {span}; targets outside are out of reach."
    return [(node, "squashed_output", message, f"Take {node.id} out, unless the targets lie in that range.")]


def _dropout_before_batch_norm(plan: Plan) -> list[_Advice]:
    """Dropout changes the variance in training only, so the running variance of a later batch norm is wrong."""
    after: dict[str, str] = {}
    found: list[_Advice] = []
    for node in plan.nodes:
        dropped = next((after[name] for name in node.inputs if name in after), None)
        if node.layer.kind in _DROPOUTS and getattr(node.params, "p", 0) > 0:
            dropped = node.id
        if dropped is None:
            continue
        after[node.id] = dropped
        if node.layer.kind == "batch_norm":
            message = f"{node.id} comes after {dropped}: dropout raises the variance in training only, so the running "
            message += "variance is too large in evaluation."
            found.append((node, "dropout_before_batch_norm", message, f"Place {dropped} after the last batch norm."))
    return found
