"""Losses against closed forms, and their gradients against numerical differences."""

import math

import pytest
import torch
from layerlab import losses

CROSS, BINARY, SQUARED = (losses.REGISTRY.get(name) for name in ("cross_entropy", "bce", "mse"))
HINGE, ABSOLUTE, HUBER = (losses.REGISTRY.get(name) for name in ("hinge", "l1", "huber"))


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
    ("kind", "width"),
    [(CROSS, 3), (BINARY, 1), (SQUARED, 3), (HINGE, 3), (ABSOLUTE, 3), (HUBER, 3)],
    ids=lambda x: getattr(x, "kind", x),
)
def test_gradients_agree_with_differences(kind, width):
    output = torch.randn(4, width, generator=torch.Generator().manual_seed(1), dtype=torch.float64, requires_grad=True)
    targets = torch.tensor([0, 1, 1, 0])
    assert torch.autograd.gradcheck(lambda scores: value(kind, scores, targets), (output,))


@pytest.mark.parametrize(
    ("kind", "classes", "target", "shape"),
    [
        (CROSS, 5, (), (5,)),
        (BINARY, 2, (), (1,)),
        (SQUARED, 5, (), (5,)),
        (SQUARED, 0, (3,), (3,)),
        (HINGE, 5, (), (5,)),
        (ABSOLUTE, 0, (3,), (3,)),
        (HUBER, 0, (2, 4), (2, 4)),
        (HUBER, 5, (), (5,)),
    ],
)
def test_what_the_last_node_must_give(kind, classes, target, shape):
    assert kind.output_shape(classes, target) == shape
    assert kind.refuses(classes) is None


def test_binary_cross_entropy_refuses_more_classes():
    assert BINARY.refuses(10) == "bce tells two classes apart, and this data has 10."


@pytest.mark.parametrize(
    ("scores", "expected"), [((5.0, -3.0, 2.0), 0.0), ((5.0, 10.0, 10.0), 12.0), ((5.0, -20.0, -20.0), 0.0)]
)
def test_hinge_of_one_sample(scores, expected):
    """The sum over the wrong classes of max(0, s_j − s_y + 1); 5, −3, 2 is right by 3, so there is nothing to pay."""
    assert value(HINGE, torch.tensor([scores]), torch.tensor([0])).item() == expected


@pytest.mark.parametrize("margin", [1.0, 0.3])
def test_hinge_is_torchs_times_the_classes(margin):
    output = torch.randn(40, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    targets = torch.arange(40) % 6
    expected = 6 * torch.nn.MultiMarginLoss(margin=margin)(output, targets)
    torch.testing.assert_close(value(HINGE, output, targets, margin=margin), expected)
    assert torch.equal(HINGE.predicted(output), output.argmax(1))


@pytest.mark.parametrize("shape", [(8, 1), (8, 3), (8, 2, 5)])
@pytest.mark.parametrize("delta", [0.2, 1.0])
def test_absolute_and_huber_are_torchs(shape, delta):
    generator = torch.Generator().manual_seed(0)
    output, targets = (torch.randn(shape, generator=generator) for _ in range(2))
    torch.testing.assert_close(value(ABSOLUTE, output, targets), torch.nn.L1Loss()(output, targets))
    torch.testing.assert_close(
        value(HUBER, output, targets, delta=delta), torch.nn.HuberLoss(delta=delta)(output, targets)
    )


def test_absolute_and_huber_by_hand():
    output, targets = torch.tensor([[1.0], [5.0]]), torch.tensor([[0.5], [1.0]])
    assert value(ABSOLUTE, output, targets).item() == (0.5 + 4) / 2
    assert value(HUBER, output, targets).item() == (0.125 + 3.5) / 2
    assert value(ABSOLUTE, torch.tensor([[0.9, 0.2]]), torch.tensor([0])).item() == pytest.approx((0.1 + 0.2) / 2)


@pytest.mark.parametrize(("kind", "answer"), [(SQUARED, 22.0), (ABSOLUTE, 3.0)])
def test_the_best_constant_is_the_mean_or_the_median(kind, answer):
    """Targets 1, 2, 3, 4, 100: the outlier pulls the mean to 22 and leaves the median at 3."""
    targets = torch.tensor([[1.0], [2.0], [3.0], [4.0], [100.0]])
    grid = torch.arange(0, 101) * 1.0
    costs = torch.stack([value(kind, constant.expand(5, 1), targets) for constant in grid])
    assert grid[costs.argmin()].item() == answer


NUM_STEPS = 25
PARITY = [
    (CROSS, {"label_smoothing": 0.2}, torch.nn.CrossEntropyLoss(label_smoothing=0.2), "classes"),
    (SQUARED, {}, torch.nn.MSELoss(), "numbers"),
    (BINARY, {}, torch.nn.BCEWithLogitsLoss(), "binary"),
    (HINGE, {}, torch.nn.MultiMarginLoss(), "classes"),
    (ABSOLUTE, {}, torch.nn.L1Loss(), "numbers"),
    (HUBER, {"delta": 0.3}, torch.nn.HuberLoss(delta=0.3), "numbers"),
]


@pytest.mark.parametrize(("kind", "fields", "theirs", "task"), PARITY, ids=lambda x: getattr(x, "kind", None))
def test_training_on_it_goes_as_on_torchs(kind, fields, theirs, task):
    """25 updates of a linear net on each: the weights stay equal."""
    width = 1 if task == "binary" else 3
    made, reference = torch.nn.Linear(4, width).double(), torch.nn.Linear(4, width).double()
    reference.load_state_dict(made.state_dict())
    generator = torch.Generator().manual_seed(2)
    for _ in range(NUM_STEPS):
        inputs = torch.randn(10, 4, generator=generator, dtype=torch.float64)
        targets = torch.randint(0, max(2, width), (10,), generator=generator)
        if task == "numbers":
            targets = torch.randn(10, width, generator=generator, dtype=torch.float64)
        wanted = targets[:, None].double() if task == "binary" else targets
        scale = width if kind is HINGE else 1
        for net, loss in (
            (made, value(kind, made(inputs), targets, **fields)),
            (reference, scale * theirs(reference(inputs), wanted)),
        ):
            gradients = torch.autograd.grad(loss, list(net.parameters()))
            with torch.no_grad():
                for parameter, gradient in zip(net.parameters(), gradients, strict=True):
                    parameter -= 0.1 * gradient
        torch.testing.assert_close(made.weight, reference.weight, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", [CROSS, SQUARED, HINGE, ABSOLUTE, HUBER], ids=lambda kind: kind.kind)
def test_the_loss_of_each_sample_is_that_of_a_batch_of_one(kind):
    generator = torch.Generator().manual_seed(1)
    output, targets = torch.randn(5, 3, generator=generator), torch.tensor([0, 2, 1, 1, 0])
    alone = [value(kind, output[i : i + 1], targets[i : i + 1]) for i in range(5)]
    found = kind.each(kind.Params(), output, targets)
    torch.testing.assert_close(found, torch.stack(alone))
    torch.testing.assert_close(found.mean(), value(kind, output, targets))


def test_the_loss_of_each_sequence_is_the_mean_over_its_own_steps():
    output = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(2))
    targets = torch.tensor([[0, 1, 2, 3], [4, 4, -100, -100], [-100] * 4])
    found = CROSS.each(CROSS.Params(), output, targets)
    nats = -output.log_softmax(2)
    expected = [sum(float(nats[0, t, t]) for t in range(4)) / 4, float(nats[1, :2, 4].mean())]
    assert found[:2].tolist() == pytest.approx(expected)
    assert found[2].isnan()
    one_number = BINARY.each(BINARY.Params(), torch.tensor([[0.0], [2.0]]), torch.tensor([1, 0]))
    assert one_number.tolist() == pytest.approx([math.log(2), math.log(1 + math.exp(2))])
