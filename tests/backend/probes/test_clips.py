"""What probes show of clips: all frames of each map, and of the samples that were judged."""

import pytest
import torch
from layerlab.probes import feature_maps
from layerlab.training.preview import preview
from layerlab_schemas.run import RunSpec
from layerlab_schemas.server import PreviewRequest

from tests.backend.probes.watching import array, last, measure

FRAMES, SIZE = 5, 8
DATA = {
    "dataset": "clips",
    "params": {"frames": FRAMES, "size": SIZE, "samples": 70},
    "validation_fraction": 0.4,
    "preprocess": "standardize",
}
NET = [
    {"id": "conv", "kind": "conv2d", "out_channels": 4, "kernel_size": 3},
    {"kind": "flatten"},
    {"kind": "linear", "out_features": 7},
]


def body(**params):
    data = DATA | {"params": DATA["params"] | params}
    return RunSpec.model_validate({"data": data, "graph": NET, "training": {"max_steps": 1, "eval_every": 1}})


@pytest.fixture(scope="module")
def seen():
    return last(body())


def test_each_map_is_there_for_each_frame(seen):
    assembly, context = seen
    item = next(one for one in measure("feature_maps", context).items if one.node == "conv")
    assert (item.total, item.frames, item.num_channels) == (4, FRAMES, None)
    with torch.no_grad():
        clip = context.sample.inputs[0]
        wanted = torch.stack([assembly.network.layers["conv"](frame[None])[0] for frame in clip])
    images = array(item.images).reshape(4, FRAMES, SIZE - 2, SIZE - 2)
    assert torch.allclose(torch.tensor(images), wanted.transpose(0, 1), atol=1e-5)


@pytest.mark.parametrize(("colour", "channels"), [("grey", 1), ("colour", 3)])
def test_the_input_is_shown_as_it_is_before_preprocessing(colour, channels):
    _, context = last(body(colour=colour))
    item = measure("feature_maps", context).items[0]
    assert (item.node, item.frames, item.in_colour, item.total) == ("input", FRAMES, channels == 3, 1)
    assert torch.equal(torch.tensor(array(item.images)), context.sample.raw[0])
    assert array(item.images).shape == (FRAMES, channels, SIZE, SIZE)


def test_fewer_maps_are_sent_of_large_clips(seen, monkeypatch):
    monkeypatch.setattr(feature_maps, "MOST_VALUES", 2 * FRAMES * (SIZE - 2) ** 2)
    item = measure("feature_maps", seen[1]).items[1]
    assert item.total == 4
    assert array(item.images).shape == (2 * FRAMES, 1, SIZE - 2, SIZE - 2)


def test_what_was_judged_worst_can_be_played(seen):
    _, context = seen
    example = measure("examples", context).items[0].examples[0]
    raw = context.judged.raw[example.index]
    assert torch.equal(torch.tensor(array(example.frames)), raw)
    assert torch.equal(torch.tensor(array(example.image)), raw[FRAMES // 2])
    assert example.caption is None


def test_a_preview_has_pixels_to_four_places():
    request = PreviewRequest.model_validate({"data": DATA, "num_samples": 3})
    found = preview(request)
    assert len(found.samples) == 3
    values = found.samples[0].values
    assert torch.tensor(values).shape == (FRAMES, 1, SIZE, SIZE)
    assert all(round(value, 4) == value for row in values[0][0] for value in row)
