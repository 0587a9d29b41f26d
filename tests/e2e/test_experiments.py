"""Other networks and data from the browser: points in the plane, sequences, a spec as JSON with a mistake in it."""

import json
import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.playground import until


@pytest.fixture
def experiments(server):
    return {experiment["id"]: experiment for experiment in server.call("/api/catalog")["experiments"]}


def open_experiment(playground, title: str) -> None:
    """Choose a ready experiment."""
    before = playground.run["id"]
    playground.page.get_by_role("button", name="Experiment:").click()
    playground.page.get_by_role("menuitem", name=title).click()
    until(lambda: playground.run["id"] != before, "no new run")
    playground.wait_until_ready()


def test_points_in_the_plane_show_their_decision_surface(playground, experiments):
    open_experiment(playground, experiments["mlp_spiral"]["title"])
    playground.train()
    playground.wait_for_panel_step("decision_surface", 1)
    step, digest = playground.panel_step("decision_surface"), playground.digest("decision_surface")
    until(
        lambda: playground.panel_step("decision_surface") > step and playground.digest("decision_surface") != digest,
        "the surface stands still",
    )
    playground.pause()
    losses = playground.server.curve(playground.run["id"], "train/loss")[1]
    assert min(losses[-20:]) < losses[0]


def test_an_lstm_trains_on_sequences(playground, experiments):
    open_experiment(playground, experiments["lstm_sequences"]["title"])
    playground.train()
    playground.wait_for_panel_step("activations", 1)
    playground.wait_for_step(20)
    playground.pause()
    assert any(node["kind"] == "lstm" for node in playground.run["spec"]["graph"])
    assert playground.panel_step("loss") > 0


def spec_text(playground) -> Locator:
    """The experiment as JSON, in the column of the network."""
    shown = playground.page.get_by_role("textbox", name="Experiment as JSON")
    if not shown.count():
        playground.page.get_by_role("button", name="Show the experiment as JSON").click()
    return shown


def test_a_mistake_in_the_json_is_shown_at_its_node_and_mended(playground):
    playground.train()
    playground.wait_for_panel_step("activations", 2)
    playground.pause()
    before = playground.run["id"]
    playground.wait_for_panel_step("activations", playground.step)
    picture = playground.digest("activations")
    text = spec_text(playground)
    spec = json.loads(text.input_value())
    node = next(node for node in spec["graph"] if node.get("id") == "fc1")
    node["in_features"] = 7
    text.fill(json.dumps(spec, indent=1))
    playground.page.get_by_role("button", name="Apply").click()
    problems = playground.page.get_by_role("list", name="Problems")
    expect(problems).to_contain_text("fc1")
    expect(problems).to_contain_text("Line")
    playground.page.get_by_role("button", name="Show the network").click()
    card = playground.page.get_by_role("article").filter(has_text="fc1").filter(has_text="error")
    expect(card).to_have_count(1)
    expect(card.get_by_role("alert")).to_contain_text("200")
    expect(playground.transport.get_by_role("button", name="Train")).to_be_disabled()
    expect(card.get_by_role("button", name="Set inputs to 200")).to_be_visible()
    # What cannot be trained started nothing, and the panels show the layers of what is trained.
    assert playground.run["id"] == before
    playground.page.wait_for_timeout(1500)
    assert playground.digest("activations") == picture
    card.get_by_role("alert").get_by_role("button").click()
    expect(card).to_have_count(0)
    playground.wait_until_ready()
    playground.train()
    playground.wait_for_panel_step("loss", 3)
    playground.pause()
    assert playground.server.call("/api/runs")["total"] >= 1


def test_text_that_is_no_json_is_said_and_kept(playground):
    text = spec_text(playground)
    text.fill('{"data": {"dataset": "digits"},')
    playground.page.get_by_role("button", name="Apply").click()
    expect(playground.page.get_by_role("list", name="Problems")).to_contain_text("not JSON")
    assert text.input_value() == '{"data": {"dataset": "digits"},'
    playground.page.get_by_role("button", name="Take back").click()
    expect(text).to_have_value(re.compile("conv1"))


def test_a_network_typed_as_json_trains(playground):
    text = spec_text(playground)
    spec = {
        "data": {"dataset": "moons"},
        "graph": [{"kind": "linear", "out_features": 8}, {"kind": "tanh"}, {"kind": "linear", "out_features": 2}],
        "training": {"epochs": 5000},
    }
    text.fill(json.dumps(spec))
    text.press("Control+Enter")
    until(lambda: playground.run["spec"]["data"]["dataset"] == "moons", "the new experiment did not arrive")
    playground.wait_until_ready()
    playground.train()
    playground.wait_for_panel_step("loss", 3)
    playground.pause()
    assert [node["kind"] for node in playground.run["spec"]["graph"]] == ["linear", "tanh", "linear"]
