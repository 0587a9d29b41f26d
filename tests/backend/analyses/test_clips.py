"""Analyses of networks on clips: a step in slow motion, frame by frame, and all others that apply."""

import pytest
import torch
from layerlab import analyses
from layerlab.analyses.base import AnalysisContext

from tests.backend.analyses.test_slow_motion import copied, made, numbers, phases, watched

FRAMES = 4
CLIPS = {"dataset": "clips", "params": {"size": 8, "frames": FRAMES, "samples": 70}}
NET = [
    {"id": "conv", "kind": "conv2d", "out_channels": 3, "kernel_size": 3},
    {"id": "norm", "kind": "batch_norm"},
    {"id": "relu", "kind": "relu"},
    {"id": "drop", "kind": "dropout2d", "p": 0.2},
    {"id": "rows", "kind": "flatten", "start_dim": 2},
    {"id": "lstm", "kind": "lstm", "hidden_size": 5},
    {"id": "fc", "kind": "linear", "out_features": 7},
]


#: The fields of each analysis in its example, without the name that some say too.
FIELDS = {one.kind: {name: value for name, value in one.example.items() if name != "kind"} for one in analyses.REGISTRY}


@pytest.fixture(scope="module")
def run():
    return made(NET, CLIPS, {"kind": "sgd", "lr": 0.1})


def test_each_node_has_its_phases_and_the_middle_frame_is_followed(run):
    frame = watched(copied(run))
    forward, backward = phases(frame, "forward"), phases(frame, "backward")
    assert list(forward) == [node["id"] for node in NET]
    assert {"conv", "norm", "relu"} <= set(backward)
    assert forward["conv"].title.endswith("of 3×6×6, frame 3")
    assert forward["relu"].title.endswith("of 3×6×6, frame 3")
    assert "frame" not in forward["rows"].title


def test_products_of_all_frames_add_up_to_the_gradient(run):
    frame = watched(copied(run))
    item = phases(frame, "backward")["conv"]
    gradient = numbers(item)[r"\frac{\partial L}{\partial w}"]
    assert item.num_terms == FRAMES * len(frame.items[0].samples)
    total = sum(term.numbers[0] for term in item.terms) + (item.rest or 0)
    assert total == pytest.approx(gradient, rel=1e-3, abs=1e-6)
    assert ", frame " in item.terms[0].name


def test_a_norm_tells_the_mean_over_all_frames(run):
    frame = watched(copied(run))
    item = phases(frame, "forward")["norm"]
    copy = copied(run)
    batch = torch.tensor(frame.items[0].samples)
    with torch.no_grad(), copy.network.recording() as recording:
        copy.network(copy.data.train_inputs[batch])
    channel = int(item.title.split("channel ")[1].split(",")[0]) - 1
    wanted = recording.inputs["norm"][0][:, :, channel].double().mean()
    assert numbers(item)[r"\mu"] == pytest.approx(float(wanted), rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("kind", [one.kind for one in analyses.REGISTRY])
def test_every_analysis_that_applies_can_be_made(run, kind):
    found = analyses.REGISTRY.get(kind)
    copy = copied(run)
    if not found.applies(copy.plan) or kind in {"loss_landscape", "optimizer_ways"}:
        return
    context = AnalysisContext(run="r", step=copy.trainer.step, assembly=copy, threads=1)
    assert found.analyse(context, found.Params.model_validate(FIELDS[kind])).items
