"""Every probe copes with every kind of data: points, tables, images, sequences, answers at each step, autoencoders."""

import pytest
import torch
from layerlab import probes
from layerlab_schemas.run import RunSpec

from tests.backend.probes.watching import array, last, measure

EMBED = {"id": "embedding", "kind": "embedding", "embedding_dim": 4}
STEPS = [EMBED, {"id": "gru", "kind": "gru", "hidden_size": 6, "output": "sequence"}]
TRANSLATE = [
    {"id": "source", "kind": "embedding", "embedding_dim": 4, "inputs": ["input"]},
    {"id": "encoder", "kind": "gru", "hidden_size": 6},
    {"id": "target", "kind": "embedding", "embedding_dim": 4, "inputs": ["decoder_input"]},
    {"id": "decoder", "kind": "gru", "hidden_size": 6, "output": "sequence", "inputs": ["target", "encoder.state"]},
    {"id": "scores", "kind": "linear", "out_features": 8},
]


def linear(size: int) -> dict:
    return {"id": "scores", "kind": "linear", "out_features": size}


NETS = {
    "iris": ({"dataset": "iris"}, [linear(3)]),
    "diabetes": ({"dataset": "diabetes"}, [linear(1)]),
    "curve": ({"dataset": "curve_regression"}, [linear(1)]),
    "noise": ({"dataset": "noise", "params": {"classes": 40, "samples": 100}}, [linear(40)]),
    "shapes": (
        {"dataset": "shapes", "params": {"size": 8, "samples": 60, "colour": "colour"}},
        [{"kind": "conv2d", "out_channels": 4, "kernel_size": 3}, {"kind": "batch_norm"}, {"kind": "relu"},
         {"kind": "global_avg_pool"}, linear(6)],
    ),
    "clips": (
        {"dataset": "clips", "params": {"size": 8, "frames": 4, "samples": 70, "colour": "colour"}},
        [{"kind": "conv2d", "out_channels": 4, "kernel_size": 3}, {"kind": "batch_norm"}, {"kind": "relu"},
         {"kind": "dropout2d"}, {"kind": "max_pool2d", "kernel_size": 2}, {"kind": "flatten", "start_dim": 2},
         {"kind": "lstm", "hidden_size": 4}, linear(7)],
    ),
    "adding": ({"dataset": "adding", "params": {"samples": 100}}, [{"kind": "rnn", "hidden_size": 4}, linear(1)]),
    "parity": (
        {"dataset": "parity", "params": {"encoding": "token", "shortest": 4, "samples": 100}},
        [EMBED, {"kind": "lstm", "hidden_size": 4}, linear(1)],
    ),
    "text": ({"dataset": "grammar_text", "params": {"samples": 60, "length": 9}}, [*STEPS, {"kind": "layer_norm"},
        linear(29)]),
    "copy": ({"dataset": "copy", "params": {"samples": 60}}, [*STEPS, linear(8)]),
    "reverse": ({"dataset": "reverse", "params": {"samples": 60}}, TRANSLATE),
    "autoencoder": (
        {"dataset": "digits", "target": "input"},
        [{"kind": "flatten"}, linear(64), {"id": "image", "kind": "reshape", "shape": [1, 8, 8]}],
    ),
    "point autoencoder": ({"dataset": "spiral", "target": "input"}, [linear(2)]),
}  # fmt: skip
LOSSES = {"parity": {"kind": "bce"}, "copy": {"kind": "mse"}}
WITH_CONFUSION = {"iris", "shapes", "clips", "parity", "text", "copy", "reverse"}


@pytest.fixture(scope="module", params=NETS)
def seen(request):
    data, graph = NETS[request.param]
    body = {"data": data, "graph": graph, "loss": LOSSES.get(request.param), "training": {"max_steps": 2}}
    return request.param, *last(RunSpec.model_validate(body))


def test_no_probe_fails_and_numbers_are_finite(seen):
    name, assembly, context = seen
    for probe in probes.REGISTRY:
        frame = probe.measure(context)
        if not probe.applies(assembly.plan):
            assert frame is None, f"{probe.kind} does not apply to {name} and gives a frame"
        elif frame is not None:
            assert frame.model_dump_json(exclude={"items"})
            assert frame.items


def test_confusion_counts_answers_where_classes_are_few(seen):
    name, assembly, context = seen
    frame = measure("confusion", context)
    assert (frame is not None) == (name in WITH_CONFUSION)
    if frame is not None:
        targets = assembly.data.validation_targets
        assert array(frame.items[0].values).sum() == (targets != -100).sum()


def test_every_node_has_its_picture(seen):
    _, assembly, context = seen
    frame = measure("feature_maps", context)
    assert [item.node for item in frame.items] == ["input", *(node.id for node in assembly.plan.nodes)]


def test_sequences_are_spelt(seen):
    name, assembly, context = seen
    sample, data = measure("feature_maps", context).sample, assembly.data
    words = data.facts.vocabulary
    assert (sample.text is not None) == bool(words)
    if name not in {"text", "copy", "reverse"}:
        return
    index = sample.index
    source = data.validation_raw[index][0] if name == "reverse" else data.validation_raw[index]
    target = data.validation_targets[index]
    with torch.no_grad():
        answer = assembly.network.eval()(data.validation_inputs[index : index + 1])[0].argmax(-1)
    assert sample.text == "".join(words[token] for token in source.tolist() if token != data.facts.padding_token)
    assert sample.label == "".join(words[number] for number in target.tolist() if number != -100)
    assert sample.prediction == "".join(words[number] for number in answer[target != -100].tolist())


def test_answers_that_cannot_be_read_at_a_glance_are_left_out(seen):
    name, _, context = seen
    sample = measure("feature_maps", context).sample
    if name == "autoencoder":
        assert (sample.label, sample.prediction) == (None, None)
    if name == "adding":
        assert float(sample.label) == pytest.approx(float(context.sample.target), rel=0.01)
