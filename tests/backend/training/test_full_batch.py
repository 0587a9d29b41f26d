"""Optimizers that take all samples in each step: which samples, which gradient, how many steps, what state."""

from itertools import pairwise

import pytest
import torch
from layerlab import optimizers
from layerlab.runs.planned import FULL_BATCH, planned_steps
from layerlab.training import objective
from layerlab.training.assemble import assemble, inspect
from layerlab_schemas.run import RunChange
from torch.nn import functional

from tests.backend.training.specs import DIGITS, PLANE, digits, losses, plane

BOTH = ["gd", "lbfgs"]


def gradients(assembly) -> list[torch.Tensor]:
    return [parameter.grad.clone() for parameter in assembly.network.parameters()]


def test_the_server_knows_which_optimizers_they_are():
    assert {kind.kind for kind in optimizers.REGISTRY if kind.full_batch} == FULL_BATCH
    assert not any(kind.aliases for kind in optimizers.REGISTRY if kind.full_batch)


@pytest.mark.parametrize("batch_size", [1, 12, 65536])
def test_a_step_sees_every_sample_once_whatever_the_batch_size(batch_size):
    assembly = assemble(plane(optimizer={"kind": "gd"}, data={"batch_size": batch_size}))
    steps = assembly.trainer.steps()
    next(steps)
    with assembly.network.recording() as record:
        report = next(steps)
    assert report.batch_size == 48 == assembly.data.num_train
    assert torch.equal(record.outputs["input"], assembly.data.train_inputs)
    assert report.epoch == 1.0


@pytest.mark.parametrize("kind", BOTH)
def test_a_step_is_an_epoch(kind):
    run = plane(optimizer={"kind": kind}, training={"epochs": 5})
    trainer = assemble(run).trainer
    assert (trainer.num_steps, trainer.steps_per_epoch) == (5, 1)
    reports = list(trainer.steps())
    assert [report.step for report in reports] == [0, 1, 2, 3, 4, 5]
    assert [report.epoch for report in reports] == [0, 1, 2, 3, 4, 5]
    assert all(report.evaluation for report in reports)
    assert planned_steps(run, 48) == (5, 1)


def test_max_steps_ends_it_too():
    trainer = assemble(plane(optimizer={"kind": "gd"}, training={"epochs": None, "max_steps": 7})).trainer
    assert len(list(trainer.steps())) == 8 == trainer.num_steps + 1


def test_no_word_about_a_batch_that_is_too_large_or_too_small():
    """A batch norm cannot do with one sample at a time, and here it never gets one."""
    graph = [{"kind": "linear", "out_features": 4}, {"kind": "batch_norm"}, {"kind": "linear", "out_features": 2}]
    assert not inspect(plane(graph=graph, data={"batch_size": 1})).ok
    for batch_size in (1, 65536):
        result = inspect(plane(graph=graph, optimizer={"kind": "gd"}, data={"batch_size": batch_size}))
        assert (result.ok, result.problems) == (True, [])


def test_it_descends_smoothly():
    """With a small rate the loss of all samples falls at every step: nothing is random."""
    found = losses(assemble(plane(optimizer={"kind": "gd", "lr": 0.05}, training={"epochs": 40})))
    assert all(after < before for before, after in pairwise(found))


#: No norm over the batch, no dropout: a net whose full batch may be summed up over parts.
PLAIN = [node for node in DIGITS if node["kind"] not in ("batch_norm", "dropout")]


def test_in_parts_the_gradient_is_that_of_the_mean_over_all_samples(monkeypatch):
    """200 samples in parts of nearly 30, against one pass written out."""
    run = digits(graph=PLAIN, optimizer={"kind": "gd", "weight_decay": 0.0})
    whole = assemble(run)
    monkeypatch.setattr(objective, "MOST_VALUES", 30 * objective.values_of_a_sample(whole.plan))
    parts = assemble(run)
    with torch.no_grad():
        first = functional.cross_entropy(parts.network(parts.data.train_inputs), parts.data.train_targets).item()
    reports = {}
    for name, assembly in (("whole", whole), ("parts", parts)):
        steps = assembly.trainer.steps()
        next(steps)
        with assembly.network.recording() as record:
            reports[name] = next(steps)
        assert (len(record.outputs["logits"]) == 200) == (name == "whole")
        assert reports[name].batch_size == 200
    assert reports["parts"].loss == pytest.approx(first, rel=1e-6)
    assert reports["parts"].loss == pytest.approx(reports["whole"].loss, rel=1e-6)
    assert reports["parts"].accuracy == reports["whole"].accuracy
    torch.testing.assert_close(gradients(parts), gradients(whole), rtol=1e-4, atol=1e-7)


def test_a_norm_over_the_batch_gets_all_samples_at_once(monkeypatch):
    monkeypatch.setattr(objective, "MOST_VALUES", 1)
    assert objective.part_size(assemble(digits()).plan) is None
    assert objective.part_size(assemble(digits(graph=PLAIN)).plan) == 1
    layers = [{"kind": "layer_norm"} if node["kind"] == "batch_norm" else node for node in DIGITS]
    assert objective.part_size(assemble(digits(graph=layers)).plan) == 1


@pytest.mark.parametrize("kind", BOTH)
def test_running_statistics_move_once_a_step(kind):
    assembly = assemble(digits(optimizer={"kind": kind}, training={"epochs": 3}))
    list(assembly.trainer.steps())
    assert assembly.network.layers["batch_norm_1"].num_batches_tracked == 3


def test_all_looks_of_an_lbfgs_step_have_the_same_dropout_masks():
    """So the search compares one function with itself; the next step has other masks."""
    graph = [*PLANE[:2], {"id": "drop", "kind": "dropout", "p": 0.5}, PLANE[2]]
    assembly = assemble(plane(graph=graph, optimizer={"kind": "lbfgs", "max_iter": 4}))
    masks: list[torch.Tensor] = []
    module = assembly.network.layers["drop"]
    module.register_forward_hook(lambda module, inputs, output: masks.append(output == 0) if module.training else None)
    steps = assembly.trainer.steps()
    next(steps), next(steps)
    first = list(masks)
    assert len(first) > 2
    assert all(torch.equal(mask, first[0]) for mask in first)
    next(steps)
    assert not torch.equal(masks[len(first)], first[0])


def test_lbfgs_needs_far_fewer_steps_than_gd():
    run = {"graph": PLANE, "training": {"epochs": 15}}
    quick = losses(assemble(plane(optimizer={"kind": "lbfgs"}, **run)))
    slow = losses(assemble(plane(optimizer={"kind": "gd"}, **run)))
    assert quick[-1] < 0.1 * slow[-1]


def test_lbfgs_minimises_the_loss_with_its_penalty():
    """Logistic regression with L2 has one optimum, where the gradient of both together is 0."""
    assembly = assemble(
        plane(
            graph=[{"id": "logits", "kind": "linear", "out_features": 2}],
            optimizer={"kind": "lbfgs"},
            regularization={"l2": 0.1},
            training={"epochs": 10},
        )
    )
    list(assembly.trainer.steps())
    layer = assembly.network.layers["logits"]
    loss = functional.cross_entropy(layer(assembly.data.train_inputs), assembly.data.train_targets)
    slope = torch.autograd.grad(loss + 0.05 * layer.weight.square().sum(), [layer.weight, layer.bias])
    assert all(one.abs().max() < 1e-4 for one in slope)


def test_a_live_change_of_the_rate_of_lbfgs_acts_and_keeps_its_memory():
    run = plane(optimizer={"kind": "lbfgs", "line_search_fn": None, "max_iter": 1}, training={"epochs": 12})
    assembly, twin = assemble(run), assemble(run)
    steps, twin_steps = assembly.trainer.steps(), twin.trainer.steps()
    for _ in range(4):
        next(steps), next(twin_steps)
    assembly.trainer.apply(RunChange.model_validate({"optimizer": {"lr": 0.3}}))
    before = twin.network.layers["logits"].weight.detach().clone()
    assert next(steps).learning_rate == 0.3
    assert next(twin_steps).learning_rate == 1.0
    moved = assembly.network.layers["logits"].weight - before
    assert any(key.endswith("old_dirs:2") for key in assembly.trainer.state().tensors)
    torch.testing.assert_close(moved, 0.3 * (twin.network.layers["logits"].weight - before), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("num_steps", [1, 2, 4])
def test_switched_to_in_mid_epoch_it_takes_all_samples_and_goes_back(num_steps):
    assembly = assemble(plane())
    steps = assembly.trainer.steps()
    for _ in range(1 + num_steps):
        next(steps)
    assembly.trainer.apply(RunChange.model_validate({"optimizer": {"kind": "gd", "lr": 0.1}}))
    report = next(steps)
    assert report.batch_size == 48
    assert report.epoch == (1.0 if num_steps < 4 else 2.0)
    assert assembly.trainer.num_steps == report.step + 3 - report.epoch
    assembly.trainer.apply(RunChange.model_validate({"optimizer": {"kind": "sgd", "lr": 0.1}}))
    assert next(steps).batch_size == 12


def test_a_switch_survives_a_resume():
    run = plane(training={"epochs": 6})
    whole, broken_off, resumed = (assemble(run) for _ in range(3))
    change = RunChange.model_validate({"optimizer": {"kind": "lbfgs"}})
    expected = []
    for report in whole.trainer.steps():
        expected.append(report.loss)
        if report.step == 2:
            whole.trainer.apply(change)
    for report in broken_off.trainer.steps():
        if report.step == 2:
            broken_off.trainer.apply(change)
        if report.step == 4:
            break
    resumed.trainer.load_state(broken_off.trainer.state())
    assert losses(resumed) == expected[5:]
