"""Panels of the newest evaluation: what they draw is what was measured, and a click shows that sample everywhere."""

import json

import pytest

from tests.e2e.playground import Playground, until

PANELS = ("examples", "class_accuracy", "roc", "confusion")


@pytest.fixture
def results(opened, server) -> Playground:
    """The digits with the panels of results, trained for a while and paused."""
    page, _ = opened
    chosen = {"arrangement": {"places": [{"id": name} for name in PANELS], "maximised": None}, "showsPoints": False}
    page.evaluate("text => localStorage.setItem('layerlab.preferences', text)", json.dumps(chosen))
    page.reload()
    playground = Playground(page, server).wait_until_ready()
    until(lambda: playground.panel_step("examples") == 0, "the panels do not show the evaluation at step 0")
    return playground


def recorded(playground: Playground, probe: str):
    step = playground.panel_step(probe)
    return playground.server.call(f"/api/runs/{playground.run['id']}/frames?probe={probe}&step={step}")


def test_results_follow_the_training_and_show_what_was_measured(results):
    first = {name: results.digest(name) for name in PANELS if name != "roc"}
    results.train()
    until(lambda: results.panel_step("examples") > 0, "no evaluation came", seconds=120)
    results.pause()
    for name in PANELS:
        results.wait_for_newest(name)
    assert len({results.panel_step(name) for name in PANELS}) == 1, "the panels are not of one evaluation"
    for name, digest in first.items():
        assert results.digest(name) != digest, name

    worst = recorded(results, "examples")["items"][0]["examples"]
    cells = results.panel("examples").locator("button.example")
    assert cells.count() == len(worst)
    for place in (0, 5):
        assert cells.nth(place).get_attribute("data-sample") == str(worst[place]["index"])
        said = cells.nth(place).get_attribute("aria-label")
        assert f"label {worst[place]['label']}, predicted {worst[place]['prediction']}" in said
        assert ("wrong" in said) == worst[place]["wrong"]

    roc = recorded(results, "roc")["items"][0]
    traces = results.traces("roc")
    drawn = traces[roc["series"][0]["name"]]
    assert list(drawn.values()) == pytest.approx(roc["series"][0]["y"], abs=1e-6)


def test_a_click_on_a_sample_shows_it_in_every_panel(results):
    cell = results.panel("examples").locator("button.example").nth(3)
    sample = int(cell.get_attribute("data-sample"))
    cell.click()
    until(lambda: cell.get_attribute("aria-pressed") == "true", "the sample is not marked")

    def shown() -> int:
        frames = results.server.call(f"/api/runs/{results.run['id']}/frames?probe=feature_maps&step=0")
        return frames["sample"]["index"]

    until(lambda: shown() == sample, "the pictures show another sample")
