"""Heat maps over one sequence: state and gates, and where attention looks."""

import numpy as np
import pytest
import torch
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec
from torch import nn

from tests.backend.probes.watching import array, context_of, measure

EMBED = {"id": "embedding", "kind": "embedding", "embedding_dim": 8}
PADDED = {"dataset": "parity", "params": {"encoding": "token", "length": 12, "shortest": 4, "samples": 100}}
WHOLE = {"dataset": "parity", "params": {"encoding": "token", "length": 12, "samples": 100}}


def looked(data, *graph, sample=4, classes=2):
    body = {"data": data, "graph": [*graph, {"id": "scores", "kind": "linear", "out_features": classes}]}
    assembly = assemble(RunSpec.model_validate(body | {"training": {"max_steps": 1, "seed": 2}}))
    return assembly, context_of(assembly, sample=sample)


def by_title(frame):
    return {item.title: array(item.values) for item in frame.items}


def short_sample(assembly) -> int:
    """A validation sample with padding."""
    data = assembly.data
    return next(n for n, row in enumerate(data.validation_raw) if (row == data.facts.padding_token).any())


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_hidden_state_is_what_the_layer_gives_and_padding_is_left_out(kind):
    assembly, _ = looked(PADDED, EMBED, {"id": "cells", "kind": kind, "hidden_size": 6, "output": "sequence"},
                         {"kind": "global_avg_pool"})  # fmt: skip
    sample = short_sample(assembly)
    context = context_of(assembly, sample=sample)
    frame = measure("recurrent_states", context)
    tokens = assembly.data.validation_raw[sample]
    real = tokens != assembly.data.facts.padding_token
    with torch.no_grad():
        x = assembly.network.layers["embedding"](tokens[real][None])
        expected = assembly.network.layers["cells"](x)[0][0].t()
    hidden = by_title(frame)["hidden"]
    assert hidden == pytest.approx(expected.numpy(), abs=1e-6)
    assert frame.items[0].column_names == [str(token) for token in tokens[real].tolist()]
    assert (frame.split, frame.mode, frame.num_samples, frame.sample.index) == ("validation", "eval", 1, sample)


def test_an_lstm_has_six_maps_for_each_layer_and_direction():
    lstm = {"id": "cells", "kind": "lstm", "hidden_size": 100, "num_layers": 2, "bidirectional": True}
    _, context = looked(WHOLE, EMBED, lstm)
    items = measure("recurrent_states", context).items
    assert len(items) == 24
    assert items[0].title == "layer 1, forwards, hidden"
    assert items[-1].title == "layer 2, backwards, candidate"
    assert {(item.values.shape[1], item.total_rows) for item in items} == {(12, 100)}
    assert {item.values.shape[0] for item in items} == {64}
    gates = [item for item in items if item.title.endswith("gate")]
    assert {(item.signed, item.low, item.high) for item in gates} == {(False, 0.0, 1.0)}


def test_a_cell_is_what_hidden_state_and_output_gate_say():
    _, context = looked(WHOLE, EMBED, {"kind": "lstm", "hidden_size": 6})
    maps = by_title(measure("recurrent_states", context))
    assert maps["output gate"] * np.tanh(maps["cell"]) == pytest.approx(maps["hidden"], abs=1e-6)
    before = np.concatenate([np.zeros((6, 1)), maps["cell"][:, :-1]], axis=1)
    after = maps["forget gate"] * before + maps["input gate"] * maps["candidate"]
    assert after == pytest.approx(maps["cell"], abs=1e-6)


def test_a_state_that_is_handed_on_is_started_from():
    data = {"dataset": "reverse", "params": {"samples": 60}}
    assembly, context = looked(
        data,
        {"id": "source", "kind": "embedding", "embedding_dim": 4, "inputs": ["input"]},
        {"id": "encoder", "kind": "gru", "hidden_size": 6},
        {"id": "target", "kind": "embedding", "embedding_dim": 4, "inputs": ["decoder_input"]},
        {"id": "decoder", "kind": "gru", "hidden_size": 6, "output": "sequence", "inputs": ["target", "encoder.state"]},
        classes=8,
    )
    frame = measure("recurrent_states", context)
    decoder = next(item for item in frame.items if (item.node, item.title) == ("decoder", "hidden"))
    given = context.shown.outputs["decoder"][0]
    real = context.sample.raw[0, 1] != assembly.data.facts.padding_token
    assert array(decoder.values) == pytest.approx(given[real].t().numpy(), abs=1e-6)
    words = assembly.data.facts.vocabulary
    assert decoder.column_names == [words[token] for token in context.sample.raw[0, 1][real].tolist()]


def test_steps_of_numbers_are_named_by_them():
    data = {"dataset": "parity", "params": {"length": 6, "samples": 60}}
    _, context = looked(data, {"kind": "rnn", "hidden_size": 4})
    names = measure("recurrent_states", context).items[0].column_names
    assert names == [str(int(bit)) for bit in context.sample.raw[0, :, 0].tolist()]


# --- attention --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("causal", [False, True])
def test_heads_are_those_of_pytorch(causal):
    attention = {"id": "attention", "kind": "multi_head_attention", "num_heads": 2, "causal": causal}
    assembly, context = looked(PADDED, EMBED, attention, {"kind": "global_avg_pool"}, sample=0)
    context = context_of(assembly, sample=short_sample(assembly))
    items = measure("attention_maps", context).items
    module = assembly.network.layers["attention"]
    theirs = nn.MultiheadAttention(8, 2, batch_first=True)
    theirs.load_state_dict(module.state_dict())
    x = context.shown.inputs["attention"][0]
    padding = context.sample.raw == assembly.data.facts.padding_token
    later = torch.ones(12, 12, dtype=torch.bool).triu(1) if causal else None
    with torch.no_grad():
        _, expected = theirs(x, x, x, key_padding_mask=padding, attn_mask=later, average_attn_weights=False)
    assert [item.title for item in items] == ["head 1", "head 2"]
    real = ~padding[0].numpy()
    for head, item in enumerate(items):
        found = array(item.values)
        may_look = real[:, None] & real & (np.tri(12, dtype=bool) if causal else True)
        assert (np.isnan(found) == ~may_look).all()
        assert np.nan_to_num(found)[real] == pytest.approx(expected[0, head].numpy()[real], abs=1e-6)
        assert np.nansum(found, axis=1)[real] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("norm_first", [False, True])
def test_a_transformer_block_looks_where_pytorch_says(norm_first):
    block = {"id": "block", "kind": "transformer_block", "num_heads": 2, "norm_first": norm_first, "dropout": 0.5}
    assembly, context = looked(WHOLE, EMBED, block, {"kind": "global_avg_pool"})
    theirs = nn.TransformerEncoderLayer(8, 2, 32, norm_first=norm_first, batch_first=True)
    theirs.load_state_dict(assembly.network.layers["block"].state_dict())
    theirs.eval()
    x = context.shown.inputs["block"][0]
    x = theirs.norm1(x) if norm_first else x
    with torch.no_grad():
        _, expected = theirs.self_attn(x, x, x, average_attn_weights=False)
    found = np.stack([array(item.values) for item in measure("attention_maps", context).items])
    assert found == pytest.approx(expected[0].numpy(), abs=1e-6)


@pytest.mark.parametrize("score", ["additive", "scaled_dot_product"])
def test_an_encoder_and_a_decoder(score):
    """Rows are named by what the decoder reads, columns by the source; the output is made of these very weights."""
    data = {"dataset": "reverse", "params": {"samples": 60, "length": 7, "shortest": 3}}
    graph = [
        {"id": "source", "kind": "embedding", "embedding_dim": 4, "inputs": ["input"]},
        {"id": "encoder", "kind": "gru", "hidden_size": 6, "output": "sequence"},
        {"id": "target", "kind": "embedding", "embedding_dim": 4, "inputs": ["decoder_input"]},
        {"id": "decoder", "kind": "gru", "hidden_size": 6, "output": "sequence", "inputs": ["target", "encoder.state"]},
        {"id": "attention", "kind": "attention", "score": score, "inputs": ["decoder", "encoder"]},
    ]
    assembly, _ = looked(data, *graph, classes=8)
    sample = next(n for n, row in enumerate(assembly.data.validation_raw) if (row == 9).any())
    context = context_of(assembly, sample=sample)
    (item,) = measure("attention_maps", context).items
    words = assembly.data.facts.vocabulary
    assert item.row_names == [words[token] for token in context.sample.raw[0, 1].tolist()]
    assert item.column_names == [words[token] for token in context.sample.raw[0, 0].tolist()]
    weights = np.nan_to_num(array(item.values))
    real = context.sample.raw[0, 1] != 9
    memory = context.shown.outputs["encoder"][0].numpy()
    given = context.shown.outputs["attention"][0].numpy()
    assert (weights @ memory)[real] == pytest.approx(given[real], abs=1e-5)


def test_long_sequences_are_cut_and_say_so():
    data = {"dataset": "grammar_text", "params": {"length": 256, "samples": 20}}
    attention = {"kind": "multi_head_attention", "num_heads": 4, "causal": True}
    _, context = looked(data, EMBED, attention, attention, sample=0, classes=29)
    items = measure("attention_maps", context).items
    assert sum(array(item.values).size for item in items) <= 131_072
    assert {(item.total_rows, item.total_columns) for item in items} == {(256, 256)}
    assert len(items) == 8
    assert len(items[0].row_names) == items[0].values.shape[0] < 256
