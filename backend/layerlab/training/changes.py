"""Live changes: what a ``RunChange`` asks for, checked as a whole before anything moves, and told as events."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from layerlab_schemas.graph import CheckedData
from layerlab_schemas.problems import Problem, Severity
from layerlab_schemas.run import (
    DataChange,
    KindSpec,
    OptimizerChange,
    RegularizationChange,
    RegularizationSpec,
    RunChange,
    WeightChange,
)
from torch import Tensor

from layerlab import optimizers
from layerlab.errors import SpecError
from layerlab.graph.network import Network
from layerlab.registry import read_params
from layerlab.training.augmenting import AugmentChoice, find_augment, told
from layerlab.training.choice import Choice, OptimizerChoice, choose
from layerlab.training.moves import Move
from layerlab.training.regularize import check_penalties
from layerlab.training.weights import set_weight

DROPOUT_KINDS = ("dropout", "dropout2d")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that may change while a run trains, but for the fields of nodes, which the network keeps."""

    optimizer: OptimizerChoice
    batch_size: int
    augment: tuple[AugmentChoice, ...]
    regularization: RegularizationSpec
    max_steps_per_second: float | None


def plan_settings(
    change: RunChange, now: Settings, *, facts: CheckedData, smallest_batch: int
) -> tuple[Settings, list[Move]]:
    """The settings after a change, and the fields that move. Changes nothing.

    Args:
        change: What is asked for.
        now: The settings so far.
        facts: What augmentations must fit.
        smallest_batch: Batches may not be smaller (2 where a norm needs a batch).

    Raises:
        SpecError: A field that cannot have that value, or cannot change while the network trains.
    """
    moves: list[Move] = []
    after = now
    if change.optimizer is not None:
        chosen = _optimizer(change.optimizer, now.optimizer)
        moves += _optimizer_moves(now.optimizer, chosen)
        after = replace(after, optimizer=chosen)
    if change.data is not None and change.data.batch_size is not None:
        batch_size = change.data.batch_size
        if batch_size < smallest_batch:
            raise SpecError([_too_small(batch_size, smallest_batch)])
        moves.append(Move("data.batch_size", now.batch_size, batch_size))
        after = replace(after, batch_size=batch_size)
    if change.data is not None and change.data.augment is not None:
        augment, problems = find_augment(change.data.augment, facts)
        if any(problem.severity is Severity.ERROR for problem in problems):
            raise SpecError(problems)
        moves.append(Move("data.augment", told(now.augment), told(augment)))
        after = replace(after, augment=augment)
    if change.regularization is not None:
        fields = change.regularization.model_dump(exclude_none=True)
        fields |= {name: None for name in ("clip_grad_norm", "clip_grad_value") if fields.get(name) == 0}
        regularization = now.regularization.model_copy(update=fields)
        if problems := check_penalties(regularization):
            raise SpecError(problems)
        after = replace(after, regularization=regularization)
        moves += [Move(f"regularization.{n}", getattr(now.regularization, n), value) for n, value in fields.items()]
    if change.training is not None and change.training.max_steps_per_second is not None:
        speed = change.training.max_steps_per_second or None
        moves.append(Move("training.max_steps_per_second", now.max_steps_per_second, speed))
        after = replace(after, max_steps_per_second=speed)
    return after, [move for move in moves if move.before != move.after]


def _optimizer(change: OptimizerChange, now: OptimizerChoice) -> OptimizerChoice:
    fields = change.fields_of_kind()
    if change.kind is not None and not _is_same_kind(change.kind, now):
        return choose(optimizers.REGISTRY, KindSpec.model_validate({"kind": change.kind, **fields}), path="optimizer")
    params = read_params(now.kind, now.params.model_dump(exclude_unset=True) | fields, path="optimizer")
    assert isinstance(params, type(now.params))
    fixed = [name for name in fields if name not in params.live_fields()]
    moved = [name for name in fixed if getattr(params, name) != getattr(now.params, name)]
    if moved:
        raise SpecError([_not_live(f"optimizer.{name}", name, now.kind.kind) for name in moved])
    return Choice(now.kind, params)


def _is_same_kind(name: str, now: OptimizerChoice) -> bool:
    return name in (now.kind.kind, *now.kind.aliases)


def _optimizer_moves(before: OptimizerChoice, after: OptimizerChoice) -> list[Move]:
    if before.kind is not after.kind:
        rates = Move("optimizer.lr", before.params.lr, after.params.lr)
        return [Move("optimizer.kind", before.kind.kind, after.kind.kind), rates]
    old = before.params.model_dump()
    return [Move(f"optimizer.{name}", old[name], value) for name, value in after.params.model_dump().items()]


def _too_small(batch_size: int, smallest: int) -> Problem:
    return Problem(
        code="batch_too_small", path="data.batch_size", field="batch_size", expected=f"at least {smallest}",
        message="A norm over the batch needs batches of at least 2 samples.", got=str(batch_size),
        hint=f"Set batch_size to {smallest} or more, or use layer_norm in a new run.",
    )  # fmt: skip


def _not_live(path: str, field: str, kind: str) -> Problem:
    message = f"{field} of {kind} cannot change while the network trains."
    return Problem(code="not_live", path=path, field=field, message=message, hint="Start a new run with the new value.")


def change_nodes(change: RunChange, network: Network) -> list[Move]:
    """Give nodes new live fields: all of them, or, when one is refused, none.

    Raises:
        SpecError: No such node or field, a wrong value, a field that cannot change, or no dropout to change.
    """
    moves: list[Move] = []
    undo: list[tuple[str, dict[str, Any]]] = []
    wanted = [(node, dict(fields)) for node, fields in (change.nodes or {}).items()]
    try:
        if change.dropout is not None:
            moves.append(_change_dropout(network, change.dropout, undo))
        for node, fields in wanted:
            before = _change_node(network, node, fields, undo)
            moves += [Move(f"nodes.{node}.{name}", before[name], value) for name, value in fields.items()]
    except SpecError:
        for node, fields in reversed(undo):
            network.change(node, fields)
        raise
    return [move for move in moves if move.before != move.after]


def change_to(settings: Settings, network: Network) -> RunChange:
    """The change that gives a run as it was posted these settings, and its nodes the fields of this network."""
    optimizer = settings.optimizer
    regularization = settings.regularization
    limits = {name: getattr(regularization, name) or 0.0 for name in ("clip_grad_norm", "clip_grad_value")}
    return RunChange(
        optimizer=OptimizerChange(kind=optimizer.kind.kind, **optimizer.params.model_dump(exclude_unset=True)),
        data=DataChange(batch_size=settings.batch_size),
        regularization=RegularizationChange(l1=regularization.l1, l2=regularization.l2, **limits),
        nodes=network.live_fields(),
    )


def set_weights(changes: Sequence[WeightChange], weights: Sequence[Tensor]) -> list[Move]:
    """Set single weights, which ``find_weights`` found."""
    moves: list[Move] = []
    for change, weight in zip(changes, weights, strict=True):
        before = set_weight(weight, change)
        place = ",".join(map(str, change.index))
        moves.append(Move(f"weights.{change.node}.{change.parameter}[{place}]", before, change.value))
    return [move for move in moves if move.before != move.after]


def _change_dropout(network: Network, p: float, undo: list[tuple[str, dict[str, Any]]]) -> Move:
    """Every dropout node gets the same p; one event tells it."""
    dropouts = [node.id for node in network.plan.nodes if node.layer.kind in DROPOUT_KINDS]
    if not dropouts:
        raise SpecError([_no_dropout()])
    before = [_change_node(network, node, {"p": p}, undo)["p"] for node in dropouts]
    return Move("dropout", before[0] if len(set(before)) == 1 else before, p)


def _change_node(
    network: Network, node: str, fields: dict[str, Any], undo: list[tuple[str, dict[str, Any]]]
) -> dict[str, Any]:
    """Changes one node; returns the values that its fields had, and notes them in ``undo``."""
    before = network.params(node).model_dump() if node in network.plan.by_id else {}
    network.change(node, fields)
    undo.append((node, {name: before[name] for name in fields}))
    return before


def _no_dropout() -> Problem:
    return Problem(
        code="no_dropout", path="dropout", field="dropout", message="This network has no dropout node.",
        hint="Add one to the graph and start a new run.",
    )  # fmt: skip
