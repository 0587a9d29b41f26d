"""Saliency, Grad-CAM and top inputs against autograd, closed forms, and data where one corner decides."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from layerlab.analyses import REGISTRY
from layerlab.analyses.base import AnalysisContext
from layerlab.analyses.grad_cam import grad_cam
from layerlab.analyses.picturing import score_of
from layerlab.analyses.saliency import saliency
from layerlab.errors import SpecError
from layerlab.registry import read_params
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec
from torch import nn

SHAPES = {"dataset": "shapes", "params": {"size": 8, "samples": 120, "colour": "grey"}}
CONV = {"kind": "conv2d", "out_channels": 6, "kernel_size": 3, "padding": 1}
NET = [
    {"id": "conv", **CONV},
    {"id": "norm", "kind": "batch_norm"},
    {"id": "relu", "kind": "relu"},
    {"id": "gap", "kind": "global_avg_pool"},
    {"id": "logits", "kind": "linear", "out_features": 6},
]
FLAT = [{"kind": "flatten"}, {"id": "logits", "kind": "linear", "out_features": 6}]


def context_of(graph, data=SHAPES, sample=3):
    assembly = assemble(RunSpec.model_validate({"data": data, "graph": graph}))
    return AnalysisContext(run="r", step=7, assembly=assembly, sample=sample)


def analyse(kind, context, **fields):
    found = REGISTRY.get(kind)
    assert found.applies(context.plan)
    return found.analyse(context, read_params(found, fields, path="params"))


def array(packed):
    return np.frombuffer(packed.data, dtype="<f4").reshape(packed.shape)


@pytest.fixture(scope="module")
def context():
    found = context_of(NET)
    with torch.no_grad():
        found.network.layers["norm"].running_mean.normal_()
        found.network.layers["norm"].weight.uniform_(0.5, 2)
    return found


def test_saliency_of_a_linear_classifier_is_the_size_of_its_weights():
    found = context_of(FLAT)
    frame = analyse("saliency", found, class_number=2)
    (item,) = frame.items
    (example,) = item.examples
    weight = found.network.layers["logits"].weight.detach()[2].reshape(8, 8).abs()
    assert array(example.heat) == pytest.approx((weight / weight.max()).numpy(), rel=1e-5)
    assert example.value == pytest.approx(float(weight.max()))
    assert (frame.step, frame.split, frame.mode, example.index) == (7, "validation", "eval", 3)
    assert (array(example.image) == found.data.validation_raw[3].numpy()).all()


def test_saliency_is_the_gradient_of_the_score(context):
    context.network.eval()
    x = context.data.validation_inputs[3:4].clone().requires_grad_()
    context.network(x)[0, 4].backward()
    assert torch.equal(saliency(context.network, x, 4), x.grad[0].abs().amax(0))


def test_grad_cam_before_a_mean_over_maps_is_cam(context):
    """With a mean over each map and one linear layer, α is the weight over H·W: class activation maps (Zhou 2016)."""
    context.network.eval()
    x = context.data.validation_inputs[3:4]
    with context.network.recording() as recording:
        context.network(x)
    maps, weight = recording.outputs["relu"][0], context.network.layers["logits"].weight.detach()
    wanted = (weight[1][:, None, None] * maps).sum(0).relu() / 64
    assert torch.allclose(grad_cam(context.network, x, "relu", 1), wanted, atol=1e-7)


def test_grad_cam_takes_the_last_maps_behind_norm_and_activation_and_shows_the_likeliest_class_first(context):
    frame = analyse("grad_cam", context)
    assert [item.title.split(",")[0] for item in frame.items] == ["relu"] * 6
    first = frame.items[0].examples[0]
    assert frame.items[0].node == first.prediction
    heat = array(first.heat)
    assert heat.shape == (8, 8)
    assert heat.min() >= 0
    assert heat.max() == pytest.approx(1) or not heat.any()


def test_a_single_output_speaks_for_the_second_class():
    answer = torch.tensor([[2.0], [3.0]])
    assert (float(score_of(answer, 1)), float(score_of(answer, 0))) == (5, -5)
    assert float(score_of(torch.tensor([[1.0, 2.0, 4.0]]), 2)) == 4


@pytest.fixture(scope="module")
def corner():
    """Noise, with a bright corner in class 1 alone; a small net learns it within seconds."""
    pool = {"kind": "max_pool2d", "kernel_size": 2}
    found = context_of([{"id": "conv", **CONV}, {"id": "relu", "kind": "relu"}, pool, *FLAT])
    draws = torch.Generator().manual_seed(0)
    x = torch.rand(256, 1, 8, 8, generator=draws)
    y = torch.randint(0, 2, (256,), generator=draws)
    x[y == 1, :, :2, 6:] += 1.5
    # Decay takes away the weights from the start that nothing asks for.
    optimizer = torch.optim.AdamW(found.network.parameters(), lr=0.01, weight_decay=2)
    for _ in range(120):
        optimizer.zero_grad()
        nn.functional.cross_entropy(found.network(x), y).backward()
        optimizer.step()
    assert float((found.network(x).argmax(1) == y).float().mean()) > 0.98
    data = replace(found.data, validation_inputs=x, validation_raw=x, validation_targets=y)
    sample = int((y == 1).nonzero()[0])
    return replace(found, assembly=replace(found.assembly, data=data), sample=sample)


@pytest.mark.parametrize("kind", ["saliency", "grad_cam"])
def test_where_one_corner_decides_the_heat_lies_there(corner, kind):
    (item,) = analyse(kind, corner, class_number=1).items
    heat = array(item.examples[0].heat)
    near = heat[:4, 4:].mean()
    assert near > 2 * np.delete(heat.ravel(), [8 * i + j for i in range(4) for j in range(4, 8)]).mean()
    assert np.unravel_index(heat.argmax(), heat.shape)[0] < 4
    assert np.unravel_index(heat.argmax(), heat.shape)[1] >= 4


def test_top_inputs_are_those_with_the_largest_value_and_mark_what_was_seen(context):
    frame = analyse("top_inputs", context, node="relu", unit=3)
    context.network.eval()
    x = context.data.validation_inputs
    with context.network.recording() as recording, torch.no_grad():
        context.network(x)
    map_nhw = recording.outputs["relu"][:, 2]
    order = map_nhw.flatten(1).amax(1).argsort(descending=True)[:9]
    (item,) = frame.items
    assert [example.index for example in item.examples] == order.tolist()
    assert frame.num_samples == len(x)
    for example in item.examples:
        values = map_nhw[example.index]
        assert example.value == pytest.approx(float(values.max()))
        row, column = divmod(int(values.argmax()), 8)
        top, left = max(0, row - 1), max(0, column - 1)
        assert example.box == [top, left, min(7, row + 1) - top + 1, min(7, column + 1) - left + 1]


def test_top_inputs_of_a_unit_behind_a_flatten_see_all_of_the_image(context):
    (item,) = analyse("top_inputs", context, node="logits", unit=6).items
    answers = context.network.eval()(context.data.validation_inputs).detach()[:, 5]
    assert item.examples[0].value == pytest.approx(float(answers.max()))
    assert item.examples[0].box is None


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("top_inputs", {"node": "nope"}, "no layer called nope"),
        ("top_inputs", {"node": "conv", "unit": 7}, "numbered from 1 to 6"),
        ("grad_cam", {"node": "logits"}, "gives no feature maps"),
        ("saliency", {"class_number": 6}, "numbered from 0 to 5"),
    ],
)
def test_what_is_not_there_is_refused_in_words(context, kind, fields, words):
    with pytest.raises(SpecError) as refused:
        analyse(kind, context, **fields)
    assert words in str(refused.value)


def test_they_apply_only_where_there_is_something_to_find():
    points = context_of([{"kind": "linear", "out_features": 2}], {"dataset": "spiral"})
    flat = context_of(FLAT)
    assert not any(REGISTRY.get(kind).applies(points.plan) for kind in ("saliency", "grad_cam", "top_inputs"))
    assert [REGISTRY.get(kind).applies(flat.plan) for kind in ("saliency", "grad_cam", "top_inputs")] == [
        True,
        False,
        True,
    ]
