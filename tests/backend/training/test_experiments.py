"""The ready experiments do what their summaries say; with all seeds and to the end where marked slow."""

import pytest
from layerlab.experiments import EXPERIMENTS
from layerlab.training.assemble import assemble, inspect
from layerlab_schemas.run import RunSpec

#: Share of right answers on the validation set, and the part of the training that the fast test does.
GOALS = {
    "lenet_digits": (0.97, {"epochs": 12}),
    "mlp_spiral": (0.95, {"epochs": 100, "seed": 2}),
    "lstm_sequences": (0.95, {"epochs": 12}),
    "mlp_digits": (0.95, {"epochs": 20}),
}
SPECS = {experiment.id: experiment.spec for experiment in EXPERIMENTS}


def with_training(spec: RunSpec, **training) -> RunSpec:
    return spec.model_copy(update={"training": spec.training.model_copy(update=training)})


def evaluations(spec: RunSpec) -> list:
    return [report.evaluation for report in assemble(spec).trainer.steps() if report.evaluation]


@pytest.mark.parametrize("name", SPECS)
def test_nothing_is_wrong_with_it(name):
    assert (inspect(SPECS[name]).ok, inspect(SPECS[name]).problems) == (True, [])


@pytest.mark.parametrize(("name", "goal"), GOALS.items(), ids=GOALS)
def test_it_learns(name, goal):
    share, part = goal
    seen = [evaluation.accuracy for evaluation in evaluations(with_training(SPECS[name], **part))]
    assert seen[0] < 0.7
    assert max(seen) >= share


def test_regression_explains_the_surface():
    """The variance of the targets is what the best constant would leave."""
    spec = with_training(SPECS["regression_plane"], epochs=100)
    targets = assemble(spec).data.validation_targets
    assert evaluations(spec)[-1].loss < 0.1 * targets.var().item()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("name", "goal"), GOALS.items(), ids=GOALS)
def test_every_seed_ends_well(name, goal, seed):
    assert evaluations(with_training(SPECS[name], seed=seed))[-1].accuracy >= goal[0]
