"""One training step against a plain PyTorch loop, penalties and clipping against closed forms."""

import pytest
import torch
from layerlab.regularizers.clipping import clip_gradient
from layerlab.regularizers.penalties import add_gradient, penalized, penalty
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec
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


@pytest.mark.parametrize("kind", ["constant", "step", "cosine"])
def test_schedules_have_their_closed_forms(kind):
    from layerlab import schedules

    found = schedules.REGISTRY.get(kind)
    params = found.Params.model_validate({"step": {"epochs": 2, "gamma": 0.1}, "cosine": {"final": 0.2}}.get(kind, {}))
    got = [found.factor(params, step=step, num_steps=40, steps_per_epoch=5) for step in (0, 9, 10, 20, 39, 40)]
    expected = {
        "constant": [1, 1, 1, 1, 1, 1],
        "step": [1, 1, 0.1, 0.01, 0.001, 0.0001],
        "cosine": [1, 0.90416, 0.88284, 0.6, 0.20123, 0.2],
    }[kind]
    assert got == pytest.approx(expected, rel=1e-4)


def test_the_cosine_is_that_of_torch():
    from layerlab import schedules

    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=30)
    found = schedules.REGISTRY.get("cosine")
    for step in range(30):
        ours = found.factor(found.Params(), step=step, num_steps=30, steps_per_epoch=10)
        assert ours == pytest.approx(theirs.get_last_lr()[0], abs=1e-9)
        optimizer.step()
        theirs.step()
