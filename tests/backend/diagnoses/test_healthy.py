"""No cry of wolf: runs in which nothing is gravely wrong are never told a problem."""

import pytest

from tests.backend.diagnoses.healthy import EXPERIMENT_SPECS, VARIANTS, all_healthy
from tests.backend.diagnoses.seeing import see

#: Trained in every test run, each for a second or two.
QUICK = ("moons_relu_adam", "gaussians_logistic", "wine_layer_norm", "diabetes_relu", "digits_elu_momentum")
HEALTHY = all_healthy()


def test_there_are_enough_of_them():
    assert len(HEALTHY) >= 20
    assert len({spec.data.dataset for spec in HEALTHY.values()}) >= 10
    assert len({spec.optimizer.kind for spec in HEALTHY.values()}) >= 8
    assert set(QUICK) <= set(VARIANTS)


@pytest.mark.parametrize("name", QUICK)
def test_a_healthy_run_is_told_no_problem(name):
    seen = see(HEALTHY[name], until=150)
    assert [one.title for one in seen.told if one.severity == "problem"] == []
    assert seen.assembly.trainer.step >= 100


@pytest.mark.parametrize("name", QUICK)
def test_a_healthy_run_that_is_over_at_once_is_told_no_problem(name):
    seen = see(HEALTHY[name], until=150, is_quick=True)
    assert [one.title for one in seen.told if one.severity == "problem"] == []


@pytest.mark.parametrize("name", EXPERIMENT_SPECS)
def test_the_start_of_a_ready_experiment_is_well(name):
    """What can be known before the first step: data, start of the weights, order of the layers."""
    told = see(HEALTHY[name], until=0).told
    # Deep nets without norms start far above ln(classes), which is worth a warning.
    assert {(one.kind, one.severity) for one in told} <= {("first_loss", "warning")}


@pytest.mark.slow
@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_run_is_told_no_problem_to_its_end(name):
    spec = HEALTHY[name]
    seen = see(spec, every=100)
    assert [one.title for one in seen.told if one.severity == "problem"] == []
    assert seen.assembly.trainer.step > 30
