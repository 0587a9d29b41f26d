"""The data under the lamp: each sample's label, prediction, probability and loss, against PyTorch by hand."""

import numpy as np
import pytest
import torch
from layerlab.losses.base import NO_ANSWER
from layerlab.probes import verdicts
from layerlab_schemas.run import RunSpec

from tests.backend.analyses.looking import MOONS, analysed, trained
from tests.backend.probes.watching import array, last, measure, spec


def flags(packed) -> np.ndarray:
    return np.frombuffer(packed.data, dtype=np.uint8).reshape(packed.shape)


def outputs(assembly, inputs) -> torch.Tensor:
    assembly.network.eval()
    with torch.no_grad():
        given = assembly.network(inputs)
    assembly.network.train()
    return given


def run(data, graph, loss=None, steps=20):
    body = {"data": data, "graph": graph, "loss": loss, "training": {"max_steps": steps, "epochs": None}}
    return last(RunSpec.model_validate(body))


def test_every_validation_sample_has_its_row():
    assembly, context = last(spec())
    given, targets = outputs(assembly, assembly.data.validation_inputs), assembly.data.validation_targets
    frame = measure("samples", context)
    [item] = frame.items
    assert (frame.split, frame.mode, frame.step, frame.num_samples) == ("validation", "eval", 6, len(targets))
    assert (item.node, item.has_classes) == ("validation", True)
    assert array(item.index).tolist() == list(range(len(targets)))
    assert array(item.label).tolist() == targets.tolist()
    assert array(item.prediction).tolist() == given.argmax(1).tolist()
    exact = torch.nn.functional.cross_entropy(given, targets, reduction="none")
    assert array(item.loss) == pytest.approx(exact.numpy(), rel=1e-4, abs=1e-6)
    assert array(item.probability) == pytest.approx(given.softmax(1).max(1)[0].numpy(), abs=1e-5)
    assert flags(item.wrong).tolist() == (given.argmax(1) != targets).int().tolist()
    assert 0 < flags(item.wrong).sum() < len(targets)


def test_one_output_tells_two_classes():
    assembly, context = run({"dataset": "circle"}, [{"kind": "linear", "out_features": 1}], {"kind": "bce"}, steps=3)
    given = outputs(assembly, assembly.data.validation_inputs)[:, 0].sigmoid()
    [item] = measure("samples", context).items
    assert array(item.prediction).tolist() == (given > 0.5).int().tolist()
    assert array(item.probability) == pytest.approx(torch.maximum(given, 1 - given).numpy(), abs=1e-5)


def test_numbers_have_no_right_or_wrong():
    assembly, context = run({"dataset": "diabetes"}, [{"kind": "linear", "out_features": 1}])
    given, targets = outputs(assembly, assembly.data.validation_inputs), assembly.data.validation_targets
    [item] = measure("samples", context).items
    assert (item.wrong, item.probability, item.has_classes) == (None, None, False)
    assert array(item.label) == pytest.approx(targets.flatten().numpy())
    assert array(item.prediction) == pytest.approx(given.flatten().numpy(), rel=1e-4)
    assert array(item.loss) == pytest.approx((given - targets.reshape(given.shape)).square()[:, 0].numpy(), rel=1e-3)


def test_an_autoencoder_tells_only_losses():
    graph = [{"kind": "flatten"}, {"kind": "linear", "out_features": 64}, {"kind": "reshape", "shape": [1, 8, 8]}]
    _, context = run({"dataset": "digits", "target": "input"}, graph, steps=2)
    [item] = measure("samples", context).items
    assert np.isnan(array(item.label)).all()
    assert np.isfinite(array(item.loss)).all()


def test_a_sequence_is_wrong_where_any_step_is():
    graph = [
        {"kind": "embedding", "embedding_dim": 4},
        {"kind": "gru", "hidden_size": 6, "output": "sequence"},
        {"kind": "linear", "out_features": 8},
    ]
    assembly, context = run({"dataset": "copy", "params": {"samples": 60}}, graph, steps=2)
    targets = assembly.data.validation_targets
    guess = outputs(assembly, assembly.data.validation_inputs).argmax(-1)
    [item] = measure("samples", context).items
    assert flags(item.wrong).tolist() == ((guess != targets) & (targets != NO_ANSWER)).any(1).int().tolist()
    assert set(array(item.label).tolist()) == {verdicts.NO_SINGLE}
    assert item.probability is None


def test_of_very_many_samples_some_are_told(monkeypatch):
    monkeypatch.setattr(verdicts, "MOST_ROWS", 5)
    assembly, context = last(spec())
    num = len(assembly.data.validation_targets)
    frame = measure("samples", context)
    [item] = frame.items
    places = array(item.index)
    assert (frame.num_samples, len(places), places[0], places[-1]) == (num, 5, 0, num - 1)
    assert array(item.label).tolist() == assembly.data.validation_targets[places.tolist()].tolist()
    assert len(array(item.loss)) == 5


def test_training_samples_are_judged_with_dropout_off():
    assembly, context = trained(MOONS)
    given, targets = outputs(assembly, assembly.data.train_inputs), assembly.data.train_targets
    frame = analysed(context, "training_samples")
    [item] = frame["items"]
    assert (frame["split"], frame["num_samples"], item["node"]) == ("train", len(targets), "train")
    exact = torch.nn.functional.cross_entropy(given, targets, reduction="none")
    assert item["loss"] == pytest.approx(exact.tolist(), rel=1e-3, abs=1e-5)
    assert item["wrong"] == (given.argmax(1) != targets).int().tolist()
