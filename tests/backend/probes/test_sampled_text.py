"""What a network writes."""

import pytest
import torch
from layerlab import probes
from layerlab.probes import sampled_text
from layerlab.probes.sampled_text import chosen
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec

from tests.backend.probes.watching import context_of, measure

TEXT = {"dataset": "grammar_text", "params": {"length": 16, "samples": 200}}
EMBED = {"kind": "embedding", "embedding_dim": 8}
GRU = {"id": "gru", "kind": "gru", "hidden_size": 12, "output": "sequence"}
SCORES = {"kind": "linear", "out_features": 29}


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """A slow machine writes as much as a fast one."""
    monkeypatch.setattr(sampled_text, "MOST_SECONDS", 1e9)


def made(*graph, data=TEXT, steps=30):
    body = {"data": data, "graph": [EMBED, *graph, SCORES], "training": {"max_steps": steps, "seed": 5}}
    assembly = assemble(RunSpec.model_validate(body | {"optimizer": {"kind": "adam", "lr": 0.02}}))
    for _ in assembly.trainer.steps():
        pass
    return assembly, context_of(assembly, sample=3)


def test_the_likeliest_is_what_a_plain_loop_writes():
    assembly, context = made(GRU)
    items = measure("sampled_text", context).items
    words = assembly.data.facts.vocabulary
    tokens = assembly.data.validation_inputs[3].tolist()
    assert [item.title for item in items] == ["the likeliest", "temperature 0.5", "temperature 1"]
    assert {item.prompt for item in items} == {"".join(words[token] for token in tokens[:8])}
    written = tokens[:8]
    assembly.network.eval()
    with torch.no_grad():
        while len(written) < 68:
            # A GRU reads only what is there, so this loop needs no room for what is to come.
            scores = assembly.network(torch.tensor([written[-16:]]))[0, -1]
            written.append(int(scores.argmax()))
    assert items[0].text == "".join(words[token] for token in written[8:])
    assert len(items[2].text) == 60


def test_draws_depend_on_seed_and_step_and_leave_the_global_generator_alone():
    assembly, context = made(GRU, steps=1)
    before = torch.get_rng_state()
    first = measure("sampled_text", context).items
    assert torch.equal(torch.get_rng_state(), before)
    assert measure("sampled_text", context).items == first
    texts = {first[2].text}
    context.step += 1
    texts.add(measure("sampled_text", context).items[2].text)
    context.seed += 1
    texts.add(measure("sampled_text", context).items[2].text)
    assert len(texts) == 3
    assert assembly.network.training


def test_tokens_are_drawn_as_often_as_softmax_says():
    generator = torch.Generator().manual_seed(0)
    scores = torch.tensor([0.0, 1.0, 2.0]).repeat(3, 1)
    draws = torch.stack([chosen(scores, generator) for _ in range(4000)])
    assert (draws[:, 0] == 2).all()
    for row, temperature in ((1, 0.5), (2, 1.0)):
        shares = draws[:, row].bincount(minlength=3) / len(draws)
        assert shares.tolist() == pytest.approx((scores[0] / temperature).softmax(0).tolist(), abs=0.03)


def test_a_network_that_sees_what_is_to_come_cannot_write():
    _, context = made(GRU | {"bidirectional": True}, steps=1)
    (item,) = measure("sampled_text", context).items
    assert item.text == ""
    assert "later tokens" in item.title
    _, causal = made({"kind": "transformer_block", "num_heads": 2, "causal": True}, steps=1)
    assert len(measure("sampled_text", causal).items) == 3


def test_only_models_of_text_write():
    probe = probes.REGISTRY.get("sampled_text")
    for data in ({"dataset": "copy", "params": {"samples": 60}}, {"dataset": "reverse", "params": {"samples": 60}}):
        first = EMBED | ({"inputs": ["input"]} if data["dataset"] == "reverse" else {})
        body = {"data": data, "graph": [first, GRU, {"kind": "linear", "out_features": 8}]}
        assert not probe.applies(assemble(RunSpec.model_validate(body)).plan)
