"""Test-time augmentation against PyTorch's own layers, view by view."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from layerlab.analyses import REGISTRY

from tests.backend.analyses.looking import analysed, trained

KIND = "test_time_augmentation"
SPEC = {
    "data": {"dataset": "shapes", "params": {"size": 16, "samples": 240, "classes": 3}, "preprocess": "mean_image"},
    "graph": [
        {"kind": "conv2d", "out_channels": 8, "kernel_size": 5},
        {"kind": "batch_norm"},
        {"kind": "relu"},
        {"kind": "dropout", "p": 0.5},
        {"kind": "flatten"},
        {"kind": "linear", "out_features": 3},
    ],
    "training": {"epochs": 3},
}


@pytest.fixture(scope="module")
def run():
    return trained(SPEC)


def ten_crops(raw, side):
    """As AlexNet cuts them, each scaled up again."""
    far = raw.shape[-1] - side
    places = [(far / 2, far / 2), (0, 0), (0, far), (far, 0), (far, far)]
    parts = [raw[..., round(top) : round(top) + side, round(left) : round(left) + side] for top, left in places]
    crops = [F.interpolate(part, size=raw.shape[-2:], mode="bilinear") for part in parts]
    return crops + [crop.flip(-1) for crop in crops]


def asked(assembly, raw):
    mean = assembly.data.train_raw.mean(0)
    network = assembly.network.eval()
    with torch.no_grad():
        return network(raw - mean).double().softmax(1)


def test_means_are_those_of_the_views_one_by_one(run):
    assembly, context = run
    frame = analysed(context, KIND, crop=0.75)
    raw, targets = assembly.data.validation_raw, assembly.data.validation_targets
    wanted = {
        "as it is": asked(assembly, raw),
        "both": torch.stack([asked(assembly, raw), asked(assembly, raw.flip(-1))]).mean(0),
        "10 crops": torch.stack([asked(assembly, crop) for crop in ten_crops(raw, 12)]).mean(0),
        "1 crop": asked(assembly, ten_crops(raw, 12)[0]),
    }
    accuracy, loss, sample = frame["items"]
    for name, found in wanted.items():
        place = accuracy["x_names"].index(name)
        assert accuracy["series"][0]["y"][place] == pytest.approx((found.argmax(1) == targets).double().mean().item())
        assert loss["series"][0]["y"][place] == pytest.approx(F.nll_loss(found.log(), targets).item(), rel=1e-4)
    shown = {series["name"]: series["y"] for series in sample["series"]}
    for name, probabilities in shown.items():
        np.testing.assert_allclose(probabilities, wanted[name][0], atol=1e-5)
    assert sample["note"] == f"Its label is {assembly.data.facts.class_names[int(targets[0])]}."
    gain = 100 * (accuracy["series"][0]["y"][5] - accuracy["series"][0]["y"][0])
    assert f"10 crops {gain:+.1f}".replace("-", "−").replace("+0.0", "0.0") in accuracy["note"]


def test_one_look_is_what_the_run_evaluates(run):
    assembly, context = run
    frame = analysed(context, KIND)
    evaluation = assembly.trainer._validation.measure(0)
    assert frame["items"][0]["series"][0]["y"][0] == pytest.approx(evaluation.accuracy)
    assert frame["items"][1]["series"][0]["y"][0] == pytest.approx(evaluation.loss, rel=1e-5)
    assert (frame["split"], frame["mode"], frame["num_samples"]) == ("validation", "eval", 48)


def test_crops_of_the_whole_are_the_two_flips(run):
    accuracy, loss, _ = analysed(run[1], KIND, crop=1)["items"]
    for item in (accuracy, loss):
        values = dict(zip(item["x_names"], item["series"][0]["y"], strict=True))
        assert values["10 crops"] == pytest.approx(values["both"], rel=1e-6)
        assert values["1 crop"] == pytest.approx(values["as it is"], rel=1e-6)


def test_a_network_with_one_output_speaks_of_two_classes():
    graph = [{"kind": "flatten"}, {"kind": "linear", "out_features": 1}]
    data = {"dataset": "shapes", "params": {"size": 8, "samples": 60, "classes": 2}}
    _, context = trained({"data": data, "graph": graph, "loss": {"kind": "bce"}, "training": {"max_steps": 1}})
    sample = analysed(context, KIND)["items"][2]
    for series in sample["series"]:
        assert sum(series["y"]) == pytest.approx(1, rel=1e-6)


def test_it_is_for_images_with_classes():
    _, context = trained(
        {"data": {"dataset": "iris"}, "graph": [{"kind": "linear", "out_features": 3}], "training": {"max_steps": 1}}
    )
    assert not REGISTRY.get(KIND).applies(context.plan)
