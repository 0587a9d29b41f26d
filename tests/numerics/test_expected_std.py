"""The spread that the check expects of each node, against what comes out at step 0, and the figures of the lectures."""

import math

import pytest
import torch
from layerlab.graph.check import check
from layerlab.graph.compile import compile_network
from layerlab.graph.moments import Moments, after
from layerlab_schemas.graph import CheckedData, InitSpec, NodeSpec

STANDARD = Moments(0.0, 1.0)


def facts(*shape: int, tokens: int | None = None) -> CheckedData:
    return CheckedData(
        dataset="made", title="Made", task="classification", input_kind="tabular", input_shape=list(shape),
        input_is_index=tokens is not None, num_tokens=tokens, output_shape=[10], num_train=100, num_validation=20,
    )  # fmt: skip


def both(specs, inputs, init, *, seed=0, tokens=None) -> list[tuple[str, float | None, float]]:
    """For each node its name, the expected and the measured standard deviation over samples and units."""
    nodes = [NodeSpec.model_validate(spec) for spec in specs]
    scheme = InitSpec.model_validate(init)
    moments = None if tokens else Moments(float(inputs.mean()), float(inputs.square().mean()))
    data = facts(*inputs.shape[1:], tokens=tokens)
    result, plan = check(
        nodes, data.model_copy(update={"output_shape": _end(nodes, data)}), init=scheme, inputs=moments
    )
    assert plan is not None, result.problems
    network = compile_network(plan, init=scheme, seed=seed)
    with torch.no_grad(), network.recording() as record:
        network(inputs)
    return [(node.id, node.expected_std, record.outputs[node.id].std().item()) for node in result.nodes]


def _end(nodes, data) -> list[int]:
    """What the last node gives, so that any net is a right one."""
    result, _ = check(nodes, data)
    return list(result.nodes[-1].output_shape or data.output_shape)


def normal(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def deep(activation: str) -> list[dict]:
    """Ten hidden layers of 500."""
    return [spec for _ in range(10) for spec in ({"kind": "linear", "out_features": 500}, {"kind": activation})]


# activation, scheme, figures of the lectures by layer (from 1)
LECTURES = [
    ("tanh", {"scheme": "normal", "std": 0.01}, {1: 0.214, 2: 0.048, 3: 0.011, 4: 0.0024, 10: 3e-7}),
    ("tanh", {"scheme": "normal", "std": 1.0}, {1: 0.98, 5: 0.98, 10: 0.98}),
    ("tanh", {"scheme": "xavier_normal"}, {1: 0.63, 2: 0.49, 3: 0.41, 4: 0.36, 10: 0.22}),
    ("tanh", {"scheme": "lecun_normal"}, {1: 0.63, 2: 0.49, 3: 0.41, 4: 0.36, 10: 0.22}),
    ("relu", {"scheme": "xavier_normal"}, {1: 0.58, 2: 0.42, 3: 0.29, 10: 0.025}),
    ("relu", {"scheme": "kaiming_normal"}, {1: 0.8, 4: 0.8, 7: 0.8, 10: 0.8}),
]


@pytest.mark.parametrize(("activation", "init", "figures"), LECTURES)
def test_deep_nets_of_the_lectures(activation, init, figures):
    """A net is one draw, and one of deep ReLU may be 20 % off the mean over all: the mean square of some is taken."""
    num_nets = 12 if activation == "relu" else 2
    draws = [both(deep(activation), normal(100, 500, seed=seed), init, seed=seed) for seed in range(num_nets)]
    for layer in range(1, 11):
        name, expected, _ = draws[0][2 * layer - 1]
        measured = math.sqrt(sum(rows[2 * layer - 1][2] ** 2 for rows in draws) / num_nets)
        assert expected == pytest.approx(measured, rel=0.01 + 0.005 * layer), name
        if layer in figures:
            assert expected == pytest.approx(figures[layer], rel=0.12), name


LAYERS = [
    {"kind": "linear", "out_features": 400},
    {"id": "y", "kind": "relu"},
    {"id": "z", "kind": "linear", "out_features": 300},
]
SHAPED = [
    ("relu", {}), ("leaky_relu", {"negative_slope": 0.3}), ("tanh", {}), ("sigmoid", {}), ("gelu", {}),
]  # fmt: skip
SCHEMES = [
    {"scheme": "kaiming_uniform"},
    {"scheme": "xavier_uniform", "gain": 1.5},
    {"scheme": "lecun_normal", "mode": "fan_out"},
    {"scheme": "orthogonal", "gain": 1.2},
    {"scheme": "dcgan"},
    {"scheme": "sparse", "sparsity": 0.7, "std": 0.2},
    {"scheme": "uniform", "a": -0.1, "b": 0.1},
]


def all_agree(found, *, rel: float = 0.04) -> None:
    assert found
    for name, expected, measured in found:
        assert expected == pytest.approx(measured, rel=rel), name


@pytest.mark.parametrize(("kind", "fields"), SHAPED)
@pytest.mark.parametrize("init", [{"scheme": "kaiming_normal"}, {"scheme": "normal", "std": 0.2}])
def test_activations(kind, fields, init):
    specs = [LAYERS[0], {"kind": kind, **fields}, LAYERS[2]]
    all_agree(both(specs, normal(2000, 300), init))


@pytest.mark.parametrize("init", SCHEMES)
def test_schemes(init):
    all_agree(both(LAYERS, normal(2000, 300), init))


def test_inputs_that_are_not_standard():
    all_agree(both(LAYERS, 1 + 0.5 * normal(2000, 300), {"scheme": "kaiming_normal"}), rel=0.1)


def test_dropout_norms_and_joins():
    specs = [
        {"id": "a", "kind": "linear", "out_features": 400},
        {"id": "r", "kind": "relu"},
        {"id": "d", "kind": "dropout", "p": 0.4},
        {"id": "b", "kind": "linear", "out_features": 400},
        {"id": "sum", "kind": "add", "inputs": ["b", "d"]},
        {"id": "both", "kind": "concat", "inputs": ["r", "sum"]},
        {"id": "c", "kind": "linear", "out_features": 300},
        {"id": "norm", "kind": "layer_norm"},
        {"id": "t", "kind": "tanh"},
    ]
    all_agree(both(specs, normal(2000, 300), {"scheme": "xavier_normal", "gain": 1.6}))


@pytest.mark.parametrize(
    "fields",
    [
        {"kernel_size": 3},
        {"kernel_size": 5, "padding": 2},
        {"kernel_size": [3, 5], "padding": [1, 0], "stride": 2, "groups": 4},
        {"kernel_size": 3, "padding": "same", "dilation": 3},
    ],
)
def test_convolutions_with_their_padding(fields):
    """At 12×12 the padding takes a share of the variance that would be missed if it were left out."""
    specs = [
        {"id": "conv", "kind": "conv2d", "out_channels": 256, **fields},
        {"id": "norm", "kind": "batch_norm"},
        {"id": "relu", "kind": "relu"},
    ]
    all_agree(both(specs, normal(60, 16, 12, 12), {"scheme": "kaiming_normal"}))


def test_tokens_looked_up():
    tokens = torch.randint(0, 50, (400, 12), generator=torch.Generator().manual_seed(0))
    specs = [{"id": "e", "kind": "embedding", "embedding_dim": 200}, {"id": "l", "kind": "linear", "out_features": 300}]
    all_agree(both(specs, tokens, {"scheme": "kaiming_normal"}, tokens=50))
    all_agree(both(specs, tokens, {"scheme": "normal", "std": 0.3}, tokens=50))


def test_where_there_is_no_honest_rule_nothing_is_said_until_the_next_norm():
    specs = [
        {"id": "conv", "kind": "conv2d", "out_channels": 32, "kernel_size": 3},
        {"id": "pool", "kind": "max_pool2d", "kernel_size": 2},
        {"id": "conv2", "kind": "conv2d", "out_channels": 64, "kernel_size": 3},
        {"id": "lost", "kind": "relu"},
        {"id": "norm", "kind": "batch_norm", "inputs": ["conv2"]},
        {"id": "relu", "kind": "relu"},
        {"id": "sum", "kind": "add", "inputs": ["lost", "relu"]},
        {"id": "flat", "kind": "flatten"},
        {"id": "end", "kind": "linear", "out_features": 10, "inputs": ["flat"]},
    ]
    found = {name: expected for name, expected, _ in both(specs, normal(50, 8, 16, 16), {"scheme": "kaiming_normal"})}
    known = {name for name, expected in found.items() if expected is not None}
    assert known == {"conv", "norm", "relu"}
    assert found["norm"] == pytest.approx(1, abs=1e-4)


def test_a_sum_of_a_node_with_itself_and_weights_of_another_mean_have_no_rule():
    twice = [{"id": "a", "kind": "linear", "out_features": 50}, {"id": "s", "kind": "add", "inputs": ["a", "a"]}]
    found = both(twice, normal(50, 40), {"scheme": "kaiming_normal"})
    assert [expected is None for _, expected, _ in found] == [False, True]
    assert both(twice, normal(50, 40), {"scheme": "constant", "val": 0.1})[0][1] is None


def test_zero_weights_give_zeros():
    found = both(deep("tanh")[:4], normal(20, 30), {"scheme": "zeros"})
    assert [(expected, measured) for _, expected, measured in found] == [(0, 0)] * 4


def test_an_activation_of_the_data_itself_has_no_rule():
    """Nobody knows how the data are distributed."""
    assert (
        both([{"kind": "tanh"}, {"kind": "linear", "out_features": 9}], normal(20, 30), {"scheme": "zeros"})[0][1]
        is None
    )


def test_closed_forms():
    for std in (0.5, 1.0, 20.0):
        relu = after(torch.relu, Moments(0.0, std**2, is_normal=True))
        assert relu.mean == pytest.approx(std / math.sqrt(2 * math.pi), rel=1e-4)
        assert relu.square == pytest.approx(std**2 / 2, rel=1e-6)
    gelu = after(torch.nn.GELU(), Moments(0.0, 1.0, is_normal=True))
    assert gelu.mean == pytest.approx(1 / (2 * math.sqrt(math.pi)), rel=1e-6)


def test_a_run_is_told_what_its_data_give():
    from layerlab.training.assemble import assemble
    from layerlab_schemas.run import RunSpec

    body = {
        "data": {"dataset": "digits"},
        "graph": [{"kind": "flatten"}, LAYERS[0], LAYERS[1], {"kind": "linear", "out_features": 10}],
    }
    assembly = assemble(RunSpec.model_validate(body))
    expected = {node.id: node.expected_std for node in assembly.check.nodes}
    with torch.no_grad(), assembly.network.recording() as record:
        assembly.network(assembly.data.train_inputs)
    assert expected["flatten_1"] == pytest.approx(assembly.data.train_inputs.std(unbiased=False).item(), rel=1e-4)
    assert expected["linear_1"] == pytest.approx(record.outputs["linear_1"].std().item(), rel=0.1)
