"""The gradient through time, against loops over PyTorch's own cells and a case with a known answer."""

import pytest
import torch
from layerlab.probes.gradient_lags import by_lag, last_answers
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec
from torch import nn
from torch.nn.functional import cross_entropy

from tests.backend.probes.watching import array, context_of, measure

BITS = {"dataset": "parity", "params": {"length": 7, "samples": 400}}
SCORES = {"id": "scores", "kind": "linear", "out_features": 2}


def made(graph, data=BITS, init=None):
    body = {"data": data, "graph": graph, "init": init, "training": {"max_steps": 1, "seed": 5}}
    assembly = assemble(RunSpec.model_validate({name: value for name, value in body.items() if value}))
    return assembly, context_of(assembly)


def curves(context):
    frame = measure("gradient_lags", context)
    return {(item.node, series.name): array(series.y) for item in frame.items for series in item.series}


def cell_of(kind, module, suffix="_l0"):
    cell = kind(module.input_size, module.hidden_size)
    with torch.no_grad():
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            getattr(cell, name).copy_(getattr(module, name + suffix))
    return cell


def test_an_rnn_has_the_gradients_of_a_loop_over_cells():
    assembly, context = made([{"id": "rnn", "kind": "rnn", "hidden_size": 5}, SCORES])
    cell = cell_of(nn.RNNCell, assembly.network.layers["rnn"])
    x, targets = context.probe_inputs[:32], context.probe_targets[:32]
    h, states = torch.zeros(32, 5), []
    for t in range(7):
        h = cell(x[:, t], h)
        h.retain_grad()
        states.append(h)
    cross_entropy(assembly.network.layers["scores"](h), targets, reduction="sum").backward()
    expected = torch.stack([state.grad.norm(dim=1) for state in reversed(states)])
    assembly.network.zero_grad()
    frame = measure("gradient_lags", context)
    ((node, series),) = [(item.node, item.series) for item in frame.items]
    assert (node, len(series), series[0].name) == ("rnn", 1, "hidden")
    assert array(series[0].y) == pytest.approx(expected.mean(1).numpy(), rel=1e-4)
    assert array(series[0].low) == pytest.approx(expected.quantile(0.1, dim=1).numpy(), rel=1e-4)
    assert array(series[0].high) == pytest.approx(expected.quantile(0.9, dim=1).numpy(), rel=1e-4)
    assert (frame.split, frame.mode, frame.num_samples) == ("validation", "eval", 32)
    assert all(layer.grad is None for layer in assembly.network.parameters())


def test_an_lstm_has_those_of_both_parts_of_its_state():
    assembly, context = made([{"id": "lstm", "kind": "lstm", "hidden_size": 5}, SCORES])
    cell = cell_of(nn.LSTMCell, assembly.network.layers["lstm"])
    x, targets = context.probe_inputs[:32], context.probe_targets[:32]
    h, c = torch.zeros(32, 5), torch.zeros(32, 5)
    states = {"hidden": [], "cell": []}
    for t in range(7):
        h, c = cell(x[:, t], (h, c))
        for name, state in (("hidden", h), ("cell", c)):
            state.retain_grad()
            states[name].append(state)
    cross_entropy(assembly.network.layers["scores"](h), targets, reduction="sum").backward()
    found = curves(context)
    for name, parts in states.items():
        expected = [float(state.grad.norm(dim=1).mean()) for state in reversed(parts)]
        assert found[("lstm", name)] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("radius", [0.5, 1.0, 1.25])
def test_a_linear_rnn_keeps_its_radius_to_the_power_of_the_lag(radius):
    """Bias keeps all positive, so ReLU is the identity; a permutation times ρ changes every norm by just ρ."""
    assembly, context = made([{"id": "rnn", "kind": "rnn", "hidden_size": 6, "nonlinearity": "relu"}, SCORES])
    module = assembly.network.layers["rnn"]
    with torch.no_grad():
        module.weight_ih_l0.abs_()
        module.bias_ih_l0.fill_(10.0)
        module.bias_hh_l0.zero_()
        module.weight_hh_l0.copy_(radius * torch.eye(6).roll(1, 0))
    curve = curves(context)[("rnn", "hidden")]
    assert curve / curve[0] == pytest.approx([radius**lag for lag in range(7)], rel=1e-4)


def test_padding_is_no_distance():
    """A sample with padding has the gradients of the same sample without it."""
    data = {"dataset": "parity", "params": {"encoding": "token", "length": 9, "shortest": 4, "samples": 400}}
    graph = [{"id": "embedding", "kind": "embedding", "embedding_dim": 3},
             {"id": "gru", "kind": "gru", "hidden_size": 4, "bidirectional": True}, SCORES]  # fmt: skip
    assembly, context = made(graph, data)
    short = next(n for n, row in enumerate(assembly.data.validation_inputs) if (row == 2).sum() == 3)
    row, target = (part[short : short + 1] for part in (context.probe_inputs, context.probe_targets))
    context.probe_inputs, context.probe_targets = row, target
    padded = curves(context)
    context.probe_inputs = row[:, :6]
    whole = curves(context)
    assert set(padded) == {("gru", "forwards"), ("gru", "backwards")}
    for name, curve in whole.items():
        assert padded[name][:6] == pytest.approx(curve, rel=1e-4)
        assert torch.tensor(padded[name][6:].copy()).isnan().all()


def test_lags_count_from_the_last_real_step_in_the_direction_of_reading():
    norms = torch.tensor([[1.0, 2, 3, 4], [5, 6, 7, 8]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]]).bool()
    forwards, backwards = (by_lag(norms, mask, backwards=which).nan_to_num(-1).tolist() for which in (False, True))
    assert forwards == [[4, 3, 2, 1], [6, 5, -1, -1]]
    assert backwards == [[1, 2, 3, 4], [5, 6, -1, -1]]


def test_only_the_last_answer_of_a_sequence_counts():
    targets = torch.tensor([[3, 4, -100], [-100, 5, 6], [-100, -100, -100]])
    assert last_answers(targets).tolist() == [[-100, 4, -100], [-100, -100, 6], [-100, -100, -100]]
    assert last_answers(torch.tensor([1, 2])).tolist() == [1, 2]
    data = {"dataset": "copy", "params": {"length": 2, "lag": 3, "samples": 400}}
    graph = [{"id": "embedding", "kind": "embedding", "embedding_dim": 3},
             {"id": "rnn", "kind": "rnn", "hidden_size": 4, "output": "sequence"},
             {"id": "scores", "kind": "linear", "out_features": 8}]  # fmt: skip
    assembly, context = made(graph, data)
    cell = cell_of(nn.RNNCell, assembly.network.layers["rnn"])
    x = assembly.network.layers["embedding"](context.probe_inputs[:32])
    h, states = torch.zeros(32, 4), []
    for t in range(x.shape[1]):
        h = cell(x[:, t], h)
        h.retain_grad()
        states.append(h)
    scores = assembly.network.layers["scores"](h)
    cross_entropy(scores, context.probe_targets[:32, -1], reduction="sum").backward()
    expected = [float(state.grad.norm(dim=1).mean()) for state in reversed(states)]
    assert curves(context)[("rnn", "hidden")] == pytest.approx(expected, rel=1e-4)


def test_an_encoder_is_reached_through_the_decoder():
    data = {"dataset": "reverse", "params": {"samples": 100, "length": 5}}
    graph = [
        {"id": "source", "kind": "embedding", "embedding_dim": 4, "inputs": ["input"]},
        {"id": "encoder", "kind": "gru", "hidden_size": 6},
        {"id": "target", "kind": "embedding", "embedding_dim": 4, "inputs": ["decoder_input"]},
        {"id": "decoder", "kind": "gru", "hidden_size": 6, "output": "sequence", "inputs": ["target", "encoder.state"]},
        {"id": "scores", "kind": "linear", "out_features": 8},
    ]
    assembly, context = made(graph, data)
    hooks = {node: list(module._forward_hooks) for node, module in assembly.network.layers.items()}
    found = curves(context)
    assert (found[("encoder", "hidden")][:4] > 0).all()
    assert assembly.network.training
    assert hooks == {node: list(module._forward_hooks) for node, module in assembly.network.layers.items()}
