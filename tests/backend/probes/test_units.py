"""Units over the plane and the weights between them, against PyTorch run by hand."""

import numpy as np
import pytest
import torch
from layerlab.probes.units import MOST_NUMBERS, MOST_UNITS, shown_nodes
from layerlab.training.assemble import assemble

from tests.backend.probes.watching import array, context_of, last, measure, spec

GRAPH = [
    {"id": "features", "kind": "point_features", "features": ["x", "xy", "sin_y"]},
    {"id": "first", "kind": "linear", "out_features": 5},
    {"kind": "batch_norm"},
    {"id": "tanh", "kind": "tanh"},
    {"id": "drop", "kind": "dropout", "p": 0.5},
    {"id": "second", "kind": "linear", "out_features": 4, "bias": False},
    {"id": "relu", "kind": "relu"},
    {"id": "answer", "kind": "linear", "out_features": 2},
]


@pytest.fixture(scope="module")
def trained():
    return last(spec(GRAPH, "spiral"))


def by_hand(assembly, surface):
    """What each node gives at the places of a tile of 33 by 33, highest y first: node to [F, 33, 33]."""
    x = torch.linspace(*surface.x, 33)
    y = torch.linspace(*surface.y, 33).flip(0)
    places = torch.stack([x.repeat(33), y.repeat_interleave(33)], dim=1)
    value = assembly.data.preprocessing.apply(places)
    assembly.network.eval()
    values = {"input": value}
    with torch.no_grad():
        for node in assembly.plan.nodes:
            value = values[node.id] = assembly.network.layers[node.id](value)
    assembly.network.train()
    values["answer"] = values["answer"].softmax(1)
    return {node: value.t().reshape(-1, 33, 33).numpy() for node, value in values.items()}


def test_units_are_the_modules_run_by_hand_over_the_plane(trained):
    assembly, context = trained
    frame = measure("units", context)
    exact = by_hand(assembly, measure("decision_surface", context).items[0])
    assert (frame.split, frame.mode, frame.step) == (None, "eval", 6)
    assert [item.node for item in frame.items] == ["input", "features", "drop", "relu", "answer"]
    for item in frame.items:
        images = array(item.images)
        assert images.shape == (len(exact[item.node]), 1, 33, 33)
        assert images[:, 0] == pytest.approx(exact[item.node], abs=2e-5)
        assert (item.low, item.high) == (images.min(), images.max())
        assert item.total == len(images)


def test_the_output_tile_is_the_decision_surface(trained):
    _, context = trained
    surface = array(measure("decision_surface", context).items[0].values)
    tile = array(measure("units", context).items[-1].images)[:, 0]
    assert (tile[:, ::-1] == surface[:, ::3, ::3]).all()


def test_connections_are_the_weights_and_biases(trained):
    assembly, context = trained
    frame = measure("connections", context)
    assert (frame.split, frame.mode) == (None, None)
    items = {(item.node, item.parameter): array(item.images) for item in frame.items}
    assert list(items) == [
        ("first", "weight"), ("first", "bias"), ("second", "weight"), ("answer", "weight"), ("answer", "bias"),
    ]  # fmt: skip
    for (node, name), images in items.items():
        value = getattr(assembly.network.layers[node], name).detach().numpy()
        assert (images[0, 0] == value.reshape(len(value), -1)).all()


def test_one_look_serves_all_three(trained, monkeypatch):
    assembly, _ = trained
    context, looks = context_of(assembly), []
    forward = type(assembly.network).forward
    monkeypatch.setattr(
        type(assembly.network), "forward", lambda network, x: looks.append(len(x)) or forward(network, x)
    )
    for probe in ("decision_surface", "units", "connections"):
        assert measure(probe, context) is not None
    assert looks == [97 * 97]


def test_a_wide_layer_is_cut_and_says_so():
    graph = [
        {"id": "wide", "kind": "linear", "out_features": 100},
        {"kind": "relu"},
        {"id": "also", "kind": "linear", "out_features": 80},
        {"kind": "tanh"},
        {"id": "answer", "kind": "linear", "out_features": 1},
    ]
    assembly = assemble(spec(graph, "plane_regression", max_steps=0))
    list(assembly.trainer.steps())
    context = context_of(assembly)
    frame = measure("units", context)
    assert [(item.total, len(array(item.images))) for item in frame.items] == [
        (2, 2), (100, MOST_UNITS), (80, MOST_UNITS), (1, 1),
    ]  # fmt: skip
    assert sum(array(item.images).size for item in frame.items) <= MOST_NUMBERS
    # Every matrix would be too many lines to draw: none is left.
    assert measure("connections", context) is None
    # Numbers stay numbers: regression has no probabilities.
    surface = array(measure("decision_surface", context).items[0].values)
    assert np.ptp(surface) > 0


def test_branches_and_residuals_are_units_too():
    graph = [
        {"id": "first", "kind": "linear", "out_features": 4},
        {"id": "relu", "kind": "relu"},
        {"id": "second", "kind": "linear", "out_features": 4},
        {"id": "sum", "kind": "add", "inputs": ["relu", "second"]},
        {"id": "answer", "kind": "linear", "out_features": 2},
    ]
    assembly = assemble(spec(graph, "spiral", max_steps=0))
    assert list(shown_nodes(assembly.plan)) == ["relu", "second", "sum", "answer"]


def test_images_have_no_plane():
    _, context = last(spec([{"kind": "flatten"}, {"kind": "linear", "out_features": 10}]))
    assert measure("units", context) is None
    assert measure("connections", context) is None
