"""What the pictures draw is what was measured: the values of each panel against the recorded frame of its step."""

import csv
import io

import pytest
from playwright.sync_api import expect

from tests.e2e.numbers import number
from tests.e2e.playground import Playground, until


def values_of(playground: Playground, title: str) -> list[list[str]]:
    """What a panel draws, by its own "Save as CSV"."""
    playground.page.get_by_role("button", name=f"{title}: menu").click()
    with playground.page.expect_download() as download:
        playground.page.get_by_role("menuitem", name="Save as CSV").click()
    expect(playground.page.get_by_role("menuitem", name="Save as CSV")).to_have_count(0)  # it fades out
    text = download.value.path().read_text("utf-8")
    playground.page.keyboard.press("Escape")
    return list(csv.reader(io.StringIO(text)))


@pytest.fixture
def paused(playground):
    """A run that rests at some step, its panels all as of that step."""
    playground.train()
    playground.wait_for_step(25)
    playground.pause()
    step = playground.run["step"]
    for name in ("activations", "norm_statistics", "filters"):
        until(lambda name=name: playground.panel_step(name) == step, f"{name} is not as of step {step}")
    return playground


def recorded(playground: Playground, probe: str):
    """The recorded frame of the step that the panel shows."""
    step = playground.panel_step(probe)
    frame = playground.server.call(f"/api/runs/{playground.run['id']}/frames?probe={probe}&step={step}")
    assert frame["step"] == step
    return frame


def test_activations(paused):
    frame = recorded(paused, "activations")
    head, *rows = values_of(paused, "Activations")
    assert (frame["split"], frame["mode"]) == ("validation", "eval")
    shown = [dict(zip(head, row, strict=True)) for row in rows]
    drawn = list(dict.fromkeys(row["layer"] for row in shown))
    assert drawn == ["conv1", "conv2", "fc1", "logits"]  # one row for each layer with weights, until all are chosen
    for item in [item for item in frame["items"] if item["node"] in drawn]:
        bins = [row for row in shown if row["layer"] == item["node"]]
        assert [number(row["count"]) for row in bins] == item["counts"]
        for name in ("mean", "std", "min", "max", "zeros"):
            assert number(bins[0][name]) == pytest.approx(item[name], rel=1e-3, abs=1e-6)
        assert sum(item["counts"]) == item["num_measured"]


def test_norm_statistics(paused):
    frame = recorded(paused, "norm_statistics")
    head, *rows = values_of(paused, "Norm statistics")
    item = frame["items"][0]
    assert (frame["split"], frame["mode"]) == ("train", "train")
    for name in ("batch_mean", "batch_var", "running_mean", "running_var", "weight", "bias"):
        drawn = [number(row[head.index(name)]) for row in rows]
        assert drawn == pytest.approx(item[name], rel=1e-2, abs=1e-4), name
    # It has trained: γ and β have left 1 and 0, and batch and running statistics differ.
    assert any(abs(value - 1) > 1e-4 for value in item["weight"])
    assert item["batch_mean"] != pytest.approx(item["running_mean"], rel=1e-3)


def test_filters(paused):
    frame = recorded(paused, "filters")
    head, *rows = values_of(paused, "Filters")
    images = frame["items"][0]["images"]
    assert len(rows) == len(images) == 20
    for row, image in zip(rows, images, strict=True):
        drawn = [number(cell) for cell in row[head.index("1,1") :]]
        assert drawn == pytest.approx([pixel for line in image[0] for pixel in line], rel=1e-2, abs=1e-3)


def test_confusion(paused):
    paused.wait_for_newest("confusion")
    frame = recorded(paused, "confusion")
    _, *rows = values_of(paused, "Confusion")
    drawn = [[number(cell) for cell in row[1:]] for row in rows]
    assert drawn == frame["items"][0]["values"]
    assert sum(map(sum, drawn)) == frame["num_samples"]


def test_the_input_card_shows_another_sample(paused):
    card = paused.page.get_by_role("main", name="Network")
    before = card.get_by_text("validation image").inner_text()
    paused.page.keyboard.press("d")
    until(lambda: card.get_by_text("validation image").inner_text() != before, "the sample stays the same")
