"""Losses against closed forms, and their gradients against numerical differences."""

import math

import pytest
import torch
from layerlab import losses

CROSS, BINARY, SQUARED = (losses.REGISTRY.get(name) for name in ("cross_entropy", "bce", "mse"))


def value(kind, output, targets, **fields):
    return kind.value(kind.Params.model_validate(fields), output, targets)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [((5.0, -3.0, 2.0), 0.0489), ((5.0, 10.0, 10.0), 5.6965), ((5.0, -20.0, -20.0), 2.7776e-11)],
)
def test_cross_entropy_of_one_sample(scores, expected):
    output = torch.tensor([scores], dtype=torch.float64)
    found = value(CROSS, output, torch.tensor([0])).item()
    assert found == pytest.approx(math.log(sum(math.exp(score - scores[0]) for score in scores)), rel=1e-4)
    assert found == pytest.approx(expected, rel=1e-3)


def test_cross_entropy_of_a_guess_is_the_log_of_the_classes():
    assert value(CROSS, torch.zeros(7, 10), torch.arange(7)).item() == pytest.approx(math.log(10))


def test_cross_entropy_is_a_mean_and_smoothing_spreads_the_label():
    output = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    targets = torch.tensor([0, 1, 2, 3, 0, 1])
    log_share = output.log_softmax(1)
    hard = -log_share[torch.arange(6), targets].mean()
    torch.testing.assert_close(value(CROSS, output, targets), hard)
    smooth = 0.7 * hard + 0.3 * -log_share.mean(1).mean()
    torch.testing.assert_close(value(CROSS, output, targets, label_smoothing=0.3), smooth)


@pytest.mark.parametrize("size", [80.0, 1e4, 1e30])
def test_large_scores_stay_finite(size):
    output = torch.tensor([[size, -size]])
    assert value(CROSS, output, torch.tensor([1])).item() == pytest.approx(2 * size)
    assert value(CROSS, output, torch.tensor([0])).item() == 0
    assert value(BINARY, output[:, :1], torch.tensor([0])).item() == pytest.approx(size)


def test_binary_cross_entropy():
    scores, targets = torch.tensor([[0.3], [-2.0], [4.0]], dtype=torch.float64), torch.tensor([1, 0, 0])
    probability = 1 / (1 + torch.exp(-scores[:, 0]))
    expected = -torch.where(targets == 1, probability, 1 - probability).log().mean()
    torch.testing.assert_close(value(BINARY, scores, targets), expected)
    assert BINARY.predicted(scores).tolist() == [1, 0, 1]


def test_binary_cross_entropy_is_cross_entropy_of_two_scores():
    scores, targets = torch.tensor([[0.3], [-2.0], [4.0]]), torch.tensor([1, 0, 0])
    both = torch.cat([torch.zeros_like(scores), scores], dim=1)
    torch.testing.assert_close(value(BINARY, scores, targets), value(CROSS, both, targets))


def test_mean_squared_error():
    output, targets = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[1.0, 0.0], [0.0, 4.0]])
    assert value(SQUARED, output, targets).item() == (0 + 4 + 9 + 0) / 4
    assert value(SQUARED, output, torch.tensor([0, 1])).item() == (0 + 4 + 9 + 9) / 4


@pytest.mark.parametrize(
    ("kind", "width"), [(CROSS, 3), (BINARY, 1), (SQUARED, 3)], ids=lambda x: getattr(x, "kind", x)
)
def test_gradients_agree_with_differences(kind, width):
    output = torch.randn(4, width, generator=torch.Generator().manual_seed(1), dtype=torch.float64, requires_grad=True)
    targets = torch.tensor([0, 1, 1, 0])
    assert torch.autograd.gradcheck(lambda scores: value(kind, scores, targets), (output,))


@pytest.mark.parametrize(
    ("kind", "classes", "target", "shape"),
    [(CROSS, 5, (), (5,)), (BINARY, 2, (), (1,)), (SQUARED, 5, (), (5,)), (SQUARED, 0, (3,), (3,))],
)
def test_what_the_last_node_must_give(kind, classes, target, shape):
    assert kind.output_shape(classes, target) == shape
    assert kind.refuses(classes) is None


def test_binary_cross_entropy_refuses_more_classes():
    assert BINARY.refuses(10) == "bce tells two classes apart, and this data has 10."
