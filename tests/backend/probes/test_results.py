"""Probes of an evaluation, against scikit-learn and the network run by hand on the whole validation part."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from layerlab.losses.base import NO_ANSWER
from layerlab.probes.roc import area, corners, curve, log_odds, reached
from layerlab_schemas.run import RunSpec
from sklearn import metrics

from tests.backend.probes.watching import array, last, measure, spec, watched

TWO = [{"kind": "linear", "out_features": 6}, {"kind": "tanh"}, {"kind": "linear", "out_features": 2}]


def run(data, graph, loss=None, steps=30, **training):
    body = {"data": data, "graph": graph, "loss": loss, "training": {"max_steps": steps, "epochs": None} | training}
    return last(RunSpec.model_validate(body))


def outputs(assembly) -> torch.Tensor:
    """The whole validation part in one pass, by hand."""
    assembly.network.eval()
    with torch.no_grad():
        found = assembly.network(assembly.data.validation_inputs)
    assembly.network.train()
    return found


@pytest.fixture(scope="module")
def digits():
    return last(spec())


@pytest.fixture(scope="module")
def diabetes():
    return run({"dataset": "diabetes"}, [{"kind": "linear", "out_features": 1}])


def test_worst_and_best_are_ranked_by_the_loss_of_each_sample(digits):
    assembly, context = digits
    given, targets = outputs(assembly), assembly.data.validation_targets
    exact = torch.nn.functional.cross_entropy(given, targets, reduction="none")
    frame = measure("examples", context)
    assert (frame.split, frame.mode, frame.step, frame.num_samples) == ("validation", "eval", 6, len(targets))
    worst, best = frame.items
    assert [(item.node, len(item.examples)) for item in frame.items] == [("worst", 24), ("best", 24)]
    assert [one.loss for one in worst.examples] == pytest.approx(exact.sort(descending=True)[0][:24].tolist(), rel=1e-4)
    assert [one.loss for one in best.examples] == pytest.approx(exact.sort()[0][:24].tolist(), rel=1e-4)
    for one in [*worst.examples, *best.examples]:
        share, guess = given[one.index].softmax(0).max(0)
        assert (one.label, one.prediction) == (str(int(targets[one.index])), str(int(guess)))
        assert one.wrong == (one.label != one.prediction)
        assert one.probability == pytest.approx(float(share), abs=1e-5)
        assert one.loss == pytest.approx(float(exact[one.index]), rel=1e-4)
        assert (array(one.image) == assembly.data.validation_raw[one.index].numpy()).all()
    assert (worst.low, worst.high) == (0, 16)


def test_tables_and_points_are_told_by_their_values(diabetes):
    assembly, context = diabetes
    one = measure("examples", context).items[0].examples[0]
    raw = assembly.data.validation_raw[one.index]
    assert one.caption.startswith(f"{assembly.data.facts.feature_names[0]} {float(raw[0]):.3g}, ".replace("-", "−"))
    assert (one.image, one.wrong, one.probability) == (None, None, None)
    assert float(one.label) == pytest.approx(float(assembly.data.validation_targets[one.index]), rel=0.01)


def test_sequences_answered_at_each_step_are_spelt_and_judged_whole():
    graph = [
        {"kind": "embedding", "embedding_dim": 4},
        {"kind": "gru", "hidden_size": 6, "output": "sequence"},
        {"kind": "linear", "out_features": 8},
    ]
    assembly, context = run({"dataset": "copy", "params": {"samples": 60}}, graph, steps=2)
    targets, given = assembly.data.validation_targets, outputs(assembly)
    one = measure("examples", context).items[0].examples[0]
    wanted = targets[one.index] != NO_ANSWER
    exact = torch.nn.functional.cross_entropy(given[one.index][wanted], targets[one.index][wanted])
    assert one.loss == pytest.approx(float(exact), rel=1e-5)
    assert one.wrong == bool((given[one.index].argmax(1) != targets[one.index])[wanted].any())
    assert one.text
    assert one.probability is None


def test_recall_precision_and_f1_are_those_of_scikit_learn(digits):
    assembly, context = digits
    truth, guess = assembly.data.validation_targets.numpy(), outputs(assembly).argmax(1).numpy()
    precision, recall, f1, support = metrics.precision_recall_fscore_support(truth, guess, zero_division=np.nan)
    quality, balance = measure("class_accuracy", context).items
    found = {series.name: array(series.y) for series in quality.series}
    assert found["recall"] == pytest.approx(recall, rel=1e-6)
    assert found["precision"] == pytest.approx(precision, rel=1e-6, nan_ok=True)
    assert found["F1"] == pytest.approx(f1, rel=1e-6)
    assert quality.x_names == list("0123456789")
    shares = {series.name: array(series.y) for series in balance.series}
    assert shares["validation"] == pytest.approx(support / support.sum(), rel=1e-6)
    counts = np.bincount(assembly.data.train_targets.numpy(), minlength=10)
    assert shares["training"] == pytest.approx(counts / counts.sum(), rel=1e-6)


@pytest.mark.parametrize("loss", ["cross_entropy", "bce"])
def test_roc_of_two_classes_is_that_of_scikit_learn(loss):
    graph = TWO if loss == "cross_entropy" else [*TWO[:2], {"kind": "linear", "out_features": 1}]
    assembly, context = run({"dataset": "breast_cancer"}, graph, {"kind": loss}, steps=3)
    truth, given = assembly.data.validation_targets.numpy(), context.judged.outputs.double()
    torch.testing.assert_close(given.float(), outputs(assembly), rtol=1e-4, atol=1e-5)
    score = (given[:, 1] - given[:, 0] if loss == "cross_entropy" else given[:, 0]).numpy()
    false_rate, true_rate, _ = metrics.roc_curve(truth, score, drop_intermediate=False)
    whole = curve(log_odds(context.judged.outputs)[:, 1], context.judged.targets == 1)
    assert np.stack(whole) == pytest.approx(np.stack([false_rate, true_rate]))
    (item,) = measure("roc", context).items
    curve_series, guess = item.series
    # Between its corners the drawn curve is straight, and passes through every point of the whole one.
    drawn = {
        (round(float(x), 6), round(float(y), 6)) for x, y in zip(array(item.x), array(curve_series.y), strict=True)
    }
    assert drawn <= {(round(x, 6), round(y, 6)) for x, y in zip(false_rate, true_rate, strict=True)}
    assert metrics.auc(array(item.x), array(curve_series.y)) == pytest.approx(metrics.roc_auc_score(truth, score))
    exact = metrics.roc_auc_score(truth, score)
    assert curve_series.name == f"AUC {exact:.3f}"
    assert 0.5 < exact < 1
    assert (array(guess.y) == array(item.x)).all()


def test_roc_of_each_class_against_the_rest(digits):
    assembly, context = digits
    truth, shares = assembly.data.validation_targets.numpy(), context.judged.outputs.double().softmax(1).numpy()
    item, *alone = measure("roc", context).items
    assert len(item.series) == 11
    assert len(alone) == 10
    for number in range(10):
        exact = metrics.roc_auc_score(truth == number, shares[:, number])
        assert item.series[number].name == f"{number}: AUC {exact:.3f}"
        assert alone[number].series[0].name == f"AUC {exact:.3f}"
        false_rate, true_rate, _ = metrics.roc_curve(truth == number, shares[:, number], drop_intermediate=False)
        for place in (0.1, 0.5):
            at = int(np.flatnonzero(np.isclose(array(item.x), place))[0])
            expected = true_rate[false_rate <= place + 1e-9].max()
            assert array(item.series[number].y)[at] == pytest.approx(expected)


def test_a_roc_curve_by_hand():
    ranks, members = torch.tensor([0.9, 0.8, 0.8, 0.1]), torch.tensor([True, True, False, False])
    false_rate, true_rate = curve(ranks, members)
    assert (false_rate.tolist(), true_rate.tolist()) == ([0, 0, 0.5, 1], [0, 0.5, 1, 1])
    assert area(false_rate, true_rate) == 0.875
    assert reached(false_rate, true_rate, torch.tensor([0.0, 0.4, 0.5])).tolist() == [0.5, 0.5, 1]
    straight = torch.tensor([0.0, 0.25, 0.5, 1.0])
    assert [part.tolist() for part in corners(straight, straight)] == [[0, 0.5, 1], [0, 0.5, 1]]
    assert curve(ranks, torch.ones(4, dtype=torch.bool)) is None
    assert curve(torch.tensor([0.9, torch.nan, 0.8, 0.1]), members) is None
    scores = torch.tensor([[1.0, 2.0, 4.0]])
    share = scores.softmax(1).double()
    torch.testing.assert_close(log_odds(scores), (share / (1 - share)).log(), rtol=1e-5, atol=1e-5)


def test_fit_and_residuals_are_those_of_scikit_learn(diabetes):
    assembly, context = diabetes
    truth = assembly.data.validation_targets.numpy()[:, 0].astype(float)
    guess = outputs(assembly).numpy()[:, 0].astype(float)
    fit, left = measure("regression_fit", context).items
    assert (fit.diagonal, left.diagonal) == (True, False)
    assert fit.note == f"R² {metrics.r2_score(truth, guess):.3f}"
    places = array(fit.samples)
    assert places.tolist() == list(range(len(truth)))
    assert array(fit.x) == pytest.approx(truth, rel=1e-5)
    assert array(fit.y) == pytest.approx(guess, rel=1e-5, abs=1e-4)
    assert array(left.x) == pytest.approx(guess, rel=1e-5, abs=1e-4)
    assert array(left.y) == pytest.approx(truth - guess, rel=1e-4, abs=1e-3)
    (item,) = measure("residuals", context).items
    assert item.mean == pytest.approx((truth - guess).mean(), rel=1e-4)
    assert item.std == pytest.approx((truth - guess).std(), rel=1e-4)
    assert array(item.counts).sum() == len(truth)


def test_many_outputs_are_one_fit_of_a_part_of_the_points():
    graph = [{"kind": "flatten"}, {"kind": "linear", "out_features": 64}, {"kind": "reshape", "shape": [1, 8, 8]}]
    assembly, context = run({"dataset": "digits", "target": "input"}, graph, steps=3)
    truth, guess = assembly.data.validation_targets.flatten(1).numpy(), outputs(assembly).flatten(1).numpy()
    fit, _ = measure("regression_fit", context).items
    exact = metrics.r2_score(truth, guess, multioutput="variance_weighted")
    assert fit.note == f"R² {exact:.3f} · 600 of 22\u202f976 points shown"
    assert array(fit.samples)[-1] == len(truth) - 1
    one = measure("examples", context).items[0].examples[0]
    assert (one.label, one.prediction, one.image is None) == (None, None, False)


def test_probes_of_the_evaluation_say_its_step_and_apply_where_they_can(digits, diabetes):
    seen = {context.step: context for _, context, _ in watched(spec(eval_every=2, max_steps=3))}
    for kind in ("examples", "class_accuracy", "roc"):
        assert [measure(kind, seen[step]).step for step in range(4)] == [0, 0, 2, 3]
        assert measure(kind, diabetes[1]) is None or kind == "examples"
    for kind in ("regression_fit", "residuals"):
        assert measure(kind, digits[1]) is None


def test_bad_numbers_are_the_worst_and_break_nothing(digits):
    assembly, context = digits
    broken = outputs(assembly)
    broken[7] = torch.nan
    context = replace(context, judged=replace(context.judged, outputs=broken))
    worst = measure("examples", context).items[0].examples[0]
    assert (worst.index, worst.loss, worst.probability) == (7, None, None)
    item = measure("roc", context).items[0]
    assert all(series.name.endswith(": none") for series in item.series[:-1])
    assert np.isnan(array(item.series[0].y)).all()
