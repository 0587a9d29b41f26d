"""Recurrent layers step by step give what PyTorch's own modules and cells give."""

import pytest
import torch
from layerlab.layers.carrying import GruModule, LstmModule, RnnModule
from layerlab.probes.cells import given_by, hidden_of, walk, weights_of
from torch import nn

MODULES = {
    "rnn": (RnnModule, {}),
    "relu": (RnnModule, {"nonlinearity": "relu"}),
    "gru": (GruModule, {}),
    "lstm": (LstmModule, {}),
}
CLOSE = {"atol": 1e-6, "rtol": 1e-5}


def inputs(steps=6):
    torch.manual_seed(4)
    return torch.randn(3, steps, 5)


def made(name, output="sequence", **fields):
    torch.manual_seed(1)
    kind, more = MODULES[name]
    return kind(5, 4, output=output, batch_first=True, **more, **fields)


@pytest.mark.parametrize("output", ["sequence", "last"])
@pytest.mark.parametrize("fields", [{}, {"num_layers": 2, "bidirectional": True}, {"bias": False}], ids=str)
@pytest.mark.parametrize("name", MODULES)
def test_walking_gives_what_the_module_gives(name, fields, output):
    module = made(name, output, **fields)
    passes = walk(module, inputs(), None, None)
    for found, expected in zip(given_by(module, passes, None, output), module(inputs()), strict=True):
        torch.testing.assert_close(found, expected, **CLOSE)


@pytest.mark.parametrize("name", MODULES)
def test_padding_is_skipped_and_a_state_is_started_from_as_the_module_does(name):
    module = made(name, num_layers=2, bidirectional=True)
    real = torch.tensor([[1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1], [0, 1, 0, 1, 1, 0]]).bool()
    state = torch.randn(3, 4 * 4 * (2 if name == "lstm" else 1)).tanh()
    passes = walk(module, inputs(), state, real)
    expected = module(inputs(), state, masks=(real, None))
    for found, wanted in zip(given_by(module, passes, real, "sequence"), expected, strict=True):
        torch.testing.assert_close(found, wanted, **CLOSE)


def test_gates_of_an_lstm_are_those_of_the_equations():
    module, x = made("lstm"), inputs()
    (one,) = walk(module, x, None, None)
    cell = nn.LSTMCell(5, 4)
    with torch.no_grad():
        for mine, theirs in zip(cell.parameters(), module.parameters(), strict=True):
            mine.copy_(theirs)
    h = c = torch.zeros(3, 4)
    for t, step in enumerate(one.steps):
        # Row blocks of PyTorch's matrices: input, forget, cell, output.
        w_i, w_f, w_g, w_o = (
            x[:, t] @ module.weight_ih_l0[4 * k : 4 * k + 4].t()
            + module.bias_ih_l0[4 * k : 4 * k + 4]
            + h @ module.weight_hh_l0[4 * k : 4 * k + 4].t()
            + module.bias_hh_l0[4 * k : 4 * k + 4]
            for k in range(4)
        )
        h, c = cell(x[:, t], (h, c))
        torch.testing.assert_close(step["input gate"], torch.sigmoid(w_i), **CLOSE)
        torch.testing.assert_close(step["forget gate"], torch.sigmoid(w_f), **CLOSE)
        torch.testing.assert_close(step["candidate"], torch.tanh(w_g), **CLOSE)
        torch.testing.assert_close(step["output gate"], torch.sigmoid(w_o), **CLOSE)
        torch.testing.assert_close(step["cell"], c, **CLOSE)
        torch.testing.assert_close(step["hidden"], h, **CLOSE)


def test_gates_of_a_gru_are_those_of_the_equations():
    module, x = made("gru"), inputs()
    (one,) = walk(module, x, None, None)
    w_r, w_z, w_n = module.weight_ih_l0.chunk(3)
    u_r, u_z, u_n = module.weight_hh_l0.chunk(3)
    (b_r, b_z, b_n), (d_r, d_z, d_n) = module.bias_ih_l0.chunk(3), module.bias_hh_l0.chunk(3)
    h = torch.zeros(3, 4)
    for t, step in enumerate(one.steps):
        r = torch.sigmoid(x[:, t] @ w_r.t() + b_r + h @ u_r.t() + d_r)
        z = torch.sigmoid(x[:, t] @ w_z.t() + b_z + h @ u_z.t() + d_z)
        n = torch.tanh(x[:, t] @ w_n.t() + b_n + r * (h @ u_n.t() + d_n))
        h = (1 - z) * n + z * h
        torch.testing.assert_close(step["reset gate"], r, **CLOSE)
        torch.testing.assert_close(step["update gate"], z, **CLOSE)
        torch.testing.assert_close(step["candidate"], n, **CLOSE)
        torch.testing.assert_close(step["hidden"], h, **CLOSE)


def test_a_direction_from_the_end_has_its_own_weights():
    module = made("rnn", bidirectional=True)
    _, back = walk(module, inputs(), None, None)
    weights = weights_of(module, 0, backwards=True)
    alone = nn.RNN(5, 4, batch_first=True)
    with torch.no_grad():
        for mine, theirs in zip(alone.parameters(), weights, strict=True):
            mine.copy_(theirs)
    expected = alone(inputs().flip(1))[0].flip(1)
    torch.testing.assert_close(hidden_of(back), expected, **CLOSE)
