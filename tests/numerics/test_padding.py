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
