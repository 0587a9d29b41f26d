"""One training step against a plain PyTorch loop, penalties and clipping against closed forms."""

import pytest
import torch
from layerlab.regularizers.clipping import clip_gradient
from layerlab.regularizers.penalties import add_gradient, penalized, penalty
from layerlab.training.assemble import assemble
from layerlab.training.regularize import regularize
from layerlab_schemas.run import RegularizationSpec, RunSpec
from torch import nn
from torch.nn import functional

GRAPH = [{"id": "a", "kind": "linear", "out_features": 6}, {"kind": "tanh"}, {"kind": "linear", "out_features": 2}]


def run(**parts) -> RunSpec:
    body = {
        "data": {"dataset": "moons", "params": {"samples": 50}, "batch_size": 40, "shuffle": False},
        "graph": GRAPH,
        "optimizer": {"kind": "sgd", "lr": 0.1, "momentum": 0.9},
        "training": {"epochs": 20},
    }
    return RunSpec.model_validate(body | parts)


def test_a_plain_loop_gives_the_same_losses():
    """The same weights, batches and optimizer, written out; full batches in the order of the data."""
    assembly = assemble(run())
    first, second = nn.Linear(2, 6), nn.Linear(6, 2)
    first.load_state_dict(assembly.network.layers["a"].state_dict())
    second.load_state_dict(assembly.network.layers["linear_1"].state_dict())
    optimizer = torch.optim.SGD([*first.parameters(), *second.parameters()], lr=0.1, momentum=0.9, fused=True)
    inputs, targets = assembly.data.train_inputs, assembly.data.train_targets
    for report in assembly.trainer.steps():
        if report.step == 0:
            continue
        loss = functional.cross_entropy(second(torch.tanh(first(inputs))), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert report.loss == loss.item()


def test_penalties_have_their_closed_forms():
    weights = [torch.tensor([[1.0, -2.0], [0.5, 0.0]]), torch.tensor([[3.0]])]
    assert penalty(weights, l1=2.0, l2=0.0) == 2 * 6.5
    assert penalty(weights, l1=0.0, l2=0.1) == pytest.approx(0.1 * (1 + 4 + 0.25 + 9) / 2)
    assert penalty(weights, l1=1.0, l2=2.0) == pytest.approx(6.5 + 14.25)


def test_the_gradient_of_a_penalty_is_that_of_autograd():
    weights = [nn.Parameter(torch.tensor([[1.0, -2.0], [0.5, 0.0]])), nn.Parameter(torch.tensor([[3.0]]))]
    for weight in weights:
        weight.grad = torch.ones_like(weight)
    add_gradient(weights, l1=0.3, l2=0.2)
    total = sum(0.3 * weight.abs().sum() + 0.1 * weight.square().sum() for weight in weights)
    for weight, gradient in zip(weights, torch.autograd.grad(total, weights), strict=True):
        torch.testing.assert_close(weight.grad, 1 + gradient)


def test_penalties_act_on_matrices_and_kernels_only():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Linear(4, 3))
    assert [tuple(weight.shape) for weight in penalized(net.parameters())] == [(2, 1, 3, 3), (3, 4)]


def test_the_penalty_is_reported_and_in_the_gradient_but_not_in_the_loss():
    assembly, bare = assemble(run(regularization={"l1": 0.01, "l2": 0.1})), assemble(run())
    weights = [assembly.network.layers[name].weight for name in ("a", "linear_1")]
    before = [weight.detach().clone() for weight in weights]
    steps, bare_steps = assembly.trainer.steps(), bare.trainer.steps()
    next(steps), next(bare_steps)
    report, bare_report = next(steps), next(bare_steps)
    assert report.loss == bare_report.loss
    assert bare_report.penalty is None
    assert report.penalty == pytest.approx(sum(0.01 * w.abs().sum() + 0.05 * w.square().sum() for w in before).item())
    for name, weight, start in zip(("a", "linear_1"), weights, before, strict=True):
        expected = bare.network.layers[name].weight.grad + 0.01 * start.sign() + 0.1 * start
        torch.testing.assert_close(weight.grad, expected)


def test_clipping_scales_all_gradients_together():
    weights = [nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(1))]
    weights[0].grad, weights[1].grad = torch.tensor([3.0, 0.0]), torch.tensor([4.0])
    clip_gradient(weights, 10.0)
    assert weights[0].grad.tolist() == [3, 0]
    clip_gradient(weights, 1.0)
    assert torch.cat([weight.grad for weight in weights]).tolist() == pytest.approx([0.6, 0, 0.8], abs=1e-5)


def test_l2_under_sgd_is_weight_decay():
    graph = [{"id": "only", "kind": "linear", "out_features": 2, "bias": False}]
    by_penalty = assemble(run(graph=graph, regularization={"l2": 0.05}))
    by_decay = assemble(run(graph=graph, optimizer={"kind": "sgd", "lr": 0.1, "momentum": 0.9, "weight_decay": 0.05}))
    for assembly in (by_penalty, by_decay):
        for _ in assembly.trainer.steps():
            pass
    torch.testing.assert_close(by_penalty.network.layers["only"].weight, by_decay.network.layers["only"].weight)


def test_values_are_clipped_before_the_norm():
    """(3, −0.5) and 0.2 cut at 1 are (1, −0.5) and 0.2, whose norm is √1.29."""
    parameters = [nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(1))]

    def gradients(**limits) -> list[float]:
        parameters[0].grad, parameters[1].grad = torch.tensor([3.0, -0.5]), torch.tensor([0.2])
        regularize(parameters, RegularizationSpec(**limits))
        return [*parameters[0].grad.tolist(), *parameters[1].grad.tolist()]

    assert gradients(clip_grad_value=1.0) == pytest.approx([1, -0.5, 0.2])
    assert gradients(clip_grad_value=5.0) == pytest.approx([3, -0.5, 0.2])
    both = [value / 1.29**0.5 / 2 for value in (1, -0.5, 0.2)]
    assert gradients(clip_grad_value=1.0, clip_grad_norm=0.5) == pytest.approx(both, rel=1e-5)


def test_elastic_net_is_both_penalties_at_once():
    """The gradient of λ₁ |w| + λ₂ w² / 2 is λ₁ sign(w) + λ₂ w, and the penalty is told with the loss."""
    parameters = [nn.Parameter(torch.tensor([[2.0, -1.0]]))]
    parameters[0].grad = torch.zeros(1, 2)
    amount = regularize(parameters, RegularizationSpec(l1=0.1, l2=0.4))
    assert amount == pytest.approx(0.1 * 3 + 0.4 * 5 / 2)
    assert parameters[0].grad.tolist() == [pytest.approx([0.1 + 0.8, -0.1 - 0.4])]
