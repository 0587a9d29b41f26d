"""What the trainer reports, when it evaluates, and how it ends."""

import math

import pytest
import torch
from layerlab.training.assemble import assemble
from layerlab.training.state import weights_digest
from layerlab_schemas.run import RunState

from tests.backend.training.specs import DIGITS, SURFACE, digits, plane, spec, train


def test_step_zero_is_the_state_before_any_update():
    reports = list(assemble(plane()).trainer.steps())
    assert (reports[0].step, reports[0].loss) == (0, None)
    assert set(reports[0].scalars()) == {"val/loss", "val/accuracy"}
    assert [report.step for report in reports] == list(range(13))


def test_every_step_has_a_loss_and_every_epoch_an_evaluation():
    reports = list(assemble(plane()).trainer.steps())
    assert all({"train/loss", "train/accuracy", "optimizer/lr"} <= set(report.scalars()) for report in reports[1:])
    assert [report.step for report in reports if report.evaluation] == [0, 4, 8, 12]
    assert [report.epoch for report in reports[:6]] == [0, 0.25, 0.5, 0.75, 1.0, 1.25]


def test_evaluations_every_so_many_steps_and_at_the_end():
    reports = list(assemble(plane(training={"eval_every": 5})).trainer.steps())
    assert [report.step for report in reports if report.evaluation] == [0, 5, 10, 12]


def test_the_first_loss_is_that_of_the_untouched_weights():
    assembly = assemble(plane(data={"batch_size": 48, "shuffle": False}))
    with torch.no_grad():
        output = assembly.network(assembly.data.train_inputs)
        expected = torch.nn.functional.cross_entropy(output, assembly.data.train_targets)
        right = (output.argmax(1) == assembly.data.train_targets).float().mean()
    steps = assembly.trainer.steps()
    next(steps)
    report = next(steps)
    assert report.loss == expected.item()
    assert report.accuracy == pytest.approx(right.item())


def test_an_epoch_deals_every_sample_once_and_the_next_in_another_order():
    assembly = assemble(plane(data={"batch_size": 7, "preprocess": "none"}))
    seen = []
    steps = assembly.trainer.steps()
    next(steps)
    for _ in range(14):
        with assembly.network.recording() as record:
            next(steps)
        seen.append(record.outputs["input"])
    first, second = torch.cat(seen[:7]), torch.cat(seen[7:])
    everything = assembly.data.train_inputs
    assert first.shape == everything.shape
    assert torch.equal(first.sort(0).values, everything.sort(0).values)
    assert torch.equal(second.sort(0).values, everything.sort(0).values)
    assert not torch.equal(first, second)


def test_no_steps_measures_once_and_completes():
    trainer = assemble(plane(training={"max_steps": 0})).trainer
    reports = list(trainer.steps())
    assert [report.step for report in reports] == [0]
    assert trainer.outcome is not None
    assert trainer.outcome.status is RunState.COMPLETED


@pytest.mark.parametrize(
    ("training", "num_steps"),
    [({"epochs": 3, "max_steps": 5}, 5), ({"epochs": 1, "max_steps": 50}, 4), ({"epochs": None, "max_steps": 6}, 6)],
)
def test_the_earlier_end_wins(training, num_steps):
    assembly = train(plane(training=training))
    assert assembly.trainer.step == assembly.trainer.num_steps == num_steps


def test_regression_reports_absolute_errors():
    run = spec(
        data={"dataset": "plane_regression", "params": {"samples": 60}, "batch_size": 12},
        graph=SURFACE,
        training={"epochs": 1},
    )
    reports = list(assemble(run).trainer.steps())
    assert set(reports[-1].scalars()) == {"train/loss", "train/mae", "optimizer/lr", "val/loss", "val/mae"}


def test_evaluation_is_of_the_whole_validation_set_in_eval_mode():
    assembly = assemble(digits(data={"validation_fraction": 0.5, "batch_size": 20}))
    trainer = assembly.trainer
    evaluation = next(trainer.steps()).evaluation
    assert evaluation is not None
    assembly.network.eval()
    with torch.no_grad():
        output = assembly.network(assembly.data.validation_inputs)
    expected = torch.nn.functional.cross_entropy(output, assembly.data.validation_targets)
    assert evaluation.num_samples == 898 == len(output)
    assert evaluation.loss == pytest.approx(expected.item(), rel=1e-6)
    assert evaluation.confusion is not None
    assert evaluation.confusion.sum(1).tolist() == assembly.data.validation_targets.bincount().tolist()
    right = (output.argmax(1) == assembly.data.validation_targets).sum()
    assert evaluation.accuracy == right.item() / 898 == evaluation.confusion.trace().item() / 898


def test_evaluation_touches_no_running_statistics():
    assembly = assemble(digits())
    next(assembly.trainer.steps())
    norm = assembly.network.layers["batch_norm_1"]
    assert norm.num_batches_tracked == 0
    assert torch.equal(norm.running_mean, torch.zeros(4))
    assert assembly.network.training


def test_without_validation_samples_there_are_no_validation_values():
    reports = list(assemble(plane(data={"validation_fraction": 0})).trainer.steps())
    assert len(reports) == 16
    assert all(report.evaluation is None for report in reports)


def test_gradients_of_the_step_stay_for_whoever_looks():
    assembly = assemble(plane(regularization={"clip_grad_norm": 0.01}))
    steps = assembly.trainer.steps()
    next(steps)
    next(steps)
    norm = torch.stack([p.grad.norm() for p in assembly.network.parameters() if p.grad is not None]).norm()
    assert norm.item() == pytest.approx(0.01, rel=1e-3)


def test_early_stopping_brings_the_best_weights_back():
    run = digits(
        optimizer={"kind": "sgd", "lr": 0.3},
        training={"epochs": 40, "early_stopping": {"patience": 3}},
    )
    trainer = assemble(run).trainer
    reports = list(trainer.steps())
    values = {report.step: report.evaluation.loss for report in reports if report.evaluation and report.step}
    best_step = min(values, key=values.__getitem__)
    assert trainer.outcome is not None
    assert trainer.step < 320
    assert trainer.step == best_step + 3 * 8
    assert f"Stopped early at step {trainer.step}" in trainer.outcome.reason
    assert f"step {best_step}" in trainer.outcome.reason
    assert [event.text for event in reports[-1].events] == ["stopped: no better validation loss in 3 evaluations"]
    assert trainer._validation.measure(trainer.step).loss == values[best_step]  # the weights in the network now


@pytest.mark.parametrize("kind", ["linear", "conv"])
def test_divergence_names_step_and_node(kind):
    """The squared error of a net without saturation grows with every step at such a rate."""
    part = {"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd", "lr": 100.0}, "training": {"epochs": 50}}
    relu = [{"kind": "linear", "out_features": 8}, {"kind": "relu"}, {"kind": "linear", "out_features": 2}]
    conv = [node for node in DIGITS if node["kind"] != "batch_norm"]
    run = plane(graph=relu, **part) if kind == "linear" else digits(graph=conv, **part)
    trainer = assemble(run).trainer
    reports = list(trainer.steps())
    assert trainer.outcome is not None
    assert trainer.outcome.status is RunState.DIVERGED
    assert trainer.outcome.node is not None
    assert trainer.outcome.step == reports[-1].step
    assert reports[-1].loss is not None
    assert not math.isfinite(reports[-1].loss)
    assert all(math.isfinite(report.loss) for report in reports[1:-1] if report.loss is not None)
    assert trainer.outcome.node in trainer.outcome.reason


def test_divergence_names_the_first_bad_node_of_several():
    assembly = assemble(plane())
    trainer = assembly.trainer
    steps = trainer.steps()
    next(steps)
    next(steps)
    with torch.no_grad():
        assembly.network.layers["logits"].weight[0, 3] = float("inf")
    report = next(steps)
    assert next(steps, None) is None
    assert trainer.outcome is not None
    assert (report.step, trainer.outcome.node) == (2, "logits")
    assert "logits.weight" in trainer.outcome.reason


def test_a_last_batch_of_one_is_left_out_only_for_batch_norm():
    norm = [{"kind": "linear", "out_features": 4}, {"kind": "batch_norm"}, {"kind": "linear", "out_features": 2}]
    plain = [node for node in norm if node["kind"] != "batch_norm"]
    sizes = {}
    for name, graph in (("norm", norm), ("plain", plain)):
        run = plane(data={"batch_size": 47}, graph=graph, training={"epochs": 2})
        sizes[name] = [report.batch_size for report in assemble(run).trainer.steps()]
    assert sizes == {"norm": [0, 47, 47], "plain": [0, 47, 1, 47, 1]}


def test_the_schedule_sets_the_rate_that_is_reported():
    run = plane(
        optimizer={"kind": "sgd", "lr": 0.1}, schedule={"kind": "step", "step_size": 1, "gamma": 0.5},
        training={"epochs": 2},
    )  # fmt: skip
    rates = [report.learning_rate for report in assemble(run).trainer.steps()]
    assert rates == [None, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05]


def test_the_cosine_ends_with_the_last_step():
    """Twelve updates: the rate of update t is that after t − 1 of them, and 0 would only follow the last."""
    run = plane(optimizer={"kind": "sgd", "lr": 0.1}, schedule={"kind": "cosine"})
    rates = [report.learning_rate for report in assemble(run).trainer.steps()][1:]
    assert rates == pytest.approx([0.05 * (1 + math.cos(math.pi * step / 12)) for step in range(12)])


@pytest.mark.parametrize("patience", [1, 4])
def test_early_stopping_waits_as_long_as_it_says_and_restores_every_bit(patience):
    """It stops after ``patience`` evaluations above the minimum; weights and running statistics are those of it."""
    run = digits(
        optimizer={"kind": "sgd", "lr": 0.3}, training={"epochs": 60, "early_stopping": {"patience": patience}}
    )
    assembly = assemble(run)
    found, digests = {}, {}
    for report in assembly.trainer.steps():
        if report.evaluation and report.step:
            found[report.step] = report.evaluation.loss
            if assembly.trainer.outcome is None:
                digests[report.step] = weights_digest(assembly.network)
    best = min(found, key=found.__getitem__)
    per_epoch = assembly.trainer.steps_per_epoch
    assert assembly.trainer.step == best + patience * per_epoch < 60 * per_epoch
    assert weights_digest(assembly.network) == digests[best]
    assert digests[best] != digests.get(best + per_epoch)


def test_a_plateau_lowers_the_rate_of_the_run():
    schedule = {"kind": "reduce_on_plateau", "factor": 0.1, "patience": 1, "threshold": 0.999}
    run = plane(optimizer={"kind": "sgd", "lr": 0.1}, schedule=schedule, training={"epochs": 6})
    rates = [report.learning_rate for report in assemble(run).trainer.steps() if report.step]
    assert rates == pytest.approx([0.1] * 12 + [0.01] * 8 + [0.001] * 4)
