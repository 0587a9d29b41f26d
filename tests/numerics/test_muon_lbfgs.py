"""Muon and L-BFGS, which do more than one torch call, against PyTorch's own classes."""

import pytest
import torch
from layerlab import optimizers
from torch import Tensor, nn

MUON, LBFGS = (optimizers.REGISTRY.get(name) for name in ("muon", "lbfgs"))
NUM_STEPS = 25


def net() -> nn.Module:
    made = nn.Sequential(nn.Conv2d(2, 5, 3), nn.Flatten(), nn.Linear(20, 7), nn.Tanh(), nn.Linear(7, 3))
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) / 3)
    return made


def batches() -> list[tuple[Tensor, Tensor]]:
    generator = torch.Generator().manual_seed(1)
    return [
        (torch.randn(8, 2, 4, 4, generator=generator), torch.randn(8, 3, generator=generator)) for _ in range(NUM_STEPS)
    ]


def flat(made: nn.Module) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in made.parameters()])


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"lr": 0.02, "momentum": 0.8, "nesterov": False, "adjust_lr_fn": "original", "weight_decay": 0.1},
        {"ns_steps": 3, "ns_coefficients": [2, -1.5, 0.5], "eps": 1e-5, "betas": [0.8, 0.9]},
    ],
)
def test_muon_is_torchs_for_matrices_and_kernels_and_adamw_for_the_rest(fields):
    made, reference = net(), net()
    params = MUON.Params.model_validate(fields)
    ours = MUON.build(params, list(made.parameters()))
    # PyTorch's class takes matrices only: the kernel stands in as one, sharing its memory.
    kernel = nn.Parameter(reference[0].weight.detach().view(5, -1))
    wide = [kernel, reference[2].weight, reference[4].weight]
    theirs = torch.optim.Muon(
        wide, lr=params.lr, weight_decay=params.weight_decay, momentum=params.momentum, nesterov=params.nesterov,
        ns_coefficients=tuple(params.ns_coefficients), eps=params.eps, ns_steps=params.ns_steps,
        adjust_lr_fn=params.adjust_lr_fn,
    )  # fmt: skip
    narrow = [parameter for parameter in reference.parameters() if parameter.ndim == 1]
    adamw = torch.optim.AdamW(
        narrow, lr=params.lr, betas=tuple(params.betas), weight_decay=params.weight_decay, fused=True
    )
    before = flat(made)
    for inputs, targets in batches():
        for one in (made, reference):
            one.zero_grad()
            (one(inputs) - targets).square().mean().backward()
        MUON.step(ours, params, lambda: 0.0)
        kernel.grad = reference[0].weight.grad.view(5, -1)
        theirs.step()
        adamw.step()
        assert torch.equal(flat(made), flat(reference))
    assert (flat(made) - before).abs().max() > 0.01


def test_the_step_of_muon_is_nearly_orthogonal():
    """All directions of a layer move alike: the singular values of a step lie near one value."""
    weights = nn.Parameter(torch.zeros(20, 30))
    params = MUON.Params(lr=1.0, weight_decay=0.0, adjust_lr_fn="original")
    optimizer = MUON.build(params, [weights])
    weights.grad = torch.randn(20, 30, generator=torch.Generator().manual_seed(0))
    MUON.step(optimizer, params, lambda: 0.0)
    values = torch.linalg.svdvals(weights.detach())
    assert 0.6 < values.min() < values.max() < 1.3
    spread = torch.linalg.svdvals(weights.grad)
    assert spread.max() / spread.min() > 3 * values.max() / values.min()


def test_a_live_change_reaches_both_parts_of_muon():
    weights = [nn.Parameter(torch.ones(3, 2)), nn.Parameter(torch.ones(3))]
    optimizer = MUON.build(MUON.Params(), weights)
    MUON.change(optimizer, MUON.Params(lr=0.5, weight_decay=0.3, momentum=0.5, betas=[0.5, 0.6]))
    first, second = optimizer.param_groups
    assert (first["lr"], first["weight_decay"], first["momentum"]) == (0.5, 0.3, 0.5)
    assert (second["lr"], second["weight_decay"], second["betas"]) == (0.5, 0.3, (0.5, 0.6))


@pytest.mark.parametrize("fields", [{}, {"max_iter": 4, "history_size": 3}, {"line_search_fn": None, "lr": 0.05}])
def test_lbfgs_is_torchs(fields):
    made, reference = net(), net()
    params = LBFGS.Params.model_validate(fields)
    ours = LBFGS.build(params, list(made.parameters()))
    theirs = torch.optim.LBFGS(
        reference.parameters(),
        **{"line_search_fn": "strong_wolfe", "history_size": 10} | fields,
    )
    inputs, targets = batches()[0]

    def closure_of(one: nn.Module, optimizer: torch.optim.Optimizer):
        def closure() -> Tensor:
            optimizer.zero_grad()
            loss = (one(inputs) - targets).square().mean()
            loss.backward()
            return loss

        return closure

    for _ in range(20):
        LBFGS.step(ours, params, closure_of(made, ours))
        theirs.step(closure_of(reference, theirs))
        assert torch.equal(flat(made), flat(reference))


def test_lbfgs_finds_the_bottom_of_rosenbrocks_valley():
    point = nn.Parameter(torch.tensor([-1.5, 2.0], dtype=torch.float64))
    params = LBFGS.Params()
    optimizer = LBFGS.build(params, [point])

    def closure() -> Tensor:
        point.grad = None
        loss = (1 - point[0]) ** 2 + 100 * (point[1] - point[0] ** 2) ** 2
        loss.backward()
        return loss

    for _ in range(10):
        LBFGS.step(optimizer, params, closure)
    assert point.tolist() == pytest.approx([1, 1], abs=1e-4)
