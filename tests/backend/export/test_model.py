"""The class that is written computes what our network does, for random graphs and for names that Python keeps."""

import keyword

import pytest
import torch
from layerlab.export.model import write_model
from layerlab.export.names import attribute_names, value_names
from layerlab.graph.check import check
from layerlab.graph.compile import compile_network
from layerlab_schemas.graph import InitSpec
from torch import nn

from tests.backend.export.written import named
from tests.backend.graph.building import facts, network, nodes
from tests.backend.graph.random_graphs import random_batch, random_graph

HEAD = "import math\nimport torch\nfrom typing import Any\nfrom torch import Tensor, nn\n\n"


def written(plan) -> nn.Module:
    text = write_model(plan)
    return named("\n\n\n".join([HEAD, *text.definitions.values(), text.text]))["Model"]()


def filled(model: nn.Module, ours: nn.Module) -> nn.Module:
    """With our weights, by their order."""
    values = list(ours.state_dict().values())
    model.load_state_dict(dict(zip(model.state_dict(), values, strict=True)))
    return model


@pytest.mark.parametrize("seed", range(200))
def test_a_random_graph(seed):
    specs, data = random_graph(seed)
    _, plan = check(nodes(*specs), data)
    ours = compile_network(plan, init=InitSpec(scheme="xavier_normal"), seed=seed)
    model = filled(written(plan), ours)
    assert sum(one.numel() for one in model.parameters()) == sum(one.numel() for one in ours.parameters())
    x = random_batch(data, 4, seed)
    ours.eval()
    model.eval()
    with torch.no_grad():
        torch.testing.assert_close(model(x), ours(x))


@pytest.mark.parametrize(
    "name", ["forward", "train", "float", "x", "self", "torch", "nn", "lambda", "type", "__a", "_"]
)
def test_names_that_python_or_pytorch_keep(name):
    others = [f"{name}_", "masks"] if not name.startswith("__") else ["masks"]
    graph = [{"id": one, "kind": "linear", "out_features": 3} for one in [name, *others]]
    ours = network(graph, facts((5,), output=3))
    x = torch.randn(2, 5)
    torch.testing.assert_close(filled(written(ours.plan), ours)(x), ours(x))


def test_names_stay_apart():
    names = ["lambda", "lambda_", "train", "train_", "node__x", "__x"]
    for found in (attribute_names(names), value_names(names)):
        assert len(set(found.values())) == len(names)
        assert not any(keyword.iskeyword(name) for name in found.values())


def test_padding_reaches_the_layer_that_must_know_it():
    graph = [{"kind": "embedding", "embedding_dim": 3}, {"kind": "gru", "hidden_size": 4}]
    data = facts((6,), output=4, input_is_index=True, num_tokens=5, padding_token=0, input_kind="sequence")
    ours = network(graph, data)
    x = torch.tensor([[1, 2, 3, 0, 0, 0], [4, 3, 2, 1, 2, 3]])
    model = filled(written(ours.plan), ours)
    torch.testing.assert_close(model(x), ours(x))
    torch.testing.assert_close(model(x)[0], model(x[:1, :3])[0])


def test_a_state_is_handed_on():
    graph = [
        {"id": "encoder", "kind": "lstm", "hidden_size": 4},
        {"id": "decoder", "kind": "lstm", "hidden_size": 4, "inputs": ["input", "encoder.state"]},
    ]
    ours = network(graph, facts((5, 3), output=4))
    x = torch.randn(2, 5, 3)
    torch.testing.assert_close(filled(written(ours.plan), ours)(x), ours(x))
