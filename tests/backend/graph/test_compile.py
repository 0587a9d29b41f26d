"""How a network starts: each scheme on each layer, the gain by what follows, one draw for each name."""

import math

import pytest
import torch
from layerlab import inits
from layerlab.graph.check import check
from layerlab.graph.compile import compile_network, following
from layerlab.seeding import generator
from layerlab_schemas.graph import InitSpec
from torch import nn

from tests.backend.graph.building import LENET, facts, network, nodes

TOKENS = facts((6,), output=2, input_is_index=True, num_tokens=500, input_kind="sequence")


def drawn(seed, node, parameter, shape, **arguments):
    draws = generator(seed, f"init.{node}.{parameter}")
    return nn.init.kaiming_normal_(torch.empty(shape), **arguments, generator=draws)


def test_weights_are_pytorch_s_own_of_a_named_generator():
    net = network(LENET, facts((1, 28, 28)), seed=7)
    for node in ("conv1", "conv2", "fc1", "logits"):
        weight = net.layers[node].weight
        assert torch.equal(weight, drawn(7, node, "weight", weight.shape, nonlinearity="relu")), node
        assert torch.equal(net.layers[node].bias, torch.zeros_like(net.layers[node].bias))


def test_one_seed_one_start():
    first, same, other = (network(LENET, facts((1, 28, 28)), seed=seed) for seed in (1, 1, 2))
    for name, value in first.state_dict().items():
        assert torch.equal(value, same.state_dict()[name])
        assert name.endswith("bias") or not torch.equal(value, other.state_dict()[name])


def test_a_layer_more_leaves_the_others_as_they_were():
    small = network([LENET[0], *LENET[-4:]], facts((1, 8, 8)))
    assert torch.equal(small.layers["conv1"].weight, network([*LENET], facts((1, 8, 8))).layers["conv1"].weight)


def test_no_global_randomness_is_drawn():
    before = torch.get_rng_state()
    network(LENET, facts((1, 28, 28)))(torch.zeros(2, 1, 28, 28))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("scheme", [kind.kind for kind in inits.REGISTRY])
def test_every_scheme_fills_every_weight(scheme):
    specs = [
        {"kind": "conv2d", "out_channels": 4, "kernel_size": 3},
        {"kind": "batch_norm"},
        {"kind": "flatten"},
        {"kind": "linear", "out_features": 10},
    ]
    net = network(specs, facts((1, 8, 8)), scheme=scheme)
    for name, value in net.state_dict().items():
        assert torch.isfinite(value).all(), name
        if "batch_norm" in name:
            continue
        assert name.endswith("bias") == (value == 0).all() or scheme == "zeros", name
    started = dict(net.layers["batch_norm_1"].state_dict())
    expected = {"weight": 1, "bias": 0, "running_mean": 0, "running_var": 1, "num_batches_tracked": 0}
    if scheme == "dcgan":
        assert (started.pop("weight") - expected.pop("weight")).abs().max() < 0.1
    assert {name: value.unique().item() for name, value in started.items()} == expected


@pytest.mark.parametrize("kind", ["layer_norm", "group_norm", "instance_norm"])
def test_norms_start_as_the_identity_of_their_shape(kind):
    specs = [{"kind": kind, **({"affine": True} if kind == "instance_norm" else {})}, {"kind": "flatten"}]
    norm = network([*specs, {"kind": "linear", "out_features": 10}], facts((4, 5, 5))).layers[f"{kind}_1"]
    assert torch.equal(norm.weight, torch.ones_like(norm.weight))
    assert torch.equal(norm.bias, torch.zeros_like(norm.bias))


def test_a_node_s_own_scheme_comes_first():
    specs = [
        {"id": "a", "kind": "linear", "out_features": 400, "init": {"scheme": "normal", "std": 0.5}},
        {"id": "b", "kind": "linear", "out_features": 10, "init": {"scheme": "zeros"}},
    ]
    net = network(specs, facts((300,)), scheme="xavier_uniform")
    assert abs(net.layers["a"].weight.std().item() - 0.5) < 0.005
    assert torch.equal(net.layers["b"].weight, torch.zeros(10, 400))


class TestRecurrent:
    @pytest.mark.parametrize(("kind", "gates"), [("rnn", 1), ("lstm", 4), ("gru", 3)])
    def test_each_gate_is_a_matrix_of_its_own(self, kind, gates):
        specs = [{"kind": kind, "hidden_size": 60, "num_layers": 2}, {"kind": "linear", "out_features": 10}]
        cell = network(specs, facts((5, 40)), scheme="xavier_uniform").layers[f"{kind}_1"]
        for name, width in (("weight_ih_l0", 40), ("weight_hh_l0", 60), ("weight_ih_l1", 60)):
            draws = generator(0, f"init.{kind}_1.{name}")
            blocks = [nn.init.xavier_uniform_(torch.empty(60, width), generator=draws) for _ in range(gates)]
            assert torch.equal(getattr(cell, name), torch.cat(blocks))
        assert torch.equal(cell.bias_ih_l0, torch.zeros(60 * gates))
        assert torch.equal(cell.bias_hh_l1, torch.zeros(60 * gates))

    def test_an_automatic_gain_is_1(self):
        specs = [{"kind": "lstm", "hidden_size": 100}, {"kind": "relu"}, {"kind": "linear", "out_features": 10}]
        cell = network(specs, facts((5, 40))).layers["lstm_1"]
        assert abs(cell.weight_hh_l0.std().item() * math.sqrt(100) - 1) < 0.02


class TestEmbedding:
    SPECS = [{"kind": "embedding", "embedding_dim": 40}, {"kind": "flatten"}, {"kind": "linear", "out_features": 2}]

    @pytest.mark.parametrize("scheme", ["kaiming_normal", "xavier_uniform"])
    def test_schemes_by_fans_leave_it_at_1(self, scheme):
        weight = network(self.SPECS, TOKENS, scheme=scheme).layers["embedding_1"].weight
        assert weight.shape == (500, 40)
        assert abs(weight.std().item() - 1) < 0.03

    def test_schemes_without_fans_fill_it(self):
        weight = network(self.SPECS, TOKENS, scheme="zeros").layers["embedding_1"].weight
        assert torch.equal(weight, torch.zeros(500, 40))
        weight = network(self.SPECS, TOKENS, scheme="normal", std=0.2).layers["embedding_1"].weight
        assert abs(weight.std().item() - 0.2) < 0.006

    def test_its_own_scheme_fills_it(self):
        specs = [{**self.SPECS[0], "init": {"scheme": "xavier_uniform"}}, *self.SPECS[1:]]
        weight = network(specs, TOKENS).layers["embedding_1"].weight
        assert weight.abs().max().item() <= math.sqrt(6 / 540)


class TestFollowing:
    def gain(self, *after):
        specs = [{"id": "here", "kind": "conv2d", "out_channels": 6, "kernel_size": 3}, *after]
        _, plan = check(nodes(*specs, {"kind": "flatten"}, {"kind": "linear", "out_features": 10}), facts((1, 8, 8)))
        assert plan is not None
        found = following(plan, plan.by_id["here"])
        return found.nonlinearity, found.slope

    def test_the_next_activation_counts(self):
        assert self.gain({"kind": "tanh"}) == ("tanh", 0.0)
        assert self.gain({"kind": "sigmoid"}) == ("sigmoid", 0.0)
        assert self.gain({"kind": "leaky_relu", "negative_slope": 0.2}) == ("leaky_relu", 0.2)
        assert self.gain({"kind": "gelu"}) == ("relu", 0.0)

    def test_what_only_passes_on_is_passed(self):
        assert self.gain({"kind": "batch_norm"}, {"kind": "dropout"}, {"kind": "tanh"}) == ("tanh", 0.0)

    def test_joins_are_passed(self):
        join = {"kind": "add", "inputs": ["here", "here"]}
        assert self.gain(join, {"kind": "tanh"}) == ("tanh", 0.0)

    def test_other_weights_end_the_search(self):
        assert self.gain({"kind": "conv2d", "out_channels": 2, "kernel_size": 1}, {"kind": "tanh"}) == ("relu", 0.0)

    def test_nothing_counts_as_relu(self):
        assert self.gain() == ("relu", 0.0)

    def test_the_weights_have_that_gain(self):
        specs = [{"id": "a", "kind": "linear", "out_features": 300}, {"kind": "tanh"}]
        net = network([*specs, {"kind": "linear", "out_features": 10}], facts((300,)))
        assert torch.equal(net.layers["a"].weight, drawn(0, "a", "weight", (300, 300), nonlinearity="tanh"))


def test_deep_nets_behave_as_the_papers_say():
    """Ten layers of 500: N(0, 0.01²) dies under tanh, Kaiming keeps ReLU alive."""
    x = torch.randn(256, 500, generator=torch.Generator().manual_seed(0))

    def spread(activation, **init):
        layers = [{"kind": "linear", "out_features": 500}, {"kind": activation}] * 10
        net = network([*layers, {"kind": "linear", "out_features": 10}], facts((500,)), **init)
        with torch.no_grad(), net.recording() as record:
            net(x)
        return [record.outputs[f"{activation}_{depth}"].std().item() for depth in range(1, 11)]

    small = spread("tanh", scheme="normal", std=0.01)
    assert small[0] == pytest.approx(0.214, abs=0.005)
    assert small[1] == pytest.approx(0.048, abs=0.002)
    assert small[9] < 1e-6
    large = spread("tanh", scheme="normal", std=1.0)
    assert min(large) > 0.97
    assert all(0.75 < value < 1.05 for value in spread("relu", scheme="kaiming_normal"))
    fading = spread("tanh", scheme="xavier_normal")
    assert [round(value, 1) for value in (fading[0], fading[9])] == [0.6, 0.2]
    halved = spread("relu", scheme="xavier_normal")
    assert halved[0] == pytest.approx(0.58, abs=0.02)
    assert halved[9] == pytest.approx(0.025, abs=0.01)


def test_the_seed_is_that_of_the_call():
    _, plan = check(nodes(*LENET), facts((1, 28, 28)))
    first = compile_network(plan, init=InitSpec(scheme="he_normal"), seed=0)
    assert torch.equal(first.layers["fc1"].weight, network(LENET, facts((1, 28, 28)), seed=0).layers["fc1"].weight)
