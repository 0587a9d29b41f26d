"""Schedules against torch.optim.lr_scheduler, update by update."""

import math
import warnings
from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from layerlab import schedules
from layerlab.schedules.base import Moment
from torch import nn
from torch.optim import lr_scheduler
from torch.optim.lr_scheduler import LRScheduler

LR, NUM_STEPS, PER_EPOCH = 0.2, 60, 4


def ours(kind: str, fields: dict, *, num_steps: int = NUM_STEPS, lr: float = LR) -> list[float]:
    """The rate of each update of a run with four steps an epoch."""
    found = schedules.REGISTRY.get(kind)
    params = found.Params.model_validate(fields)
    moments = [
        Moment(step=step, epoch=step // PER_EPOCH, num_steps=num_steps, steps_per_epoch=PER_EPOCH)
        for step in range(num_steps)
    ]
    return [found.rate(params, lr, moment) for moment in moments]


def theirs(make: Callable[[torch.optim.Optimizer], LRScheduler], *, every: int = 1) -> list[float]:
    """The same by PyTorch, whose scheduler moves after every ``every``-th update."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=LR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of a chained scheduler, about its own use of ``epoch``
        scheduler, rates = make(optimizer), []
        for step in range(NUM_STEPS):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if (step + 1) % every == 0:
                scheduler.step()
    return rates


CASES = [
    ("constant", {}, lambda o: lr_scheduler.ConstantLR(o, factor=1.0), 1),
    ("step", {"step_size": 3, "gamma": 0.4}, lambda o: lr_scheduler.StepLR(o, 3, 0.4), PER_EPOCH),
    ("exponential", {"gamma": 0.8}, lambda o: lr_scheduler.ExponentialLR(o, 0.8), PER_EPOCH),
    ("cosine", {}, lambda o: lr_scheduler.CosineAnnealingLR(o, NUM_STEPS), 1),
    ("cosine", {"T_max": 15, "eta_min": 0.01}, lambda o: lr_scheduler.CosineAnnealingLR(o, 60, 0.01), 1),
    ("linear", {}, lambda o: lr_scheduler.LinearLR(o, 1.0, 0.0, NUM_STEPS), 1),
    (
        "linear",
        {"start_factor": 0.3, "end_factor": 0.9, "total_iters": 25},
        lambda o: lr_scheduler.LinearLR(o, 0.3, 0.9, 25),
        1,
    ),
    ("warmup", {"start_factor": 0.1, "total_iters": 20}, lambda o: lr_scheduler.LinearLR(o, 0.1, 1.0, 20), 1),
    ("warmup", {}, lambda o: lr_scheduler.LinearLR(o, 0.01, 1.0, NUM_STEPS // 10), 1),
    ("one_cycle", {}, lambda o: lr_scheduler.OneCycleLR(o, LR, NUM_STEPS, cycle_momentum=False), 1),
    (
        "one_cycle",
        {"pct_start": 0.4, "anneal_strategy": "linear", "div_factor": 10.0, "final_div_factor": 100.0},
        lambda o: lr_scheduler.OneCycleLR(
            o, LR, NUM_STEPS, pct_start=0.4, anneal_strategy="linear", div_factor=10.0, final_div_factor=100.0,
            cycle_momentum=False,
        ),
        1,
    ),
    (
        "one_cycle",
        {"three_phase": True, "pct_start": 0.35},
        lambda o: lr_scheduler.OneCycleLR(
            o, LR, NUM_STEPS, pct_start=0.35, three_phase=True, cycle_momentum=False
        ),
        1,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "make", "every"), CASES)
def test_equal_to_torch(kind, fields, make, every):
    assert ours(kind, fields) == pytest.approx(theirs(make, every=every)[:NUM_STEPS], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "fields", [{"T_0": 2, "T_mult": 1}, {"T_0": 3, "T_mult": 2, "eta_min": 0.01}, {"T_0": 1, "T_mult": 3}]
)
def test_restarts_are_torchs_with_a_part_of_an_epoch_at_each_step(fields):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=LR)
    scheduler = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, **fields)
    expected = []
    for step in range(NUM_STEPS):
        scheduler.step(step / PER_EPOCH)
        expected.append(optimizer.param_groups[0]["lr"])
    assert ours("cosine_restarts", fields) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    "kind", [kind.kind for kind in schedules.REGISTRY if "warmup_steps" in kind.Params.model_fields]
)
def test_any_schedule_with_a_warm_up_is_torchs_chain_of_both(kind):
    plain = ours(kind, {})
    line = theirs(lambda o: lr_scheduler.LinearLR(o, 1 / 9, 1.0, 8))
    expected = [rate * factor / LR for rate, factor in zip(plain, line, strict=True)]
    found = ours(kind, {"warmup_steps": 8})
    assert found == pytest.approx(expected, rel=1e-9)
    assert found[:8] != pytest.approx(plain[:8])
    assert found[8:] == plain[8:]


def test_a_chain_by_torch_itself():
    def chain(optimizer: torch.optim.Optimizer) -> LRScheduler:
        first = lr_scheduler.LinearLR(optimizer, 1 / 11, 1.0, 10)
        return lr_scheduler.ChainedScheduler([first, lr_scheduler.CosineAnnealingLR(optimizer, NUM_STEPS)])

    assert ours("cosine", {"warmup_steps": 10}) == pytest.approx(theirs(chain), rel=1e-6, abs=1e-9)


def losses_with_stalls() -> list[float]:
    generator = torch.Generator().manual_seed(0)
    noise = torch.rand(60, generator=generator).tolist()
    return [max(1.0, 3.0 - 0.1 * step) + 0.05 * noise[step] for step in range(60)]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"factor": 0.5, "patience": 2},
        {"factor": 0.5, "patience": 1, "threshold": 0.02, "threshold_mode": "abs", "cooldown": 3, "min_lr": 0.01},
        {"factor": 0.3, "patience": 0, "threshold": 0.05},
        {"factor": 0.9, "patience": 0, "min_lr": 0.15},
    ],
)
def test_reduce_on_plateau_is_torchs(fields):
    found = schedules.REGISTRY.get("reduce_on_plateau")
    params = found.Params.model_validate(fields)
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=LR)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **{"patience": 5} | fields)
    memory, rates = {}, []
    for step, loss in enumerate(losses_with_stalls()):
        memory = found.remember(params, memory, loss=loss, lr=LR)
        scheduler.step(loss)
        rates.append(
            found.rate(params, LR, Moment(step=step, epoch=step, num_steps=60, steps_per_epoch=1, memory=memory))
        )
        assert rates[-1] == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9)
    assert rates[-1] < LR


def test_a_loss_that_is_no_number_is_no_better():
    found = schedules.REGISTRY.get("reduce_on_plateau")
    memory = found.remember(found.Params(), {}, loss=math.nan, lr=LR)
    assert (memory["best"], memory["waited"]) == (None, 1)


def test_the_range_test_rises_evenly_on_a_logarithmic_axis_whatever_the_rate():
    rates = ours("range_test", {"min_lr": 1e-4, "max_lr": 1.0}, num_steps=41)
    assert rates[0] == pytest.approx(1e-4)
    assert rates[-1] == pytest.approx(1.0)
    steps = [math.log10(after / before) for before, after in pairwise(rates)]
    assert steps == pytest.approx([0.1] * 40)
    assert ours("range_test", {"min_lr": 1e-4, "max_lr": 1.0}, num_steps=41, lr=5.0) == rates
    shorter = ours("range_test", {"min_lr": 1e-4, "max_lr": 1.0, "num_steps": 21}, num_steps=41)
    assert shorter[20:] == pytest.approx([1.0] * 21)


@pytest.mark.parametrize("kind", [kind.kind for kind in schedules.REGISTRY])
@pytest.mark.parametrize("num_steps", [1, 2, 3])
def test_the_shortest_runs_have_a_rate(kind, num_steps):
    rates = ours(kind, {}, num_steps=num_steps)
    assert all(math.isfinite(rate) and rate >= 0 for rate in rates)
