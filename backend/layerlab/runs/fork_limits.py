"""What a fork may change: at step 0 everything; later what leaves the weights their names, shapes and meaning."""

from collections.abc import Mapping

from layerlab_schemas.graph import CheckedNode, CheckResult, NodeSpec
from layerlab_schemas.problems import Problem
from layerlab_schemas.run import CheckpointView, RunSpec

#: Parts of the spec that are settled at step 0, and why.
_SETTLED = {
    "data.dataset": "the weights have learned from other data",
    "data.params": "the weights have learned from other data",
    "data.validation_fraction": "samples would move between training and validation",
    "data.split_seed": "samples would move between training and validation",
    "data.stratify": "samples would move between training and validation",
    "data.oversample": "the samples to train on would be others",
    "data.preprocess": "the weights have learned from inputs in another form",
    "data.target": "the weights have learned another task",
    "data.subset": "the place in the data would be another",
    "init": "the weights have started already",
    "training.seed": "samples would move between training and validation",
    "training.device": "the state of the random generators belongs to the device",
}
_START = "Fork at step 0."


def refused_changes(
    before: RunSpec, after: RunSpec, checks: tuple[CheckResult, CheckResult], origin: CheckpointView
) -> list[Problem]:
    """Why a run cannot go on from ``origin`` with the spec ``after`` in place of ``before``; empty where it can."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    settled = [_settled(path, why, origin.step) for path, why in _SETTLED.items() if _at(old, path) != _at(new, path)]
    return [*settled, *_other_weights(before, after, checks, origin.step), *_nothing_left(after, origin)]


def _at(fields: Mapping[str, object], path: str) -> object:
    here: object = fields
    for part in path.split("."):
        assert isinstance(here, Mapping)
        here = here[part]
    return here


def _settled(path: str, why: str, step: int, node: str | None = None) -> Problem:
    return Problem(
        code="settled_at_start", path=path, node=node, field=path.rsplit(".", 1)[-1], hint=_START,
        message=f"{path} cannot change at step {step}: {why}.",
    )  # fmt: skip


def _other_weights(
    before: RunSpec, after: RunSpec, checks: tuple[CheckResult, CheckResult], step: int
) -> list[Problem]:
    """Every layer with weights must be there again, with the same ones, and none may be new."""
    old, new = (_with_weights(check) for check in checks)
    places = {node.id: place for place, node in enumerate(checks[1].nodes)}
    problems = [
        _settled("graph", f"{name}, which has weights, would be gone", step, name) for name in old if name not in new
    ]
    for name, node in new.items():
        path = f"graph.{places[name]}"
        if name not in old:
            problems.append(_settled(path, f"{name} would have weights that have not been trained", step, name))
        elif (node.kind, node.parameter_shapes) != (old[name].kind, old[name].parameter_shapes):
            problems.append(_settled(path, f"the weights of {name} would have other shapes", step, name))
        elif _init_of(after, checks[1], name) != _init_of(before, checks[0], name):
            problems.append(_settled(f"{path}.init", "the weights have started already", step, name))
    return problems


def _with_weights(check: CheckResult) -> dict[str, CheckedNode]:
    """Layers with parameters, and norms, which keep running statistics even without any."""
    return {node.id: node for node in check.nodes if node.parameter_shapes or node.kind.endswith("_norm")}


def _init_of(spec: RunSpec, check: CheckResult, name: str) -> object:
    nodes: dict[str, NodeSpec] = dict(zip((node.id for node in check.nodes), spec.graph, strict=True))
    return nodes[name].init


def _nothing_left(after: RunSpec, origin: CheckpointView) -> list[Problem]:
    """Training must be longer than what is done."""
    planned = after.training
    limits = (("epochs", planned.epochs, int(origin.epoch)), ("max_steps", planned.max_steps, origin.step))
    return [
        Problem(
            code="nothing_left", path=f"training.{name}", field=name, expected=f"more than {done}", got=str(limit),
            message=f"At step {origin.step}, {done} {name.replace('max_', '')} are done and {limit} are planned.",
            hint=f"Set training.{name} to more than {done}, or fork at an earlier step.",
        )
        for name, limit, done in limits
        if limit is not None and done >= limit
    ]  # fmt: skip
