"""The figures in the texts of the lessons, measured in the runs that the page would show."""

from itertools import pairwise
from math import log, sqrt

import pytest
import torch
from layerlab.training.assemble import Assembly, assemble
from layerlab_schemas.run import RunSpec
from torch import nn

from tests.lessons.trained import at_start, spec_of, spreads, trained, validation_accuracies

GUESSING = log(10)


def ends_at(lesson: str, curve: str, which="experiment", *, last: int = 1) -> float:
    values = trained(lesson, which).losses[curve][-last:]
    return sum(values) / len(values)


def gradients(lesson: str, which="experiment") -> list[float]:
    """Norm of the gradient of each layer with weights at step 0, from the first to the last."""
    assembly, exam = at_start(lesson, which)
    return [exam.signs[node.id].gradient for node in assembly.plan.nodes if node.layer.has_weights]


# --- initialisation ---------------------------------------------------------------------------------------------------


def test_with_zero_weights_only_the_last_biases_learn():
    network = trained("init-zero").assembly.network
    for name, values in network.named_parameters():
        assert bool((values != 0).any()) == name.endswith("logits.bias"), name
    assert all(abs(loss - GUESSING) < 0.002 for loss in trained("init-zero").losses["val/loss"])
    assert ends_at("init-zero", "val/accuracy", "remedy") > 0.9


def test_small_weights_shrink_the_spread_four_and_a_half_times_a_layer():
    _, exam = at_start("init-small")
    found = spreads(exam, "tanh")
    assert found[:4] == pytest.approx([0.214, 0.048, 0.011, 0.0024], rel=0.06)
    assert found[9] == pytest.approx(3e-7, rel=0.15)
    for one, after in pairwise(found):
        assert one / after == pytest.approx(4.5, rel=0.08)
    norms = gradients("init-small")
    assert 1e6 < norms[-1] / norms[0] < 1e7
    assert all(abs(loss - GUESSING) < 0.02 for loss in trained("init-small").losses["train/loss"])


@pytest.mark.parametrize("lesson", ["init-small", "init-large"])
def test_xavier_keeps_the_spread(lesson):
    _, exam = at_start(lesson, "remedy")
    found = spreads(exam, "tanh")
    assert (found[0], found[-1]) == pytest.approx((0.63, 0.22), rel=0.08)
    assert max(signs.saturated or 0 for signs in exam.signs.values()) < 0.02
    assert exam.loss == pytest.approx(GUESSING, rel=0.06)
    norms = gradients(lesson, "remedy")
    assert 0.1 < norms[0] / norms[-1] < 10


def test_large_weights_saturate_nine_units_of_ten():
    _, exam = at_start("init-large")
    assert spreads(exam, "tanh") == pytest.approx([0.98] * 10, abs=0.01)
    for node, signs in exam.signs.items():
        if node.startswith("tanh"):
            assert signs.saturated == pytest.approx(0.9, abs=0.02)
    norms = gradients("init-large")[:-1]
    factor = (norms[0] / norms[-1]) ** (1 / (len(norms) - 1))
    assert factor == pytest.approx(sqrt(500 * 4 / (3 * sqrt(2 * torch.pi * 500))), rel=0.05)
    assert factor == pytest.approx(3.5, abs=0.2)
    assert min(trained("init-large").losses["train/loss"]) > 25
    assert trained("init-large").losses["train/loss"][0] > 30


def test_relu_layers_with_large_weights_explode():
    _, exam = at_start("init-he")
    found = spreads(exam, "relu")
    for one, after in zip(found, found[2:], strict=False):
        assert after / one == pytest.approx(10, rel=0.25)
    norms = gradients("init-he")
    assert 3e4 < norms[0] / norms[-1] < 3e5
    assert 2e5 < exam.loss < 2e6
    _, mended = at_start("init-he", "remedy")
    assert spreads(mended, "relu") == pytest.approx([0.8] * 10, rel=0.3)
    norms = gradients("init-he", "remedy")
    assert 0.5 < norms[0] / norms[-1] < 5


def test_the_first_loss_is_that_of_guessing_only_with_small_scores():
    (_, wrong), (_, right) = at_start("init-loss"), at_start("init-loss", "remedy")
    assert trained("init-loss").losses["train/loss"][0] > 10
    assert trained("init-loss").losses["val/loss"][0] > 10
    assert wrong.signs["logits"].std > 10
    assert right.loss == pytest.approx(2.30, abs=0.03)


# --- normalisation ----------------------------------------------------------------------------------------------------


def test_batch_norm_over_two_samples_fails_where_group_norm_does_not():
    assert 0.15 < max(trained("bn-small-batch").losses["val/accuracy"][-5:]) < 0.6
    assert ends_at("bn-small-batch", "val/accuracy", "remedy", last=5) == pytest.approx(0.9, abs=0.06)


def test_two_values_are_normalised_to_minus_one_and_one():
    x_nf = torch.tensor([[0.3, 7.0], [0.9, -2.0]])
    torch.testing.assert_close(nn.BatchNorm1d(2)(x_nf), torch.tensor([[-1.0, 1.0], [1.0, -1.0]]), atol=1e-4, rtol=0)


@torch.no_grad()
def variances(assembly: Assembly) -> tuple[float, float]:
    """Of what the norm gets: the running one, and the true one in evaluation; means over the units."""
    layers = assembly.network.layers
    hidden_nf = layers["linear1"](assembly.data.train_inputs.flatten(1)).relu()
    true_f = layers["linear2"](hidden_nf).var(0)
    return float(layers["norm"].running_var.mean()), float(true_f.mean())


def test_dropout_before_the_norm_gives_it_the_wrong_variance():
    running, true = variances(trained("norm-place").assembly)
    assert true / running == pytest.approx(1 / 3, abs=0.09)
    running, true = variances(trained("norm-place", "remedy").assembly)
    assert true / running == pytest.approx(1, abs=0.12)
    assert ends_at("norm-place", "val/loss", "remedy") < ends_at("norm-place", "val/loss")


# --- optimisation -----------------------------------------------------------------------------------------------------


def test_a_low_rate_leaves_nearly_all_of_the_loss():
    losses = trained("opt-lr-low").losses["val/loss"]
    assert 0 < 1 - losses[-1] / losses[0] < 0.1
    (told,) = trained("opt-lr-low").of("rate_too_low")
    assert "10⁻⁵" in told.text
    assert ends_at("opt-lr-low", "val/accuracy", "remedy") > 0.9


def test_the_curvature_sets_the_largest_rate():
    assembly, _ = at_start("opt-lr")
    inputs_nf = assembly.data.train_inputs.double()
    ones_n1 = torch.ones(len(inputs_nf), 1, dtype=torch.double)
    design_nf = torch.cat([inputs_nf, ones_n1], 1)
    steepest = float(torch.linalg.eigvalsh(2 / len(design_nf) * design_nf.T @ design_nf).max())
    assert steepest == pytest.approx(8.2, abs=0.05)
    losses = trained("opt-lr").losses["train/loss"]
    growth = losses[60] / losses[59]
    assert growth == pytest.approx((1 - 0.3 * steepest) ** 2, rel=0.01)
    assert growth == pytest.approx(2.1, abs=0.1)
    mended = trained("opt-lr", "remedy").losses["train/loss"]
    assert all(after < one + 1e-6 for one, after in pairwise(mended))
    assert mended[-1] == pytest.approx(0.47, abs=0.005)


@pytest.mark.parametrize(("rate", "falls"), [(0.24, True), (0.25, False)])
def test_the_limit_lies_between_these_rates(rate, falls):
    body = spec_of("opt-lr", "experiment").model_dump(mode="json") | {"optimizer": {"kind": "gd", "lr": rate}}
    reports = assemble(RunSpec.model_validate(body)).trainer.steps()
    losses = [report.loss for report in reports if report.loss is not None]
    assert (losses[-1] < losses[0]) == falls


@torch.no_grad()
def num_dead(assembly: Assembly) -> int:
    scores_nu = assembly.network.layers["linear1"](assembly.data.train_inputs.flatten(1))
    return int((scores_nu <= 0).all(0).sum())


def test_dead_units_stay_dead_when_the_rate_is_sound():
    assembly = assemble(spec_of("act-dead", "experiment"))
    after_epoch = None
    for report in assembly.trainer.steps():
        if report.step == assembly.trainer.steps_per_epoch:
            after_epoch = num_dead(assembly)
    assert after_epoch is not None
    assert after_epoch > 55
    assert num_dead(assembly) >= after_epoch
    assert ends_at("act-dead", "val/accuracy") < 0.5
    assert num_dead(trained("act-dead", "remedy").assembly) <= 2
    assert ends_at("act-dead", "val/accuracy", "remedy") > 0.9


def test_sigmoids_stay_on_the_plateau():
    assert ends_at("act-family", "val/loss") == pytest.approx(GUESSING, abs=0.03)
    _, exam = at_start("act-family")
    first, *deeper = spreads(exam, "sigmoid")
    assert first == pytest.approx(0.22, abs=0.01)
    assert deeper == pytest.approx([0.13] * 3, abs=0.01)
    norms = gradients("act-family")
    assert norms == sorted(norms)
    assert ends_at("act-family", "val/accuracy", "remedy") > 0.9


# --- data -------------------------------------------------------------------------------------------------------------


def test_raw_inputs_kill_every_unit():
    seen = trained("data-prep")
    assert seen.losses["train/loss"][0] > 100
    assert seen.losses["train/loss"][1] > 1000
    assert num_dead(seen.assembly) == 16
    assert seen.losses["val/loss"][-1] == pytest.approx(log(3), abs=0.02)
    means_f = seen.assembly.data.train_inputs.mean(0)
    names = list(seen.assembly.plan.data.feature_names)
    assert float(means_f[names.index("proline")]) == pytest.approx(750, rel=0.05)
    assert float(means_f[names.index("nonflavanoid phenols")]) == pytest.approx(0.36, abs=0.02)
    assert ends_at("data-prep", "val/accuracy", "remedy") > 0.9


def test_a_small_class_is_overlooked_and_then_found():
    _, orange = validation_accuracies(trained("data-imbalance").assembly)
    assert orange < 1 / 3
    assert ends_at("data-imbalance", "val/accuracy") == pytest.approx(0.95, abs=0.015)
    _, found = validation_accuracies(trained("data-imbalance", "remedy").assembly)
    assert found > 0.7
    assert ends_at("data-imbalance", "val/accuracy", "remedy") < 0.92


def test_a_large_net_learns_by_heart():
    seen = trained("overfit")
    assert sum(values.numel() for values in seen.assembly.network.parameters()) > 4000
    losses = seen.losses["val/loss"]
    best = losses.index(min(losses))
    assert losses[best] < losses[0]
    assert losses[-1] > 3 * losses[best]
    assert ends_at("overfit", "train/loss", last=4) < 0.15
    assert ends_at("overfit", "val/loss", "remedy") < 1.3 * min(losses)
    assert ends_at("overfit", "train/loss", "remedy", last=4) > ends_at("overfit", "train/loss", last=4)
