"""Layers that read tokens, positions, and dropout of whole maps, against PyTorch or a closed form."""

import math

import pytest
import torch
from torch import nn

from tests.numerics.scripted import run_code
from tests.numerics.test_layers import build

TOKENS = torch.randint(0, 7, (4, 5), generator=torch.Generator().manual_seed(0))


def test_one_hot_equals_pytorch():
    layer, params, module = build("one_hot", {"num_classes": 7}, [(5,)])
    out = module(TOKENS)
    assert torch.equal(out, nn.functional.one_hot(TOKENS, 7).float())
    assert tuple(out.shape[1:]) == layer.output_shape(params, module, [(5,)])
    assert torch.equal(run_code(layer.code(params, [(5,)]))[1](TOKENS), out)


def test_a_bag_is_the_sum_of_one_hots():
    layer, params, module = build("bag_of_words", {"num_classes": 7}, [(5,)])
    out = module(TOKENS)
    assert torch.equal(out, nn.functional.one_hot(TOKENS, 7).sum(1).float())
    assert tuple(out.shape[1:]) == layer.output_shape(params, module, [(5,)])
    assert torch.equal(module(TOKENS.flip(1)), out)


def test_embedding_as_code():
    layer, params, module = build("embedding", {"num_embeddings": 7, "embedding_dim": 3}, [(5,)])
    written, call = run_code(layer.code(params, [(5,)]))
    written.load_state_dict(module.state_dict())
    assert torch.equal(call(TOKENS), module(TOKENS))


@pytest.mark.parametrize("features", [6, 7])
def test_sinusoids_are_those_of_the_paper(features):
    layer, params, module = build("positional_encoding", {}, [(9, features)])
    table = module(torch.zeros(1, 9, features))[0]
    for step in range(9):
        for place in range(features):
            angle = step / 10000 ** ((place - place % 2) / features)
            expected = math.sin(angle) if place % 2 == 0 else math.cos(angle)
            assert table[step, place].item() == pytest.approx(expected, abs=1e-6)
    x = torch.randn(2, 9, features)
    assert torch.equal(module(x), x + table)
    assert torch.equal(run_code(layer.code(params, [(9, features)]))[1](x), module(x))
    assert list(module.state_dict()) == []


class TestDropout2d:
    def test_whole_maps_of_the_law_of_pytorch(self):
        _, _, module = build("dropout2d", {"p": 0.3}, [(2000, 3, 3)])
        out = module(torch.ones(20, 2000, 3, 3))
        per_map = out.flatten(2)
        assert torch.equal(per_map.amin(2), per_map.amax(2))
        with torch.random.fork_rng():
            torch.manual_seed(0)
            reference = nn.Dropout2d(0.3)(torch.ones(20, 2000, 3, 3))
        assert set(out.unique().tolist()) == set(reference.unique().tolist())
        assert abs((out == 0).float().mean().item() - 0.3) < 5 * (0.21 / 40_000) ** 0.5

    def test_draws_from_its_own_generator_and_not_in_eval(self):
        _, _, module = build("dropout2d", {"p": 0.3}, [(8, 3, 3)])
        before, x = torch.get_rng_state(), torch.ones(2, 8, 3, 3)
        module(x)
        assert torch.equal(before, torch.get_rng_state())
        assert torch.equal(module.eval()(x), x)


@pytest.mark.parametrize("kind", ["multi_head_attention", "transformer_block"])
def test_dropout_inside_is_of_one_generator_and_live(kind):
    layer, params, module = build(kind, {"num_heads": 2, "dropout": 0.5}, [(7, 6)], seed=5)
    same = build(kind, {"num_heads": 2, "dropout": 0.5}, [(7, 6)], seed=5)[2]
    same.load_state_dict(module.state_dict())
    before, x = torch.get_rng_state(), torch.randn(3, 7, 6, generator=torch.Generator().manual_seed(0))
    first = module(x)
    assert torch.equal(first, same(x))
    assert not torch.equal(module(x), first)
    assert torch.equal(before, torch.get_rng_state())
    layer.change(module, params.model_copy(update={"dropout": 0.0}))
    assert torch.equal(module(x), module(x))
    assert torch.allclose(module(x), module.eval()(x))
