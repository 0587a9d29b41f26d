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
    "logistic_breast_cancer": (0.95, {"epochs": 20}),
}
#: What each of the others reaches at its end with seed 0: share of right answers, of steps where each has one.
REACHED = {
    "alexnet_shapes": 0.95,
    "vgg_shapes": 0.95,
    "plain20_shapes": 0.98,
    "resnet20_shapes": 0.98,
    "few_glyphs_plain": 0.55,
    "few_glyphs_affine": 0.76,
    "few_glyphs_elastic": 0.66,
    "conv_lstm_clips": 0.84,
    "rnn_parity": 0.99,
    "gru_parity": 0.99,
    "lstm_text": 0.81,
    "encoder_decoder_reverse": 0.94,
    "attention_reverse": 0.97,
    "transformer_text": 0.81,
}
SPECS = {experiment.id: experiment.spec for experiment in EXPERIMENTS}


def with_training(spec: RunSpec, **training) -> RunSpec:
    return spec.model_copy(update={"training": spec.training.model_copy(update=training)})


def evaluations(spec: RunSpec) -> list:
    return [report.evaluation for report in assemble(spec).trainer.steps() if report.evaluation]


def test_every_experiment_has_a_goal():
    assert set(SPECS) - set(GOALS) - set(REACHED) == {"regression_plane", "autoencoder_digits", "clever_hans"}


@pytest.mark.parametrize("name", SPECS)
def test_nothing_is_wrong_with_it(name):
    assert (inspect(SPECS[name]).ok, inspect(SPECS[name]).problems) == (True, [])


@pytest.mark.parametrize("name", SPECS)
def test_two_steps_of_it_move_the_loss(name):
    spec = SPECS[name]
    small = spec.model_copy(update={"data": spec.data.model_copy(update={"subset": 64, "validation_fraction": 0.02})})
    first, *_, last = evaluations(with_training(small, max_steps=2))
    assert last.loss != first.loss
    assert last.loss < 100


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


def test_an_autoencoder_keeps_most_of_the_picture():
    """The variance of each pixel is what the mean image would leave."""
    spec = with_training(SPECS["autoencoder_digits"], epochs=20)
    images = assemble(spec).data.validation_inputs
    assert evaluations(spec)[-1].loss < 0.4 * images.var(0).mean().item()


def test_affine_maps_help_where_images_are_few():
    """Two thirds of the training are enough to see it; without them the loss already rises."""
    plain, affine = (evaluations(with_training(SPECS[f"few_glyphs_{name}"], epochs=40)) for name in ("plain", "affine"))
    assert affine[-1].accuracy > plain[-1].accuracy + 0.08
    assert affine[-1].loss < plain[-1].loss - 0.3
    assert plain[-1].loss > min(seen.loss for seen in plain) + 0.02


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("name", "goal"), GOALS.items(), ids=GOALS)
def test_every_seed_ends_well(name, goal, seed):
    assert evaluations(with_training(SPECS[name], seed=seed))[-1].accuracy >= goal[0]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "share"), REACHED.items(), ids=REACHED)
def test_it_reaches_what_is_stated(name, share):
    seen = evaluations(SPECS[name])
    assert seen[0].accuracy < 0.7
    assert seen[-1].accuracy >= share
