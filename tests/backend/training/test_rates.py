"""The preview of the learning rate against the rates of the run itself."""

import pytest
from layerlab import schedules
from layerlab.errors import SpecError
from layerlab.training.assemble import assemble
from layerlab.training.rates import MOST_POINTS, preview_rates
from layerlab_schemas.server import ScheduleRequest

from tests.backend.training.specs import plane

CERTAIN = [kind for kind in schedules.REGISTRY if not kind.watches_validation]


def request_of(run, **parts) -> ScheduleRequest:
    body = run.model_dump(include={"data", "optimizer", "schedule", "training"})
    return ScheduleRequest.model_validate(body | parts)


@pytest.mark.parametrize("kind", CERTAIN, ids=lambda kind: kind.kind)
@pytest.mark.parametrize("optimizer", [{"kind": "sgd", "lr": 0.3}, {"kind": "gd", "lr": 0.2}], ids=["sgd", "gd"])
def test_what_is_shown_before_is_what_the_run_does(kind, optimizer):
    run = plane(schedule=dict(kind.example), optimizer=optimizer, training={"epochs": 9, "max_steps": 30})
    found = preview_rates(request_of(run))
    reports = [report for report in assemble(run).trainer.steps() if report.step]
    assert found.steps == [report.step for report in reports]
    assert found.rates == [report.learning_rate for report in reports]
    assert (found.num_steps, found.unknown_from, found.note) == (len(reports), None, None)


@pytest.mark.parametrize("patience", [0, 2])
@pytest.mark.parametrize("eval_every", [None, 3])
@pytest.mark.parametrize("threshold", [0.999, 1.0])
def test_a_plateau_is_unknown_from_the_first_step_that_can_differ(patience, eval_every, threshold):
    """A threshold that no second loss can pass, or none at all: the rate falls as early as it can."""
    schedule = {"kind": "reduce_on_plateau", "patience": patience, "threshold": threshold}
    run = plane(schedule=schedule, training={"epochs": 12, "eval_every": eval_every})
    found = preview_rates(request_of(run))
    assert set(found.rates) == {0.05}
    rates = {report.step: report.learning_rate for report in assemble(run).trainer.steps() if report.step}
    assert found.unknown_from == min(step for step, rate in rates.items() if rate != 0.05)
    assert f"From step {found.unknown_from} on" in found.note


def test_a_plateau_beyond_the_end_is_certain():
    run = plane(schedule={"kind": "reduce_on_plateau", "patience": 9}, training={"epochs": 4})
    assert preview_rates(request_of(run)).unknown_from is None


def test_a_long_run_is_thinned_and_keeps_its_corners():
    schedule = {"kind": "step", "step_size": 70, "gamma": 0.5}
    found = preview_rates(request_of(plane(schedule=schedule, training={"epochs": 1000})))
    assert len(found.steps) == MOST_POINTS
    assert (found.steps[0], found.steps[-1], found.num_steps) == (1, 4000, 4000)
    assert found.steps == sorted(set(found.steps))
    falls = list(range(281, 4001, 280))
    assert {0.05 * 0.5**place for place in range(len(falls) + 1)} == set(found.rates)
    for step in falls:
        assert {step - 1, step} <= set(found.steps)


def test_a_very_long_run_is_answered_too():
    schedule = {"kind": "cosine_restarts", "T_0": 1, "T_mult": 1}
    found = preview_rates(request_of(plane(schedule=schedule, training={"epochs": 2**40})))
    assert (len(found.steps), found.steps[-1]) == (MOST_POINTS, 4 * 2**40)


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({"schedule": {"kind": "cosin"}}, "schedule.kind"),
        ({"schedule": {"kind": "step", "gamma": 2}}, "schedule.gamma"),
        ({"schedule": {"kind": "range_test", "min_lr": 2, "max_lr": 1}}, "schedule.max_lr"),
        ({"optimizer": {"kind": "sgd", "lr": -1}}, "optimizer.lr"),
        ({"data": {"dataset": "nothing"}}, "data.dataset"),
        ({"training": {"epochs": None}}, "training.epochs"),
    ],
)
def test_mistakes_have_their_place(parts, path):
    with pytest.raises(SpecError) as caught:
        preview_rates(request_of(plane(), **parts))
    assert [problem.path for problem in caught.value.problems()] == [path]


def test_a_run_of_no_steps_has_no_rates():
    found = preview_rates(request_of(plane(training={"max_steps": 0})))
    assert (found.steps, found.rates, found.num_steps) == ([], [], 0)


def test_a_plateau_without_validation_samples_is_refused():
    from layerlab.training.assemble import inspect

    result = inspect(plane(schedule={"kind": "reduce_on_plateau"}, data={"validation_fraction": 0}))
    assert not result.ok
    assert [(problem.code, problem.path) for problem in result.problems] == [("no_validation", "schedule.kind")]
