"""Other networks and data from the browser: points in the plane, sequences, a spec as JSON with a mistake in it."""

import pytest

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


def test_a_mistake_in_the_json_is_shown_at_its_node(playground):
    pass
