"""Filters and maps in the page: what is drawn is what was measured, and the sum behind a pixel gives its value."""

import csv
import io
import json
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.e2e.playground import Playground, until

PANELS = {"places": [{"id": name} for name in ("filters", "feature_maps", "loss")], "maximised": None}


@pytest.fixture
def paused(playground):
    """A run that rests at some step, with filters and feature maps on the screen."""
    playground.page.goto(f"{playground.server.url.rstrip('/')}/#panels={quote(json.dumps(PANELS))}")
    playground.page.reload()
    playground.wait_until_ready()
    playground.train()
    playground.wait_for_step(15)
    playground.pause()
    for name in ("filters", "feature_maps"):
        step = playground.run["step"]
        until(lambda name=name, step=step: playground.panel_step(name) == step, f"{name} is not as of step {step}")
    return playground


def recorded(playground: Playground, probe: str, node: str, parameter: str | None = None):
    """The images of one node in the recorded frame of the step at which the run rests."""
    run = playground.run
    frame = playground.server.call(f"/api/runs/{run['id']}/frames?probe={probe}&step={run['step']}")
    items = [item for item in frame["items"] if (item["node"], item["parameter"]) == (node, parameter)]
    return items[0]["images"]


def choose(playground: Playground, panel: str, label: str, value: str) -> None:
    """Choose in the head of a panel, and wait for another picture."""
    before = playground.digest(panel)
    playground.panel(panel).get_by_label(label, exact=True).select_option(value)
    until(lambda: playground.digest(panel) != before, f"the picture of {panel} stays")


def test_filters_of_a_deep_layer_by_channel(paused):
    choose(paused, "filters", "Layer", "conv2")
    choose(paused, "filters", "Channel", "3")
    head = paused.panel("filters").locator(".panel-meta").first
    expect(head).to_contain_text("of 50")
    paused.page.get_by_role("button", name="Filters: menu").click()
    with paused.page.expect_download() as download:
        paused.page.get_by_role("menuitem", name="Save as CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))
    images = recorded(paused, "filters", "conv2", "weight")
    assert len(rows) == 50 * 20
    row = next(row for row in rows if (row["image"], row["channel"]) == ("7", "3"))
    drawn = [float(row[f"{i + 1},{j + 1}"]) for i in range(5) for j in range(5)]
    assert drawn == pytest.approx([value for line in images[6][2] for value in line], rel=1e-5)


def test_the_sum_behind_a_pixel_gives_its_value(paused):
    panel = paused.panel("feature_maps")
    paused.panel("feature_maps").get_by_label("Layer", exact=True).select_option("conv1")
    panel.locator(".panel-tiles").click(position={"x": 4, "y": 4})
    pinned = panel.locator(".panel-pinned")
    expect(pinned).to_be_visible()
    label = "aria-label"
    for node in ("conv1", "batch_norm_1", "relu_1", "max_pool2d_1", "conv2"):
        paused.panel("feature_maps").get_by_label("Layer", exact=True).select_option(node)
        until(lambda node=node: (pinned.get_attribute(label) or "").startswith(f"{node} 1"), f"{node} is not shown")
        pinned.hover(position={"x": 30, "y": 30})
        until(lambda: pinned.get_attribute("data-result") is not None, f"nothing is worked out for {node}")
        value, result = (float(pinned.get_attribute(f"data-{name}") or "nan") for name in ("value", "result"))
        assert result == pytest.approx(value, rel=1e-4, abs=1e-5), node
        shown = [number for line in recorded(paused, "feature_maps", node)[0][0] for number in line]
        assert min(abs(number - value) for number in shown) < 1e-5, node
        assert "sees " in (pinned.get_attribute(label) or "")
    paused.page.keyboard.press("Escape")
    expect(panel.locator(".panel-tiles")).to_be_visible()
    expect(pinned).to_be_hidden()
