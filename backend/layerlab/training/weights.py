"""Single weights set by hand while a network trains, as the classic playground of 2-D data lets one do."""

from collections.abc import Sequence

import torch
from layerlab_schemas.problems import Problem
from layerlab_schemas.run import WeightChange
from torch import Tensor

from layerlab.errors import SpecError, nearest
from layerlab.graph.network import Network


def find_weights(changes: Sequence[WeightChange], network: Network) -> list[Tensor]:
    """The parameter of each change. Changes nothing.

    Raises:
        SpecError: No such node or parameter, or a place outside of it; one problem for each.
    """
    found = [_find(change, f"weights.{place}", network) for place, change in enumerate(changes)]
    problems = [one for one in found if isinstance(one, Problem)]
    if problems:
        raise SpecError(problems)
    return [one for one in found if isinstance(one, Tensor)]


@torch.no_grad()
def set_weight(parameter: Tensor, change: WeightChange) -> float:
    """Give one number its new value, from the next forward pass on; returns the one it had."""
    place = tuple(change.index)
    before = float(parameter[place])
    parameter[place] = change.value
    return before


def _find(change: WeightChange, path: str, network: Network) -> Tensor | Problem:
    node, parameter = change.node, change.parameter
    if node not in network.plan.by_id:
        near = nearest(node, list(network.plan.by_id))
        message = f"There is no node called {node}."
        return Problem(
            code="unknown_node", path=f"{path}.node", message=message, got=node,
            hint=f"Did you mean {near}?" if near else None,
        )  # fmt: skip
    parameters = dict(network.layers[node].named_parameters())
    if parameter not in parameters:
        has = ", ".join(parameters) or "none"
        message = f"{node} has no parameter called {parameter}."
        return Problem(
            code="unknown_parameter", path=f"{path}.parameter", node=node, field="parameter", message=message,
            expected=has, got=parameter, hint=f"Its parameters: {has}.",
        )  # fmt: skip
    shape = tuple(parameters[parameter].shape)
    if len(change.index) != len(shape) or any(at >= size for at, size in zip(change.index, shape, strict=True)):
        sizes = "×".join(map(str, shape))
        message = f"{parameter} of {node} is {sizes} and has no place {change.index}."
        return Problem(
            code="no_such_place", path=f"{path}.index", node=node, field="index", message=message, expected=sizes,
            got=str(change.index), hint="Count from 0; for a matrix the output comes first, then the input.",
        )  # fmt: skip
    return parameters[parameter]
