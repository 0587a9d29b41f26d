"""Padding changes nothing: a batch of padded sequences gives what each gives alone, and states can be handed on."""

import pytest
import torch

from tests.numerics.layer_cases import first_of
from tests.numerics.scripted import run_code
from tests.numerics.test_layers import build

LENGTHS = [7, 3, 1, 5]
MASK = torch.arange(7)[None, :] < torch.tensor(LENGTHS)[:, None]
RECURRENT = [
    (kind, fields)
    for kind in ("rnn", "lstm", "gru")
    for fields in ({}, {"num_layers": 2, "bidirectional": True}, {"output": "sequence", "bidirectional": True})
]


def batch(*sizes):
    return torch.randn(*sizes, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("kind", "fields"), RECURRENT)
def test_recurrent_layers_read_real_steps_only(kind, fields):
    layer, params, module = build(kind, {"hidden_size": 5, **fields}, [(7, 3)])
    _, call = run_code(layer.code(params, [(7, 3)]))
    x = batch(4, 7, 3)
    out, state = module(x, masks=(MASK,))
    for index, length in enumerate(LENGTHS):
        alone, end = module(x[index : index + 1, :length])
        mine = out[index, :length] if params.output == "sequence" else out[index]
        assert torch.allclose(mine, alone[0], atol=1e-6)
        assert torch.allclose(state[index], end[0], atol=1e-6)
    if params.output == "sequence":
        assert (out[~MASK] == 0).all()
    written, call = run_code(layer.code(params, [(7, 3)]))
    written.load_state_dict(module.state_dict())
    assert torch.equal(call(x, masks=(MASK,))[0], out)


@pytest.mark.parametrize(("kind", "fields"), RECURRENT)
def test_padding_may_stand_in_front(kind, fields):
    _, params, module = build(kind, {"hidden_size": 5, **fields}, [(7, 3)])
    x = batch(2, 7, 3)
    moved = torch.cat([torch.zeros(2, 2, 3), x[:, :5]], dim=1)
    in_front = torch.tensor([False] * 2 + [True] * 5).repeat(2, 1)
    out, state = module(moved, masks=(in_front,))
    expected, end = module(x[:, :5])
    assert torch.allclose(out[:, 2:] if params.output == "sequence" else out, expected, atol=1e-6)
    assert torch.allclose(state, end, atol=1e-6)


@pytest.mark.parametrize(("kind", "fields"), RECURRENT)
def test_without_padding_a_mask_changes_hardly_anything(kind, fields):
    _, _, module = build(kind, {"hidden_size": 5, **fields}, [(7, 3)])
    x = batch(4, 7, 3)
    assert torch.allclose(module(x, masks=(torch.ones(4, 7, dtype=torch.bool),))[0], module(x)[0], atol=1e-6)
    assert torch.equal(module(x, masks=(None,))[0], module(x)[0])


@pytest.mark.parametrize("fields", [{}, {"num_layers": 2}])
@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_a_state_goes_on_where_another_ended(kind, fields):
    _, _, module = build(kind, {"hidden_size": 5, **fields}, [(7, 3)])
    x = batch(4, 7, 3)
    _, middle = module(x[:, :4])
    out, end = module(x[:, 4:], middle)
    expected, last = module(x)
    assert torch.allclose(out, expected, atol=1e-6)
    assert torch.allclose(end, last, atol=1e-6)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_the_state_holds_all_layers_and_directions(kind):
    fields = {"hidden_size": 5, "num_layers": 2, "bidirectional": True}
    layer, params, module = build(kind, fields, [(7, 3)])
    x = batch(4, 7, 3)
    out, state = module(x)
    end = super(type(module), module).forward(x)[1]
    parts = end if kind == "lstm" else (end,)
    assert torch.equal(state, torch.cat([part.transpose(0, 1).reshape(4, -1) for part in parts], dim=1))
    assert layer.port_shapes(params, module, [(7, 3)]) == {"state": (state.shape[1],)}
    assert torch.equal(first_of((out, state)), out)
    start = batch(4, state.shape[1])
    written, call = run_code(layer.code(params, [(7, 3), (state.shape[1],)]))
    written.load_state_dict(module.state_dict())
    assert all(torch.equal(one, other) for one, other in zip(call(x, start), module(x, start), strict=True))


class TestAttention:
    """Padding of the memory is not looked at; what comes out at real steps is what each sequence alone gives."""

    CASES = [
        ("attention", {}),
        ("attention", {"score": "additive", "causal": True}),
        ("multi_head_attention", {"num_heads": 2}),
        ("multi_head_attention", {"num_heads": 3, "causal": True}),
        ("transformer_block", {"num_heads": 2, "dropout": 0.0}),
        ("transformer_block", {"num_heads": 3, "dropout": 0.0, "norm_first": True, "causal": True}),
    ]

    @pytest.mark.parametrize(("kind", "fields"), CASES)
    def test_each_sequence_is_as_if_alone(self, kind, fields):
        layer, params, module = filled(kind, fields, [(7, 6)])
        x = batch(4, 7, 6)
        out = module(x, masks=(MASK,))
        for index, length in enumerate(LENGTHS):
            alone = module(x[index : index + 1, :length])
            assert torch.allclose(out[index, :length], alone[0], atol=1e-5)
        assert not torch.allclose(out, module(x), atol=1e-3) or params.causal
        written, call = run_code(layer.code(params, [(7, 6)]))
        if written is not None:
            written.load_state_dict(dict(zip(written.state_dict(), module.state_dict().values(), strict=True)))
        assert torch.allclose(call(x, masks=(MASK,))[MASK], out[MASK], atol=1e-5)

    @pytest.mark.parametrize(("kind", "fields"), CASES[:4])
    def test_a_memory_has_padding_of_its_own(self, kind, fields):
        layer, params, module = filled(kind, fields, [(3, 6), (7, 6)])
        query, memory = batch(4, 3, 6), batch(4, 7, 6).flip(0)
        out = module(query, memory, masks=(None, MASK))
        for index, length in enumerate(LENGTHS):
            alone = module(query[index : index + 1], memory[index : index + 1, :length])
            assert torch.allclose(out[index], alone[0], atol=1e-5)
        written, call = run_code(layer.code(params, [(3, 6), (7, 6)]))
        if written is not None:
            written.load_state_dict(dict(zip(written.state_dict(), module.state_dict().values(), strict=True)))
        assert torch.allclose(call(query, memory, masks=(None, MASK)), out, atol=1e-5)

    @pytest.mark.parametrize(("kind", "fields"), CASES)
    def test_without_padding_no_mask_is_the_same_bits(self, kind, fields):
        _, _, module = filled(kind, fields, [(7, 6)])
        x = batch(4, 7, 6)
        assert torch.equal(module(x, masks=(None,)), module(x))

    @pytest.mark.parametrize("kind", ["attention", "multi_head_attention"])
    def test_weights_are_shares_of_the_real_steps(self, kind):
        _, _, module = filled(kind, {"num_heads": 2} if kind != "attention" else {}, [(7, 6)])
        weights = module.weights(batch(4, 7, 6), masks=(MASK,))
        assert torch.allclose(weights.sum(-1), torch.ones(weights.shape[:-1]))
        assert (weights.movedim(-1, 1)[~MASK] == 0).all()

    def test_a_sequence_of_padding_only_gives_numbers(self):
        _, _, module = filled("multi_head_attention", {"num_heads": 2}, [(7, 6)])
        assert torch.isfinite(module(batch(1, 7, 6), masks=(torch.zeros(1, 7, dtype=torch.bool),))).all()

    @pytest.mark.parametrize(("kind", "fields"), [case for case in CASES if "causal" in case[1]])
    def test_causal_never_sees_what_comes_later(self, kind, fields):
        _, _, module = filled(kind, fields, [(7, 6)])
        x = batch(4, 7, 6)
        other = x.clone()
        other[:, 4:] += 1
        assert torch.equal(module(x)[:, :4], module(other)[:, :4])
        assert not torch.allclose(module(x)[:, 4:], module(other)[:, 4:])

    def test_without_positions_order_is_lost_and_with_them_it_counts(self):
        """Self-attention gives permuted outputs for permuted inputs."""
        _, _, module = filled("multi_head_attention", {"num_heads": 2}, [(7, 6)])
        _, _, positions = build("positional_encoding", {}, [(7, 6)])
        x, order = batch(4, 7, 6), torch.randperm(7, generator=torch.Generator().manual_seed(1))
        assert torch.allclose(module(x[:, order]), module(x)[:, order], atol=1e-5)
        assert not torch.allclose(module(positions(x[:, order])), module(positions(x))[:, order], atol=1e-2)


def filled(kind, fields, shapes):
    """A module in eval mode whose biases are not 0."""
    layer, params, module = build(kind, fields, shapes)
    draws = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for value in module.parameters():
            value.copy_(torch.randn(value.shape, generator=draws) * 0.5)
    return layer, params, module.eval()


def test_the_mean_is_that_of_the_real_steps():
    layer, params, module = build("global_avg_pool", {}, [(7, 3)])
    x = batch(4, 7, 3)
    out = module(x, masks=(MASK,))
    expected = torch.stack([x[index, :length].mean(0) for index, length in enumerate(LENGTHS)])
    assert torch.allclose(out, expected, atol=1e-6)
    _, call = run_code(layer.code(params, [(7, 3)]))
    assert torch.equal(call(x, masks=(MASK,)), out)


@pytest.mark.parametrize("normalize", [False, True])
def test_padding_is_no_word(normalize):
    layer, params, module = build("bag_of_words", {"num_classes": 5, "normalize": normalize}, [(7,)])
    x = torch.randint(1, 5, (4, 7), generator=torch.Generator().manual_seed(0)).where(MASK, 0)
    out = module(x, masks=(MASK,))
    counts = torch.stack([torch.bincount(x[index, :length], minlength=5) for index, length in enumerate(LENGTHS)])
    expected = counts / torch.tensor(LENGTHS)[:, None] if normalize else counts.float()
    assert torch.allclose(out, expected)
    assert (out[:, 0] == 0).all()
    _, call = run_code(layer.code(params, [(7,)]))
    assert torch.equal(call(x, masks=(MASK,)), out)
    assert torch.equal(call(x), module(x))
