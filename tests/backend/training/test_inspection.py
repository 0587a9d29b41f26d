"""Every problem of a whole spec is found before anything is built, with its place and its remedy."""

import pytest
from layerlab.errors import SpecError
from layerlab.training.assemble import assemble, inspect
from layerlab_schemas.problems import Severity
from layerlab_schemas.run import CheckRequest, RunSpec

from tests.backend.training.specs import DIGITS, PLANE, SURFACE, digits, plane, spec

NORM = [{"kind": "linear", "out_features": 4}, {"kind": "batch_norm"}, {"kind": "linear", "out_features": 2}]


def places(run: RunSpec | CheckRequest) -> list[tuple[str, str]]:
    """Path and code of each error."""
    return [(p.path, p.code) for p in inspect(run).problems if p.severity is Severity.ERROR]


@pytest.mark.parametrize("run", [plane(), digits(), plane(graph=NORM)])
def test_good_specs_pass(run):
    result = inspect(run)
    assert (result.ok, result.problems) == (True, [])
    assert result.data is not None
    assert result.totals.parameters > 0


@pytest.mark.parametrize(
    ("run", "path", "code"),
    [
        (plane(data={"dataset": "spirale"}), "data.dataset", "unknown_kind"),
        (plane(data={"params": {"noise": "much"}}), "data.params.noise", "invalid_field"),
        (digits(data={"augment": [{"kind": "rotat"}]}), "data.augment.0.kind", "unknown_kind"),
        (plane(loss={"kind": "crossentropy"}), "loss.kind", "unknown_kind"),
        (plane(loss={"kind": "cross_entropy", "label_smoothing": 1}), "loss.label_smoothing", "invalid_field"),
        (plane(loss={"kind": "bce"}), "graph.2.out_features", "wrong_output"),
        (digits(loss={"kind": "bce"}), "loss.kind", "loss_does_not_fit"),
        (spec(data={"dataset": "plane_regression"}, graph=SURFACE, loss={"kind": "bce"}), "loss.kind", None),
        (plane(optimizer={"kind": "sgdd"}), "optimizer.kind", "unknown_kind"),
        (plane(optimizer={"kind": "sgd", "lr": -0.1}), "optimizer.lr", "invalid_field"),
        (plane(optimizer={"kind": "sgd", "momentum": 0, "nesterov": True}), "optimizer.nesterov", "invalid_field"),
        (plane(optimizer={"kind": "adam", "betas": [0.9]}), "optimizer.betas", "invalid_field"),
        (plane(optimizer={"kind": "adam", "betas": [0.9, 1]}), "optimizer.betas", "invalid_field"),
        (plane(schedule={"kind": "stairs"}), "schedule.kind", "unknown_kind"),
        (plane(init={"scheme": "kaiming"}), None, "unknown_kind"),
        (plane(training={"device": "cuda:77"}), "training.device", "no_such_device"),
        (plane(regularization={"l2": 1e300}), "regularization.l2", "invalid_field"),
        (plane(training={"epochs": None}), "training.epochs", "no_end"),
        (
            plane(data={"validation_fraction": 0}, training={"early_stopping": {}}),
            "training.early_stopping",
            "no_validation",
        ),
        (plane(graph=NORM, data={"batch_size": 1}), None, "batch_too_small"),
        (plane(graph=NORM, data={"subset": 1}), None, "batch_too_small"),
        (plane(graph=[*PLANE, {"kind": "conv2d", "out_channels": 2, "kernel_size": 3}]), None, None),
        (
            plane(
                graph=[NORM[0], {"kind": "batch_norm", "track_running_stats": False}, NORM[2]],
                data={"params": {"samples": 10}, "validation_fraction": 0.1},
            ),
            "data.validation_fraction",
            "batch_too_small",
        ),
    ],
)
def test_one_mistake_is_one_problem_at_its_place(run, path, code):
    (problem,) = [p for p in inspect(run).problems if p.severity is Severity.ERROR]
    assert path is None or problem.path == path
    assert code is None or problem.code == code
    assert problem.hint
    with pytest.raises(SpecError):
        assemble(run)


def test_all_mistakes_are_told_together():
    run = digits(
        data={"augment": [{"kind": "flip"}]},
        graph=[*DIGITS[:-1], {"id": "logits", "kind": "linear", "out_features": 9}],
        loss={"kind": "bce"},
        optimizer={"kind": "adam", "lr": -1, "eps": "small"},
        schedule={"kind": "nope"},
        training={"epochs": None, "device": "cuda:50"},
    )
    assert {path for path, _ in places(run)} == {
        "data.augment.0.kind",
        "loss.kind",
        "graph.8.out_features",
        "optimizer.lr",
        "optimizer.eps",
        "schedule.kind",
        "training.device",
        "training.epochs",
    }


def test_a_wrong_loss_does_not_hide_the_network():
    result = inspect(digits(loss={"kind": "bce"}))
    assert not result.ok
    assert [node.output_shape for node in result.nodes][-1] == [10]


def test_a_request_for_a_check_needs_no_run():
    request = CheckRequest.model_validate({"data": {"dataset": "moons"}, "graph": PLANE})
    assert inspect(request).ok
    wrong = CheckRequest.model_validate({"data": {"dataset": "moons"}, "graph": PLANE, "loss": {"kind": "mse", "x": 1}})
    assert places(wrong) == [("loss.x", "unknown_field")]


def test_a_batch_larger_than_the_data_is_a_warning_and_trains_on_all():
    run = plane(data={"batch_size": 4096})
    (problem,) = inspect(run).problems
    assert (problem.severity, problem.path) == (Severity.WARNING, "data.batch_size")
    assert [report.batch_size for report in assemble(run).trainer.steps()] == [0, 48, 48, 48]


@pytest.mark.parametrize(
    "run",
    [
        plane(graph=NORM, data={"batch_size": 47}),
        plane(graph=NORM, data={"batch_size": 2, "params": {"samples": 11}, "validation_fraction": 0.1}),
        plane(data={"batch_size": 1, "params": {"samples": 10}}),
        plane(graph=NORM, data={"params": {"samples": 10}, "validation_fraction": 0.1}),
        plane(graph=NORM, data={"params": {"samples": 10}, "validation_fraction": 0.8}),
        plane(optimizer={"kind": "sgd", "lr": 1e6, "weight_decay": 1e6, "momentum": 1}),
        plane(optimizer={"kind": "adam", "lr": 1e6, "eps": 0, "betas": [0, 0]}),
        plane(optimizer={"kind": "rmsprop", "lr": 0, "alpha": 0, "eps": 1e6}),
        plane(optimizer={"kind": "adagrad", "lr_decay": 1e6, "initial_accumulator_value": 1e6}),
        plane(regularization={"l1": 1e6, "l2": 1e6, "clip_grad_norm": 1e-30}),
        plane(loss={"kind": "mse"}),
        plane(data={"params": {"samples": 10}, "subset": 2}),
        spec(data={"dataset": "plane_regression", "params": {"surface": "plane"}}, graph=SURFACE),
    ],
)
def test_what_passes_trains(run):
    """At the edges: it may diverge, but it does not fail."""
    assert inspect(run).ok
    trainer = assemble(run).trainer
    reports = list(trainer.steps())
    assert len(reports) >= 2
    assert trainer.outcome is not None
