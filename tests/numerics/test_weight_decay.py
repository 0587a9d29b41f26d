"""Weight decay: by way of the gradient or on the weights themselves, each against its closed form."""

import pytest
import torch
from layerlab import optimizers
from torch import nn

START = [3.0, -1.0, 0.5]
GRADIENTS = [[1.0, 2.0, -3.0], [0.5, -2.0, 1.0], [2.0, 0.1, 0.1]]
LR, DECAY = 0.1, 0.05
GENERIC = ["sgd", "gd", "rmsprop", "adagrad", "adadelta"]


def after(kind: str, gradients: list[list[float]], *, rates: list[float] | None = None, **fields) -> list[torch.Tensor]:
    """The weights after each step."""
    found = optimizers.REGISTRY.get(kind)
    params = found.Params.model_validate({"lr": LR} | fields)
    weights = nn.Parameter(torch.tensor(START))
    optimizer = found.build(params, [weights])
    seen = []
    for number, gradient in enumerate(gradients):
        for group in optimizer.param_groups:
            group["lr"] = rates[number] if rates else LR
        weights.grad = torch.tensor(gradient)
        found.step(optimizer, params, lambda: 0.0)
        seen.append(weights.detach().clone())
    return seen


@pytest.mark.parametrize("kind", GENERIC)
def test_decoupled_decay_takes_a_share_of_the_weight_before_each_step(kind):
    """What the gradient does to a step depends on gradients alone here, so the decay can be added by hand."""
    plain = after(kind, GRADIENTS)
    decayed = after(kind, GRADIENTS, weight_decay=DECAY, decoupled_weight_decay=True)
    weights, before = torch.tensor(START), torch.tensor(START)
    for stepped, mine in zip(plain, decayed, strict=True):
        weights = (1 - LR * DECAY) * weights + (stepped - before)
        before = stepped
        torch.testing.assert_close(mine, weights, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("kind", GENERIC)
def test_it_goes_by_the_scheduled_rate(kind):
    rates = [0.1, 0.01, 0.2]
    only_decay = after(kind, [[0.0] * 3] * 3, rates=rates, weight_decay=DECAY, decoupled_weight_decay=True)
    share = 1.0
    for rate, mine in zip(rates, only_decay, strict=True):
        share *= 1 - rate * DECAY
        torch.testing.assert_close(mine, share * torch.tensor(START))


def test_a_weight_without_a_gradient_stays():
    found = optimizers.REGISTRY.get("sgd")
    params = found.Params(lr=0.1, weight_decay=0.5, decoupled_weight_decay=True)
    weights = [nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))]
    optimizer = found.build(params, weights)
    weights[0].grad = torch.zeros(2)
    found.step(optimizer, params, lambda: 0.0)
    assert weights[0].tolist() == pytest.approx([0.95, 0.95])
    assert weights[1].tolist() == [1.0, 1.0]


def test_plain_sgd_knows_no_difference():
    coupled = after("sgd", GRADIENTS, momentum=0, weight_decay=DECAY)
    decoupled = after("sgd", GRADIENTS, momentum=0, weight_decay=DECAY, decoupled_weight_decay=True)
    torch.testing.assert_close(coupled, decoupled)


def test_adam_does():
    """L2 in Adam pulls weights with large gradients less than those with small ones; AdamW pulls all alike."""
    coupled = after("adam", GRADIENTS, weight_decay=DECAY)
    decoupled = after("adamw", GRADIENTS, weight_decay=DECAY)
    assert not torch.allclose(coupled[-1], decoupled[-1], rtol=1e-3)
    by_flag = after("adam", GRADIENTS, weight_decay=DECAY, decoupled_weight_decay=True)
    assert torch.equal(by_flag[-1], decoupled[-1])


def settled(kind: str, decay: float) -> torch.Tensor:
    """Where training ends on ½ Σ c (w − 1)², c = 100 and 0.01, with a falling rate."""
    found = optimizers.REGISTRY.get(kind)
    momentum = {"momentum": 0.0} if kind == "sgd" else {}
    params = found.Params.model_validate({"lr": 0.01, "weight_decay": decay} | momentum)
    curvature = torch.tensor([100.0, 1.0])
    weights = nn.Parameter(torch.zeros(2))
    optimizer = found.build(params, [weights])
    for step in range(6000):
        for group in optimizer.param_groups:
            group["lr"] = 0.01 * (1 - step / 6000)
        weights.grad = curvature * (weights.detach() - 1)
        found.step(optimizer, params, lambda: 0.0)
    return weights.detach()


def test_the_optima_differ_under_adam():
    """L2 moves the optimum to c / (c + λ), whatever the optimizer; AdamW to another place."""
    expected = torch.tensor([100 / 101, 1 / 2])
    torch.testing.assert_close(settled("sgd", 1.0), expected, rtol=1e-2, atol=0)
    torch.testing.assert_close(settled("adam", 1.0), expected, rtol=1e-2, atol=0)
    assert (settled("adamw", 1.0) - expected).abs().max() > 0.1
