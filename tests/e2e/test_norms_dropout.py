"""Panels of norms and dropout draw what was measured in a real run; without them they offer what is lacking."""

import base64
import json
import math
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.e2e.playground import Playground, until
from tests.e2e.test_pictures import number, values_of

NET = [
    {"id": "conv1", "kind": "conv2d", "out_channels": 6, "kernel_size": 3, "padding": 1},
    {"kind": "batch_norm"}, {"kind": "relu"}, {"kind": "max_pool2d", "kernel_size": 2},
    {"id": "block", "kind": "residual"}, {"kind": "flatten"},
    {"id": "fc1", "kind": "linear", "out_features": 24}, {"kind": "tanh"},
    {"id": "drop", "kind": "dropout", "p": 0.5}, {"id": "logits", "kind": "linear", "out_features": 10},
]  # fmt: skip
PLAIN = [
    {"kind": "flatten"}, {"kind": "linear", "out_features": 16}, {"kind": "relu"},
    {"kind": "linear", "out_features": 10},
]  # fmt: skip


def open_with(playground: Playground, graph: list[dict], *panels: str) -> None:
    """A link with this network and these panels."""
    body = {"data": {"dataset": "digits", "batch_size": 32}, "graph": graph, "training": {"epochs": 5000}}
    packed = base64.urlsafe_b64encode(json.dumps(body).encode()).decode().rstrip("=")
    arrangement = {"places": [{"id": name} for name in panels], "maximised": None}
    playground.page.goto("about:blank")
    playground.page.goto(f"{playground.server.url}/#spec={packed}&panels={quote(json.dumps(arrangement))}")
    playground.wait_until_ready()


def recorded(playground: Playground, probe: str, node: str):
    """The item of a node in the recorded frame that a panel shows."""
    step = playground.panel_step(probe)
    frame = playground.server.call(f"/api/runs/{playground.run['id']}/frames?probe={probe}&step={step}")
    assert frame["step"] == step
    return next(item for item in frame["items"] if item["node"] == node)


def test_norms_and_dropout(playground):
    panels = ("norm_statistics", "dropout_masks", "dropout_scaling")
    open_with(playground, NET, *panels)
    playground.train()
    playground.wait_for_step(30)
    playground.pause()
    step = playground.run["step"]
    for name in panels:
        until(lambda name=name: playground.panel_step(name) == step, f"{name} is not as of step {step}")

    panel = playground.panel("norm_statistics")
    panel.get_by_role("combobox", name="Layer").select_option("block.norm2")
    item = recorded(playground, "norm_statistics", "block.norm2")
    head, *rows = values_of(playground, "Norm statistics")
    for name in ("batch_mean", "batch_var", "running_mean", "running_var", "weight"):
        assert [number(row[head.index(name)]) for row in rows] == pytest.approx(item[name], rel=1e-2, abs=1e-4)

    now = playground.digest("norm_statistics")
    panel.get_by_role("button", name="through time").click()
    until(lambda: playground.digest("norm_statistics") != now, "the view stays the same")
    panel.get_by_role("combobox", name="Channel").select_option("2")
    until(lambda: len(values_of(playground, "Norm statistics")) < 125, "all channels are still listed")
    head, *rows = values_of(playground, "Norm statistics")
    assert {row[head.index("channel")] for row in rows} == {"3"}
    assert len(rows) > 3
    assert number(rows[-1][head.index("running_mean")]) == pytest.approx(item["running_mean"][2], rel=1e-2, abs=1e-4)

    panel.get_by_role("button", name="what shares").click()
    until(lambda: values_of(playground, "Norm statistics")[0][0] == "norm", "the picture does not come")
    assert values_of(playground, "Norm statistics")[1] == ["batch_norm", "N, H, W", "6", str(32 * 4 * 4)]

    mask = recorded(playground, "dropout_masks", "drop")["values"]
    drawn = [row[1:] for row in values_of(playground, "Dropout masks")[1:]]
    assert [[None if cell == "" else float(cell) for cell in row] for row in drawn] == mask
    assert 0.3 < sum(map(sum, mask)) / (16 * 24) < 0.7
    item = recorded(playground, "dropout_scaling", "drop")
    _, *rows = values_of(playground, "Dropout: before and after")
    assert [number(row[2]) for row in rows] == pytest.approx(item["series"][1]["y"], rel=1e-2, abs=1e-4)
    assert item["series"][1]["name"] == "after, kept × 2"
    expect(playground.panel("dropout_scaling").get_by_text("1 / (1 − p) = 2 for p = 0.5")).to_be_visible()
    assert math.isfinite(number(rows[0][0]))


def test_a_network_without_them_is_offered_them(playground):
    open_with(playground, PLAIN, "norm_statistics", "dropout_masks")
    expect(playground.panel("norm_statistics").get_by_text("This network has no normalisation layer.")).to_be_visible()
    masks = playground.panel("dropout_masks")
    expect(masks.get_by_text("This network has no dropout.")).to_be_visible()
    before = playground.run["id"]
    masks.get_by_role("button", name="Add dropout").click()
    until(lambda: playground.run["id"] != before, "no new run")
    assert [node["kind"] for node in playground.run["spec"]["graph"]] == [
        "flatten",
        "linear",
        "relu",
        "dropout",
        "linear",
    ]
    playground.wait_until_ready()
    playground.train()
    playground.wait_for_panel_step("dropout_masks", 1)
    digest = playground.digest("dropout_masks")
    until(lambda: playground.digest("dropout_masks") != digest, "the masks stand still")
