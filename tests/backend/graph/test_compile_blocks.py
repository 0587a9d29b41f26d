"""How layers made of several start: norms as the identity, biases 0, each projection a matrix of its own."""

import math

import pytest
import torch
from layerlab import inits
from layerlab.seeding import generator
from torch import nn

from tests.backend.graph.building import facts, network

TEXT = facts((6,), output=2, input_is_index=True, num_tokens=9, input_kind="sequence")
TRANSFORMER = [
    {"kind": "embedding", "embedding_dim": 60},
    {"id": "block", "kind": "transformer_block", "num_heads": 2, "norm_first": True},
    {"kind": "global_avg_pool"},
    {"kind": "linear", "out_features": 2},
]
RESNET = [
    {"id": "block", "kind": "residual", "out_channels": 40, "stride": 2},
    {"kind": "global_avg_pool"},
    {"kind": "linear", "out_features": 10},
]
IMAGE = facts((30, 8, 8))


@pytest.mark.parametrize("scheme", [kind.kind for kind in inits.REGISTRY])
@pytest.mark.parametrize(("specs", "data"), [(TRANSFORMER, TEXT), (RESNET, IMAGE)])
def test_no_memory_is_left_as_it_was(specs, data, scheme):
    block = network(specs, data, scheme=scheme).layers["block"]
    for name, value in block.state_dict().items():
        assert torch.isfinite(value).all()
        if "norm" in name or "skip.1" in name:
            if scheme != "dcgan":
                assert value.unique().item() == (1 if name.endswith(("weight", "running_var")) else 0), name
        elif "bias" in name:
            assert (value == 0).all(), name


@pytest.mark.parametrize(
    ("name", "gain"),
    [("conv1", math.sqrt(2)), ("conv2", math.sqrt(2)), ("skip.0", math.sqrt(2))],
)
def test_convolutions_inside_are_of_their_own_generators(name, gain):
    block = network(RESNET, IMAGE, seed=7).layers["block"]
    weight = block.get_submodule(name).weight
    draws = generator(7, f"init.block.{name}.weight")
    assert torch.equal(weight, nn.init.kaiming_normal_(torch.empty(weight.shape), nonlinearity="relu", generator=draws))
    assert weight.std().item() == pytest.approx(gain / math.sqrt(weight[0].numel()), rel=0.05)


def test_each_projection_is_a_matrix_of_its_own():
    block = network(TRANSFORMER, TEXT, scheme="xavier_uniform").layers["block"]
    draws = generator(0, "init.block.self_attn.in_proj_weight")
    parts = [nn.init.xavier_uniform_(torch.empty(60, 60), generator=draws) for _ in range(3)]
    assert torch.equal(block.self_attn.in_proj_weight, torch.cat(parts))


def test_only_what_an_activation_follows_gets_its_gain():
    block = network(TRANSFORMER, TEXT, scheme="kaiming_normal").layers["block"]
    deviations = {"linear1": math.sqrt(2 / 60), "linear2": math.sqrt(1 / 240)}
    for name, expected in deviations.items():
        assert block.get_submodule(name).weight.std().item() == pytest.approx(expected, rel=0.03)
    assert block.self_attn.in_proj_weight.std().item() == pytest.approx(math.sqrt(1 / 60), rel=0.03)


def test_fans_of_a_transposed_convolution_are_those_of_a_convolution():
    specs = [
        {
            "id": "up",
            "kind": "conv_transpose2d",
            "out_channels": 50,
            "kernel_size": 3,
            "init": {"scheme": "kaiming_normal"},
        },
        {"kind": "relu"},
        {"kind": "global_avg_pool"},
        {"kind": "linear", "out_features": 10},
    ]
    weight = network(specs, IMAGE).layers["up"].weight
    assert weight.shape == (30, 50, 3, 3)
    assert weight.std().item() == pytest.approx(math.sqrt(2 / (30 * 9)), rel=0.03)


def test_generators_inside_are_found():
    specs = [{**spec, **({"dropout": 0.3} if spec["kind"] == "transformer_block" else {})} for spec in TRANSFORMER]
    first, second = network(specs, TEXT), network(specs, TEXT)
    assert list(first.generators()) == ["block"]
    x = torch.randint(0, 9, (4, 6), generator=torch.Generator().manual_seed(0))
    first(x)
    for name, found in second.generators().items():
        found.set_state(first.generators()[name].get_state())
    assert torch.equal(first(x), second(x))


def test_a_learned_table_of_positions_starts_as_an_embedding():
    specs = [TRANSFORMER[0], {"id": "places", "kind": "positional_encoding", "encoding": "learned"}, *TRANSFORMER[2:]]
    weight = network(specs, TEXT).layers["places"].weight
    assert weight.std().item() == pytest.approx(1, rel=0.1)
