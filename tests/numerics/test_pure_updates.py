"""Updates as pure functions against torch.optim over 20 steps, and batched by vmap, each variant with its own rate."""

import pytest
import torch
from layerlab import optimizers
from layerlab.optimizers.functional import numbers_of, update, update_together
from torch import nn

NUM_STEPS = 20
COUPLED = {"weight_decay": 0.1}
DECOUPLED = {"weight_decay": 0.1, "decoupled_weight_decay": True}
CASES = [
    ("sgd", {"lr": 0.1, "momentum": 0.0}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, **COUPLED}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "nesterov": True, **DECOUPLED}),
    ("adam", {"lr": 0.01}),
    ("adam", {"lr": 0.01, "betas": [0.8, 0.95], "eps": 1e-3, "amsgrad": True, **COUPLED}),
    ("adam", {"lr": 0.01, **DECOUPLED}),
    ("adamw", {"lr": 0.01, "betas": [0.5, 0.9], "weight_decay": 0.3, "amsgrad": True}),
    ("adamw", {"lr": 0.01, "weight_decay": 0.0}),
    ("nadam", {"lr": 0.01}),
    ("nadam", {"lr": 0.01, "betas": [0.8, 0.95], "eps": 1e-3, "momentum_decay": 0.1, **COUPLED}),
    ("nadam", {"lr": 0.01, **DECOUPLED}),
    ("rmsprop", {"lr": 0.01}),
    ("rmsprop", {"lr": 0.01, "alpha": 0.9, "eps": 1e-3, "momentum": 0.9, "centered": True, **COUPLED}),
    ("rmsprop", {"lr": 0.01, "momentum": 0.5, **DECOUPLED}),
    ("adagrad", {"lr": 0.1}),
    ("adagrad", {"lr": 0.1, "lr_decay": 0.1, "eps": 1e-3, "initial_accumulator_value": 0.5, **COUPLED}),
    ("adagrad", {"lr": 0.1, **DECOUPLED}),
    ("adadelta", {}),
    ("adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-4, **COUPLED}),
    ("adadelta", {"lr": 0.5, **DECOUPLED}),
]


def rates(lr: float) -> list[float]:
    """As a schedule gives them."""
    return [lr * (1 - step / 40) for step in range(NUM_STEPS)]


def gradients() -> list[list[torch.Tensor]]:
    draw = torch.Generator().manual_seed(1)
    return [[torch.randn(shape, generator=draw) for shape in ((3, 5), (3,))] for _ in range(NUM_STEPS)]


def start() -> list[torch.Tensor]:
    draw = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=draw) for shape in ((3, 5), (3,))]


def by_torch(kind, params):
    weights = [nn.Parameter(weight) for weight in start()]
    optimizer = kind.build(params, weights)
    for rate, found in zip(rates(params.lr), gradients(), strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate
        for weight, gradient in zip(weights, found, strict=True):
            weight.grad = gradient.clone()
        kind.step(optimizer, params, lambda: 0.0)
    return weights, [optimizer.state[weight] for weight in weights]


def numbers_at(params, rate: float):
    return numbers_of(params) | {"lr": torch.tensor(rate, dtype=torch.float64)}


@pytest.mark.parametrize(("name", "fields"), CASES)
def test_same_weights_and_memory_as_torch(name, fields):
    kind = optimizers.REGISTRY.get(name)
    params = kind.Params.model_validate(fields)
    expected, expected_kept = by_torch(kind, params)
    weights, kept = start(), [{}, {}]
    for rate, found in zip(rates(params.lr), gradients(), strict=True):
        weights, kept = update(kind, params, numbers_at(params, rate), weights, found, kept)
    for mine, theirs in zip(weights, expected, strict=True):
        assert mine.dtype == torch.float32
        torch.testing.assert_close(mine, theirs.detach(), rtol=2e-5, atol=2e-6)
    for mine, theirs in zip(kept, expected_kept, strict=True):
        wanted = {key: value for key, value in theirs.items() if value is not None}
        assert mine.keys() == wanted.keys()
        for key, value in wanted.items():
            torch.testing.assert_close(mine[key], value, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "fields"), CASES)
def test_in_one_row_the_same_bits(name, fields):
    kind = optimizers.REGISTRY.get(name)
    params = kind.Params.model_validate(fields)
    each, row = (start(), [{}, {}]), (start(), [{}, {}])
    for rate, found in zip(rates(params.lr), gradients(), strict=True):
        each = update(kind, params, numbers_at(params, rate), each[0], found, each[1])
        row = update_together(kind, params, numbers_at(params, rate), row[0], found, row[1])
    for expected, got in zip((*each[0], *_values(each[1])), (*row[0], *_values(row[1])), strict=True):
        assert torch.equal(expected, got)


def _values(kept: list[dict[str, torch.Tensor]]) -> list[torch.Tensor]:
    return [one[name] for one in kept for name in sorted(one)]


@pytest.mark.parametrize(("name", "fields"), CASES)
def test_batched_variants_with_rates_of_their_own(name, fields):
    kind = optimizers.REGISTRY.get(name)
    params = kind.Params.model_validate(fields)
    alone = []
    for factor in (1.0, 0.5, 0.1):
        weights, kept = start(), [{}, {}]
        for rate, found in zip(rates(params.lr * factor), gradients(), strict=True):
            weights, kept = update(kind, params, numbers_at(params, rate), weights, found, kept)
        alone.append(weights)

    def step(numbers, weights, found, kept):
        return update(kind, params, numbers, weights, found, kept)

    weights, kept = [weight.expand(3, *weight.shape) for weight in start()], [{}, {}]
    factors = torch.tensor([1.0, 0.5, 0.1], dtype=torch.float64)
    for rate, found in zip(rates(params.lr), gradients(), strict=True):
        numbers = {key: value.expand(3, *value.shape) for key, value in numbers_of(params).items()}
        numbers["lr"] = rate * factors
        weights, kept = torch.vmap(step, in_dims=(0, 0, None, 0))(numbers, weights, found, kept)
    for variant, expected in enumerate(alone):
        for mine, theirs in zip(weights, expected, strict=True):
            torch.testing.assert_close(mine[variant], theirs, rtol=1e-5, atol=1e-6)


def test_a_number_is_a_term_only_where_params_have_it():
    """What a batch of variants relies on: a momentum of 0 among the numbers steps as no momentum at all."""
    kind = optimizers.REGISTRY.get("sgd")
    with_momentum, without = kind.Params(lr=0.1, momentum=0.9), kind.Params(lr=0.1, momentum=0.0)
    results = []
    for params in (with_momentum, without):
        weights, kept = start(), [{}, {}]
        for found in gradients():
            weights, kept = update(kind, params, numbers_of(without), weights, found, kept)
        results.append(weights)
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other)


def test_those_that_look_again_or_take_all_samples_have_none():
    assert {kind.kind for kind in optimizers.REGISTRY if not kind.is_pure} == {"gd", "lbfgs", "muon"}
    kind = optimizers.REGISTRY.get("lbfgs")
    with pytest.raises(NotImplementedError, match="lbfgs"):
        update(kind, kind.Params(), {}, start(), gradients()[0], [{}, {}])
