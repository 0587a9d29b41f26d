"""A replayed pass gives the very bits of the usual one, and is used only where it does."""

from typing import Any

import pytest
import torch
from layerlab.experiments import EXPERIMENTS
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.engines import replay
from layerlab.training.engines.replay import Replays, written_down
from layerlab.training.evaluate import Evaluator
from layerlab.training.report import Evaluation
from layerlab.training.state import weights_digest
from layerlab_schemas.run import RunChange, RunSpec
from torch import nn

from tests.backend.training.specs import DIGITS, PLANE, SURFACE, plane, spec

LONG = {"epochs": None, "max_steps": 60}
LEAKY = [*PLANE[:1], {"kind": "leaky_relu"}, *PLANE[2:]]
NORMED = [*PLANE[:1], {"kind": "layer_norm"}, *PLANE[1:]]
TANGLED = [
    {"id": "a", "kind": "linear", "out_features": 6},
    {"id": "b", "kind": "sigmoid"},
    {"kind": "add", "inputs": ["a", "b"]},
    {"kind": "gelu"},
    {"id": "logits", "kind": "linear", "out_features": 2},
]
REPLAYED: dict[str, RunSpec] = {
    "a plane": plane(training=LONG),
    "leaky": plane(graph=LEAKY, training=LONG),
    "a norm without memory": plane(graph=NORMED, training=LONG),
    "branches": plane(graph=TANGLED, training=LONG),
    "regression": spec(data={"dataset": "plane_regression", "batch_size": 10}, graph=SURFACE, training=LONG),
    "hinge": plane(loss={"kind": "hinge"}, training=LONG),
    "penalties and clipping": plane(
        regularization={"l1": 0.01, "l2": 0.01, "clip_grad_norm": 0.5, "clip_grad_value": 0.1}, training=LONG
    ),
    "adam": plane(optimizer={"kind": "adam", "lr": 0.01}, training=LONG),
}


def _short(experiment: str) -> RunSpec:
    spec = next(one.spec for one in EXPERIMENTS if one.id == experiment)
    training = {"epochs": None, "max_steps": 8, "eval_every": 60}
    return spec.model_copy(update={"training": spec.training.model_copy(update=training)})


RARELY = LONG | {"eval_every": 60}
AS_USUAL: dict[str, RunSpec] = {
    "masks and statistics": spec(data={"dataset": "digits", "batch_size": 8}, graph=DIGITS, training=RARELY),
    "answers at each step": _short("attention_reverse"),
    "all samples": plane(optimizer={"kind": "gd", "lr": 0.05}, training=RARELY),
}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass is written down after a few batches, so that a short run has both."""
    monkeypatch.setattr(replay, "_WORTH_IT_AFTER", 5)


def followed(run: RunSpec) -> tuple[list[dict[str, float]], str]:
    """All points of all curves, and the weights at the end."""
    assembly = assemble(run)
    points = [report.scalars() for report in assembly.trainer.steps()]
    return points, weights_digest(assembly.network)


def as_usual(run: RunSpec, monkeypatch: pytest.MonkeyPatch) -> tuple[list[dict[str, float]], str]:
    """The same without any replay."""
    with monkeypatch.context() as patch:
        patch.setattr(Replays, "find", lambda self, inputs, targets: None)
        return followed(run)


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each replay that ran."""
    found: list[int] = []
    usual = replay.Replay.__call__

    def noted(self: replay.Replay, *batch: Any) -> Any:
        found.append(1)
        return usual(self, *batch)

    monkeypatch.setattr(replay.Replay, "__call__", noted)
    return found


@pytest.mark.parametrize("name", REPLAYED)
def test_replayed_runs_are_equal_bit_for_bit(name: str, used: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    assert followed(REPLAYED[name]) == as_usual(REPLAYED[name], monkeypatch)
    assert len(used) > 30


OFTEN: dict[str, Any] = {"epochs": None, "max_steps": 60, "eval_every": 2}
EVALUATED: dict[str, RunSpec] = {
    "two classes, one score": plane(training=OFTEN),
    "hinge": plane(loss={"kind": "hinge"}, training=OFTEN),
    "classes": plane(
        graph=[*PLANE[:-1], {"kind": "linear", "out_features": 2}], loss={"kind": "cross_entropy"}, training=OFTEN
    ),
    "regression": spec(data={"dataset": "plane_regression", "batch_size": 10}, graph=SURFACE, training=OFTEN),
    "two parts": plane(data={"params": {"samples": 3000}}, training=OFTEN),
    "masks and statistics": plane(graph=[*PLANE[:1], {"kind": "batch_norm"}, {"kind": "dropout"}, *PLANE[1:]],
        training=OFTEN),
}  # fmt: skip


@pytest.mark.parametrize("name", EVALUATED)
def test_replayed_evaluations_are_equal_bit_for_bit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def evaluated() -> list[Evaluation]:
        reports = assemble(EVALUATED[name]).trainer.steps()
        return [report.evaluation for report in reports if report.evaluation is not None]

    found, seen = [], []
    usual = Evaluator._pass
    with monkeypatch.context() as patch:
        patch.setattr(Evaluator, "_pass", lambda self, *batch: seen.append(1) or usual(self, *batch))
        found = evaluated()
    with monkeypatch.context() as patch:
        patch.setattr(Replays, "find", lambda self, inputs, targets: None)
        expected = evaluated()
    assert len(found) == len(expected) == 31
    assert len(seen) < 20
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.scalars() == theirs.scalars()
        assert ours.outputs is not None
        assert theirs.outputs is not None
        assert torch.equal(ours.outputs, theirs.outputs)
        if theirs.confusion is not None:
            assert torch.equal(ours.confusion, theirs.confusion)


@pytest.mark.parametrize("name", AS_USUAL)
def test_others_are_computed_as_usual(name: str, used: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    assert followed(AS_USUAL[name]) == as_usual(AS_USUAL[name], monkeypatch)
    assert not used


def test_what_is_recorded_and_what_changes_meanwhile_is_the_same(
    used: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed() -> tuple[list[float | None], str]:
        assembly = assemble(plane(training=LONG))
        losses = []
        for report in assembly.trainer.steps():
            losses.append(report.loss)
            if report.step == 20:
                change = {"optimizer": {"lr": 0.2}, "weights": [_weight(assembly)], "data": {"batch_size": 16}}
                assembly.trainer.apply(RunChange.model_validate(change))
            if report.step == 40:
                assembly.trainer.load_state(assembly.trainer.state())
        return losses, weights_digest(assembly.network)

    replayed = changed()
    assert used
    with monkeypatch.context() as patch:
        patch.setattr(Replays, "find", lambda self, inputs, targets: None)
        assert replayed == changed()


def _weight(assembly: Assembly) -> dict[str, Any]:
    first = assembly.plan.nodes[0].id
    return {"node": first, "parameter": "weight", "index": [0, 0], "value": 0.7}


def test_gradients_are_in_place_and_a_recorded_step_sees_every_node(used: list[int]) -> None:
    assembly = assemble(plane(training=RARELY))
    steps = assembly.trainer.steps()
    for _ in range(20):
        next(steps)
    assert used
    gradients = [weight.grad for weight in assembly.network.parameters()]
    assert all(gradient is not None for gradient in gradients)
    before = len(used)
    with assembly.network.recording() as record:
        next(steps)
    assert len(used) == before
    assert set(record.gradients) >= {"linear_1", "tanh_1", "logits"}


def test_a_pass_that_draws_or_remembers_is_not_replayed() -> None:
    layer, inputs, targets = nn.Linear(3, 2), torch.randn(4, 3), torch.randn(4, 2)

    def draws(x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, ...]:
        loss = ((layer(x + torch.randn(4, 3)) - y) ** 2).mean()
        return (loss, *torch.autograd.grad(loss, layer.parameters()))

    def decides(x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, ...]:
        loss = layer(x).mean() if bool(y.sum() > 0) else layer(x).sum()
        return (loss, *torch.autograd.grad(loss, layer.parameters()))

    assert written_down(draws, inputs, targets) is None
    assert written_down(decides, inputs, targets) is None


def test_each_shape_has_its_own_and_forgetting_begins_again() -> None:
    layer = nn.Linear(3, 2)

    def usual(x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, ...]:
        loss = ((layer(x) - y) ** 2).mean()
        return (loss, *torch.autograd.grad(loss, layer.parameters()))

    replays = Replays(usual)
    batch, smaller = (torch.randn(4, 3), torch.randn(4, 2)), (torch.randn(2, 3), torch.randn(2, 2))
    found = [replays.find(*batch) for _ in range(6)]
    assert [one is not None for one in found] == [False] * 4 + [True] * 2
    assert replays.find(*smaller) is None
    made = found[-1]
    assert made is not None
    with torch.no_grad():
        layer.weight.add_(1.0)
    assert all(torch.equal(one, other) for one, other in zip(made(*batch), usual(*batch), strict=True))
    layer.weight.data = torch.zeros(2, 3)  # as an engine does that lays the weights out anew
    assert not made.is_current
    again = replays.find(*batch)
    assert again is not None
    assert all(torch.equal(one, other) for one, other in zip(again(*batch), usual(*batch), strict=True))
    replays.forget()
    assert replays.find(*batch) is None
