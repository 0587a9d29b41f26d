"""Panels as files: a picture says what it shows, a drawing has its letters with it, and a table has what is drawn."""

import csv
import io
import json
import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.e2e.playground import Playground, until

SVG = "{http://www.w3.org/2000/svg}"
PANELS = [{"id": "loss"}, {"id": "activations", "options": {"view": "time"}}, {"id": "confusion"}]


@pytest.fixture
def paused(opened, server) -> Playground:
    """The digits, trained for some steps, with a curve, a heat map over the steps and a matrix."""
    page, _ = opened
    chosen = {"arrangement": {"places": PANELS, "maximised": None}, "showsPoints": False}
    page.evaluate("text => localStorage.setItem('layerlab.preferences', text)", json.dumps(chosen))
    page.reload()
    playground = Playground(page, server).wait_until_ready()
    playground.train()
    playground.wait_for_step(30)
    playground.pause()
    step = playground.run["step"]
    until(lambda: playground.panel_step("activations") == step, "the distributions are not of the last step")
    until(lambda: max(playground.traces("loss").get("train", {}), default=0) == step, "the curve is not whole")
    return playground


def saved(playground: Playground, panel: str, form: str) -> Path:
    playground.panel(panel).locator(".panel-menu[aria-haspopup=menu]").click()
    with playground.page.expect_download() as download:
        playground.page.get_by_role("menuitem", name=f"Save as {form}").click()
    assert download.value.suggested_filename.startswith(f"{panel}-step-{playground.panel_step(panel)}.")
    return Path(download.value.path())


def test_a_curve_as_picture_drawing_and_table(paused):
    root = ET.fromstring(saved(paused, "loss", "SVG").read_text("utf-8"))
    said = [text.text for text in root.findall(f"{SVG}text")]
    assert said[0] == "Loss"
    assert f"run {paused.run['number']}" in (said[1] or "")
    ends = " ".join((said[1] or "").split())
    assert f"steps 0 to {paused.run['num_steps']:,}".replace(",", " ") in ends
    inner = root.find(f"{SVG}svg")
    assert inner is not None
    assert "font/woff2" in "".join(style.text or "" for style in inner.iter(f"{SVG}style"))
    assert len(list(inner.iter(f"{SVG}path"))) > 3

    png = saved(paused, "loss", "PNG").read_bytes()
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    assert (width, height) == pytest.approx([2 * float(root.get(name) or 0) for name in ("width", "height")], abs=2)

    rows = list(csv.DictReader(io.StringIO(saved(paused, "loss", "CSV").read_text("utf-8"))))
    kept = {int(row["step"]): float(row["train/loss"]) for row in rows if row["train/loss"]}
    steps, values = paused.server.curve(paused.run["id"], "train/loss")
    assert list(kept) == steps
    assert list(kept.values()) == pytest.approx(values, rel=1e-6)


def test_distributions_over_the_steps_have_their_bins(paused):
    rows = list(csv.DictReader(io.StringIO(saved(paused, "activations", "CSV").read_text("utf-8"))))
    steps = sorted({int(row["step"]) for row in rows})
    assert len(steps) > 1
    run, step, layer = paused.run["id"], steps[-1], rows[0]["layer"]
    assert step == paused.run["step"]
    assert {row["layer"] for row in rows} == {layer}
    frame = paused.server.call(f"/api/runs/{run}/frames?probe=activations&step={step}")
    item = next(one for one in frame["items"] if one["node"] == layer)
    last = [row for row in rows if int(row["step"]) == step]
    assert [float(row["count"]) for row in last] == item["counts"]
    assert [float(row["bin_from"]) for row in last] == pytest.approx(item["edges"][:-1], rel=1e-5, abs=1e-9)
    assert float(last[0]["mean"]) == pytest.approx(item["mean"], rel=1e-6)


def test_a_canvas_is_a_picture_twice_as_sharp_as_the_screen(paused):
    canvas = paused.panel("confusion").locator("canvas").first.bounding_box()
    assert canvas is not None
    width, height = struct.unpack(">II", saved(paused, "confusion", "PNG").read_bytes()[16:24])
    assert width >= 2 * canvas["width"]
    assert height > 2 * canvas["height"]
    paused.panel("confusion").locator(".panel-menu[aria-haspopup=menu]").click()
    paused.page.get_by_role("menuitem", name="Save as CSV").wait_for()
    assert paused.page.get_by_role("menuitem", name="Save as SVG").count() == 0
