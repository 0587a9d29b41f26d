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


def theory(scheme, fields, shape, *, follows=None):
    kind = REGISTRY.get(scheme)
    return kind.variance(read_params(kind, fields), shape, follows or Follows())


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
    ("zeros", {}, nn.init.constant_, {"val": 0.0}),
    ("constant", {"val": 0.3}, nn.init.constant_, {"val": 0.3}),
    ("uniform", {"a": -0.2, "b": 0.4}, nn.init.uniform_, {"a": -0.2, "b": 0.4}),
    ("lecun_normal", {}, nn.init.kaiming_normal_, {"nonlinearity": "linear"}),
    ("lecun_normal", {"mode": "fan_out"}, nn.init.kaiming_normal_, {"nonlinearity": "linear", "mode": "fan_out"}),
    ("orthogonal", {}, nn.init.orthogonal_, {}),
    ("orthogonal", {"gain": 1.5}, nn.init.orthogonal_, {"gain": 1.5}),
    ("dcgan", {}, nn.init.normal_, {"std": 0.02}),
]
#: PyTorch's functions that take no generator.
DRAWS_NOTHING = (nn.init.constant_,)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("scheme", "fields", "function", "arguments"), CASES)
def test_equals_pytorch_bit_for_bit(scheme, fields, function, arguments, shape):
    draws = {} if function in DRAWS_NOTHING else {"generator": torch.Generator().manual_seed(0)}
    expected = function(torch.empty(shape), **arguments, **draws)
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
        ("uniform", lambda *_: 0.1**2 / 12),
        ("lecun_normal", lambda fan_in, _: 1 / fan_in),
        ("orthogonal", lambda fan_in, fan_out: 1 / max(fan_in, fan_out)),
        ("dcgan", lambda *_: 0.02**2),
        ("sparse", lambda *_: 0.1**2 * 0.1),
    ],
)
def test_moments_are_those_of_the_paper(scheme, variance, shape):
    weight = fill(scheme, {}, shape)
    area = math.prod(shape[2:])
    if scheme == "orthogonal":
        shape = (shape[0], shape[1] * area)
        area = 1
    expected = variance(shape[1] * area, shape[0] * area)
    count = weight.numel()
    assert abs(weight.mean().item()) < 5 * math.sqrt(expected / count)
    # The variance of n normal numbers has a relative deviation of √(2/n); uniform ones less.
    assert abs(weight.var().item() / expected - 1) < 5 * math.sqrt(2 / count)
    assert theory(scheme, {}, shape) == pytest.approx(expected)
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
    assert kind in ("zeros", "constant") or not torch.equal(first, fill(kind, {}, (5, 6), seed=2))


VARIANTS = [
    ("normal", {"std": 0.3}, None),
    ("uniform", {"a": -0.3, "b": 0.3}, None),
    ("xavier_normal", {"gain": 1.7}, None),
    ("xavier_uniform", {"gain": 0.5}, None),
    ("kaiming_normal", {"mode": "fan_out"}, None),
    ("kaiming_normal", {}, Follows("tanh")),
    ("kaiming_uniform", {}, Follows("leaky_relu", 0.3)),
    ("kaiming_uniform", {"nonlinearity": "selu"}, None),
    ("lecun_normal", {"mode": "fan_out"}, None),
    ("orthogonal", {"gain": 2.0}, None),
    ("dcgan", {"std": 0.1}, None),
    ("sparse", {"sparsity": 0.55, "std": 2.0}, None),
    ("zeros", {}, None),
]


@pytest.mark.parametrize("shape", [*SHAPES, (30, 400)])
@pytest.mark.parametrize(("scheme", "fields", "follows"), VARIANTS)
def test_the_variance_told_is_that_of_the_numbers_drawn(scheme, fields, follows, shape):
    """Far less noise than a wrong fan, gain or mode would make a difference."""
    weight = fill(scheme, fields, shape, follows=follows).double()
    expected = theory(scheme, fields, shape, follows=follows)
    assert weight.square().mean().item() == pytest.approx(expected, rel=6 * math.sqrt(2 / weight.numel()) * 1.5)


@pytest.mark.parametrize(
    ("scheme", "fields"), [("constant", {}), ("normal", {"mean": 0.1}), ("uniform", {"a": 0.0, "b": 1.0})]
)
def test_a_mean_that_is_not_0_has_no_rule(scheme, fields):
    assert theory(scheme, fields, (3, 4)) is None
    assert theory("constant", {"val": 0.0}, (3, 4)) == 0


@pytest.mark.parametrize("shape", [(20, 50), (50, 20), (30, 30), (16, 4, 3, 3), (64, 4, 3, 3)])
@pytest.mark.parametrize("gain", [1.0, 1.5])
def test_orthogonal_rows_or_columns(shape, gain):
    """W Wᵀ = g² I, or Wᵀ W = g² I for a tall matrix."""
    matrix = fill("orthogonal", {"gain": gain}, shape).flatten(1)
    product = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    torch.testing.assert_close(product, gain**2 * torch.eye(len(product)), rtol=0, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("sparsity", [0.0, 0.1, 0.77])
def test_sparse_leaves_out_the_same_number_of_units_for_each_input(shape, sparsity):
    matrix = fill("sparse", {"sparsity": sparsity, "std": 1.0}, shape).flatten(1)
    zeros = (matrix == 0).sum(0)
    assert set(zeros.tolist()) == {math.ceil(sparsity * shape[0])}
    left = matrix[matrix != 0]
    assert left.mean().abs() < 5 / math.sqrt(left.numel())
    assert left.std().item() == pytest.approx(1, abs=5 / math.sqrt(2 * left.numel()))
    assert sparsity == 0 or len({tuple(column) for column in (matrix == 0).T.tolist()}) > matrix.shape[1] // 2


def test_sparse_is_as_pytorchs():
    """Other draws, the same shape: as many zeros in each column of [out, in]."""
    theirs = nn.init.sparse_(torch.empty(30, 20), sparsity=0.33, generator=torch.Generator().manual_seed(0))
    ours = fill("sparse", {"sparsity": 0.33}, (30, 20))
    assert torch.equal((theirs == 0).sum(0), (ours == 0).sum(0))


def test_dcgan_spreads_the_scales_of_norms_and_no_other_scheme_does():
    from layerlab.training.assemble import assemble
    from layerlab_schemas.run import RunSpec

    def network(init):
        graph = [
            {"id": "conv", "kind": "conv2d", "out_channels": 400, "kernel_size": 1},
            {"id": "norm", "kind": "batch_norm"},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 10},
        ]
        body = {"data": {"dataset": "digits", "subset": 20}, "graph": graph, "init": init}
        return assemble(RunSpec.model_validate(body)).network

    norm = network({"scheme": "dcgan"}).layers["norm"]
    assert norm.weight.mean().item() == pytest.approx(1, abs=0.005)
    assert norm.weight.std().item() == pytest.approx(0.02, rel=0.2)
    assert torch.equal(norm.weight, network({"scheme": "dcgan"}).layers["norm"].weight)
    assert torch.equal(norm.bias, torch.zeros(400))
    assert torch.equal(norm.running_var, torch.ones(400))
    assert network({"scheme": "dcgan"}).layers["conv"].weight.std().item() == pytest.approx(0.02, rel=0.2)
    for scheme in REGISTRY:
        if scheme.kind != "dcgan":
            assert torch.equal(network({"scheme": scheme.kind}).layers["norm"].weight, torch.ones(400)), scheme.kind
