"""Every scheme draws what PyTorch's function draws, from the generator it is given and no other."""

import math

import pytest
import torch
from layerlab.inits import REGISTRY
from layerlab.inits.base import Follows
from layerlab.registry import read_params
from torch import nn

SHAPES = [(300, 200), (40, 30, 5, 3)]


def fill(scheme, fields, shape, *, follows=None, seed=0):
    kind = REGISTRY.get(scheme)
    weight = torch.full(shape, math.nan)
    kind.fill(
        read_params(kind, fields),
        weight,
        follows=follows or Follows(),
        generator=torch.Generator().manual_seed(seed),
    )
    return weight


# scheme, fields, PyTorch's function and its arguments
CASES = [
    ("normal", {}, nn.init.normal_, {"std": 0.01}),
    ("normal", {"std": 0.5, "mean": 2}, nn.init.normal_, {"std": 0.5, "mean": 2.0}),
    ("xavier_uniform", {}, nn.init.xavier_uniform_, {}),
    ("xavier_uniform", {"gain": 1.5}, nn.init.xavier_uniform_, {"gain": 1.5}),
    ("xavier_normal", {}, nn.init.xavier_normal_, {}),
    ("glorot_normal", {"gain": 0.5}, nn.init.xavier_normal_, {"gain": 0.5}),
    ("glorot_uniform", {}, nn.init.xavier_uniform_, {}),
    ("kaiming_uniform", {}, nn.init.kaiming_uniform_, {"nonlinearity": "relu"}),
    ("kaiming_normal", {}, nn.init.kaiming_normal_, {"nonlinearity": "relu"}),
    ("he_uniform", {"mode": "fan_out"}, nn.init.kaiming_uniform_, {"mode": "fan_out", "nonlinearity": "relu"}),
    ("he_normal", {"nonlinearity": "tanh"}, nn.init.kaiming_normal_, {"nonlinearity": "tanh"}),
    (
        "kaiming_normal",
        {"nonlinearity": "leaky_relu", "a": 0.3},
        nn.init.kaiming_normal_,
        {"nonlinearity": "leaky_relu", "a": 0.3},
    ),
    ("kaiming_uniform", {"nonlinearity": "linear"}, nn.init.kaiming_uniform_, {"nonlinearity": "linear"}),
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("scheme", "fields", "function", "arguments"), CASES)
def test_equals_pytorch_bit_for_bit(scheme, fields, function, arguments, shape):
    expected = function(torch.empty(shape), **arguments, generator=torch.Generator().manual_seed(0))
    assert torch.equal(fill(scheme, fields, shape), expected)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("scheme", "variance"),
    [
        ("xavier_uniform", lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
        ("xavier_normal", lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
        ("kaiming_uniform", lambda fan_in, _: 2 / fan_in),
        ("kaiming_normal", lambda fan_in, _: 2 / fan_in),
        ("normal", lambda *_: 0.01**2),
    ],
)
def test_moments_are_those_of_the_paper(scheme, variance, shape):
    weight = fill(scheme, {}, shape)
    area = math.prod(shape[2:])
    expected = variance(shape[1] * area, shape[0] * area)
    count = weight.numel()
    assert abs(weight.mean().item()) < 5 * math.sqrt(expected / count)
    # The variance of n normal numbers has a relative deviation of √(2/n); uniform ones less.
    assert abs(weight.var().item() / expected - 1) < 5 * math.sqrt(2 / count)
    if scheme.endswith("uniform"):
        assert weight.abs().max().item() <= math.sqrt(3 * expected) * (1 + 1e-6)
        assert weight.abs().max().item() > math.sqrt(3 * expected) * 0.999


def test_zeros():
    assert torch.equal(fill("zeros", {}, (3, 4)), torch.zeros(3, 4))


@pytest.mark.parametrize(
    ("follows", "arguments"),
    [
        (Follows("tanh"), {"nonlinearity": "tanh"}),
        (Follows("sigmoid"), {"nonlinearity": "sigmoid"}),
        (Follows("linear"), {"nonlinearity": "linear"}),
        (Follows("leaky_relu", 0.2), {"nonlinearity": "leaky_relu", "a": 0.2}),
    ],
)
def test_auto_goes_by_the_activation_that_follows(follows, arguments):
    expected = nn.init.kaiming_normal_(torch.empty(9, 8), **arguments, generator=torch.Generator().manual_seed(0))
    assert torch.equal(fill("kaiming_normal", {}, (9, 8), follows=follows), expected)


@pytest.mark.parametrize("kind", [kind.kind for kind in REGISTRY])
def test_draws_from_the_given_generator_only(kind):
    before = torch.get_rng_state()
    first = fill(kind, {}, (5, 6), seed=1)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.equal(first, fill(kind, {}, (5, 6), seed=1))
    assert kind == "zeros" or not torch.equal(first, fill(kind, {}, (5, 6), seed=2))
