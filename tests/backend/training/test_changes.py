"""Live changes: they act at the next batch, are told as events, and are all refused when one is wrong."""

import pytest
import torch
from layerlab.errors import SpecError
from layerlab.training.assemble import assemble
from layerlab_schemas.run import EventKind, RunChange

from tests.backend.training.specs import digits, plane


def started(run, num_steps=2):
    assembly = assemble(run)
    steps = assembly.trainer.steps()
    for _ in range(1 + num_steps):
        next(steps)
    return assembly, steps


def change(**parts):
    return RunChange.model_validate(parts)


@pytest.mark.parametrize(
    ("asked", "texts"),
    [
        ({"optimizer": {"lr": 0.02}}, {"optimizer.lr": "rate 0.05 → 0.02"}),
        ({"optimizer": {"nesterov": True}}, {"optimizer.nesterov": "nesterov off → on"}),
        (
            {"optimizer": {"kind": "adam"}},
            {"optimizer.kind": "optimizer sgd → adam", "optimizer.lr": "rate 0.05 → 0.001"},
        ),
        ({"optimizer": {"kind": "sgd", "weight_decay": 0.1}}, {"optimizer.weight_decay": "weight decay 0 → 0.1"}),
        ({"data": {"batch_size": 10}}, {"data.batch_size": "batch size 25 → 10"}),
        ({"regularization": {"l2": 0.5}}, {"regularization.l2": "L2 0 → 0.5"}),
        ({"regularization": {"clip_grad_norm": 2}}, {"regularization.clip_grad_norm": "gradient limit off → 2"}),
        (
            {"regularization": {"clip_grad_value": 0.1}},
            {"regularization.clip_grad_value": "gradient limit by value off → 0.1"},
        ),
        (
            {"optimizer": {"decoupled_weight_decay": True}},
            {"optimizer.decoupled_weight_decay": "decoupled weight decay off → on"},
        ),
        ({"training": {"max_steps_per_second": 5}}, {"training.max_steps_per_second": "steps a second off → 5"}),
        ({"dropout": 0.5}, {"dropout": "dropout 0.3 → 0.5"}),
        ({"nodes": {"dropout_1": {"p": 0.4}}}, {"nodes.dropout_1.p": "dropout_1 p 0.3 → 0.4"}),
        ({"optimizer": {"lr": 0.05}, "dropout": 0.3}, {}),
        ({"name": "New", "tags": ["a"]}, {}),
    ],
)
def test_events(asked, texts):
    assembly, steps = started(digits())
    events = assembly.trainer.apply(change(**asked))
    assert {event.path: event.text for event in events} == texts
    assert all((event.kind, event.step) == (EventKind.CHANGE, 2) for event in events)
    assert next(steps).step == 3


def test_the_rate_acts_at_the_next_step():
    assembly, steps = started(plane(optimizer={"kind": "sgd", "lr": 0.05, "momentum": 0}))
    assembly.trainer.apply(change(optimizer={"lr": 0.5}))
    before = assembly.network.layers["logits"].weight.detach().clone()
    report = next(steps)
    weight = assembly.network.layers["logits"].weight
    assert report.learning_rate == 0.5
    torch.testing.assert_close(weight, before - 0.5 * weight.grad)


def test_fields_keep_the_state_and_another_kind_empties_it():
    assembly, steps = started(plane(optimizer={"kind": "adam"}))
    assembly.trainer.apply(change(optimizer={"lr": 0.01, "betas": [0.8, 0.9]}))
    next(steps)
    counts = {key: value for key, value in assembly.trainer.state().tensors.items() if key.endswith(".step")}
    assert {float(value) for value in counts.values()} == {3.0}
    assembly.trainer.apply(change(optimizer={"kind": "adamw"}))
    assert not any(key.startswith("optimizer.") for key in assembly.trainer.state().tensors)
    next(steps)
    counts = {key: value for key, value in assembly.trainer.state().tensors.items() if key.endswith(".step")}
    assert {float(value) for value in counts.values()} == {1.0}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("adam", {"amsgrad": True}),
        ("adamw", {"amsgrad": True}),
        ("rmsprop", {"momentum": 0.5}),
        ("rmsprop", {"centered": True}),
        ("sgd", {"momentum": 0.5, "nesterov": True}),
        ("adagrad", {"lr_decay": 0.1}),
        ("nadam", {"momentum_decay": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True}),
        ("adadelta", {"rho": 0.5, "weight_decay": 0.1, "decoupled_weight_decay": True}),
        ("muon", {"ns_steps": 2, "nesterov": False, "betas": [0.5, 0.5]}),
        ("lbfgs", {"max_iter": 3, "max_eval": 2, "line_search_fn": None}),
    ],
)
def test_fields_that_need_more_state_can_be_switched_on_and_off(kind, fields):
    start = {"kind": kind, "momentum": 0.0} if kind == "sgd" else {"kind": kind}
    assembly, steps = started(plane(optimizer=start, training={"epochs": 9}))
    off = {name: getattr(assembly.trainer.settings.optimizer.params, name) for name in fields}
    assembly.trainer.apply(change(optimizer=fields))
    assert next(steps).step == 3
    assembly.trainer.apply(change(optimizer=off))
    assert next(steps).step == 4
    assembly.trainer.apply(change(optimizer=fields))
    assert torch.isfinite(torch.tensor(next(steps).loss))


def test_another_batch_size_in_mid_epoch_keeps_the_place():
    """Two batches of 12 are dealt; the other 24 of the 48 samples come in batches of 5."""
    assembly, steps = started(plane(data={"preprocess": "none"}), num_steps=0)
    seen = []
    for number in range(7):
        if number == 2:
            assembly.trainer.apply(change(data={"batch_size": 5}))
        with assembly.network.recording() as record:
            report = next(steps)
        seen.append(record.outputs["input"])
    assert report.epoch == 1.0
    assert [len(batch) for batch in seen] == [12, 12, 5, 5, 5, 5, 4]
    assert torch.equal(torch.cat(seen).sort(0).values, assembly.data.train_inputs.sort(0).values)
    assert assembly.trainer.num_steps == 7 + 2 * 10


def test_dropout_reaches_the_module():
    assembly, _ = started(digits())
    assembly.trainer.apply(change(dropout=0.9))
    assert assembly.network.layers["dropout_1"].p == 0.9


@pytest.mark.parametrize(
    ("asked", "code", "path"),
    [
        ({"optimizer": {"lr": -1}}, "invalid_field", "optimizer.lr"),
        ({"optimizer": {"beta": 1}}, "unknown_field", "optimizer.beta"),
        ({"regularization": {"l1": 1e300}}, "invalid_field", "regularization.l1"),
        ({"optimizer": {"kind": "sdg"}}, "unknown_kind", "optimizer.kind"),
        ({"nodes": {"nowhere": {"p": 0.1}}}, "unknown_node", "nodes.nowhere"),
        ({"nodes": {"conv1": {"out_channels": 9}}}, "not_live", "nodes.conv1.out_channels"),
        ({"nodes": {"dropout_1": {"p": 2}}}, "invalid_field", "nodes.dropout_1.p"),
        ({"optimizer": {"lr": 0.5}, "dropout": 0.8, "nodes": {"conv1": {"bias": False}}}, "not_live", None),
    ],
)
def test_a_refused_change_changes_nothing(asked, code, path):
    assembly, steps = started(digits())
    twin, twin_steps = started(digits())
    before = assembly.trainer.settings
    with pytest.raises(SpecError) as caught:
        assembly.trainer.apply(change(**asked))
    (problem,) = caught.value.problems()
    assert problem.code == code
    assert path is None or problem.path == path
    assert assembly.trainer.settings == before
    assert [next(steps).loss for _ in range(3)] == [next(twin_steps).loss for _ in range(3)]
    assert assembly.trainer.settings.batch_size == twin.trainer.settings.batch_size


def test_what_cannot_change_is_refused():
    assembly, _ = started(plane(optimizer={"kind": "adagrad"}))
    with pytest.raises(SpecError, match="initial_accumulator_value of adagrad cannot change"):
        assembly.trainer.apply(change(optimizer={"initial_accumulator_value": 1}))
    assembly, _ = started(plane(optimizer={"kind": "lbfgs"}), num_steps=1)
    with pytest.raises(SpecError, match="history_size of lbfgs cannot change"):
        assembly.trainer.apply(change(optimizer={"history_size": 3}))
    with pytest.raises(SpecError, match="no dropout"):
        assembly.trainer.apply(change(dropout=0.5))


def test_a_batch_of_one_is_refused_where_a_norm_needs_more():
    graph = [{"kind": "linear", "out_features": 4}, {"kind": "batch_norm"}, {"kind": "linear", "out_features": 2}]
    assembly, _ = started(plane(graph=graph))
    with pytest.raises(SpecError, match="at least 2 samples"):
        assembly.trainer.apply(change(data={"batch_size": 1}))
    assembly, steps = started(plane())
    assembly.trainer.apply(change(data={"batch_size": 1}))
    assert next(steps).batch_size == 1


def test_clipping_is_switched_on_and_off():
    assembly, steps = started(plane())

    def largest() -> float:
        next(steps)
        return max(float(parameter.grad.abs().max()) for parameter in assembly.network.parameters())

    assembly.trainer.apply(change(regularization={"clip_grad_value": 1e-4}))
    assert largest() == pytest.approx(1e-4)
    assembly.trainer.apply(change(regularization={"clip_grad_value": 0}))
    assert assembly.trainer.settings.regularization.clip_grad_value is None
    assert largest() > 1e-4


def test_a_plateau_survives_a_change_of_the_rate():
    """The share that is left stays: half of the new rate."""
    schedule = {"kind": "reduce_on_plateau", "factor": 0.5, "patience": 0, "threshold": 0.999}
    assembly, steps = started(plane(schedule=schedule, training={"eval_every": 1}), num_steps=2)
    assert next(steps).learning_rate == 0.025
    assembly.trainer.apply(change(optimizer={"lr": 0.4}))
    assert next(steps).learning_rate == pytest.approx(0.1)


class TestWeights:
    """Single weights set by hand."""

    def test_one_number_moves_and_no_other(self):
        assembly, steps = started(plane())
        node = assembly.plan.nodes[0].id
        weight = assembly.network.layers[node].weight
        before = weight.detach().clone()
        asked = {"node": node, "parameter": "weight", "index": [1, 0], "value": 2.5}
        (event,) = assembly.trainer.apply(change(weights=[asked]))
        assert weight[1, 0].item() == 2.5
        moved = (weight.detach() != before).nonzero().tolist()
        assert moved == [[1, 0]]
        assert (event.path, event.after) == (f"weights.{node}.weight[1,0]", 2.5)
        assert event.before == before[1, 0].item()
        assert event.text.startswith(f"{node} weight[1,0] ")
        assert next(steps).step == 3

    def test_a_run_that_goes_on_from_there_is_the_run_with_that_weight(self):
        one, steps = started(plane())
        node = one.plan.nodes[0].id
        one.trainer.apply(change(weights=[{"node": node, "parameter": "bias", "index": [0], "value": -1.0}]))
        other, others = started(plane())
        with torch.no_grad():
            other.network.layers[node].bias[0] = -1.0
        assert [next(steps).loss for _ in range(5)] == [next(others).loss for _ in range(5)]

    @pytest.mark.parametrize(
        ("part", "code", "path"),
        [
            ({"node": "nobody"}, "unknown_node", "weights.0.node"),
            ({"parameter": "gamma"}, "unknown_parameter", "weights.0.parameter"),
            ({"index": [999, 0]}, "no_such_place", "weights.0.index"),
            ({"index": [0]}, "no_such_place", "weights.0.index"),
        ],
    )
    def test_all_is_refused_when_a_place_is_wrong(self, part, code, path):
        assembly, _ = started(plane())
        node = assembly.plan.nodes[0].id
        right = {"node": node, "parameter": "weight", "index": [0, 0], "value": 2.5}
        before = assembly.network.layers[node].weight.detach().clone()
        with pytest.raises(SpecError) as caught:
            assembly.trainer.apply(change(weights=[{**right, **part}, right], optimizer={"lr": 0.5}))
        (problem,) = caught.value.problems()
        assert (problem.code, problem.path) == (code, path)
        assert torch.equal(assembly.network.layers[node].weight, before)
        assert assembly.trainer.settings.optimizer.params.lr != 0.5
