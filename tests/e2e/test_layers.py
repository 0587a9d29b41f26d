"""The panel of layers and the curves by depth: what they draw is what was measured at their step."""

import json
import struct
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.e2e.playground import PATIENCE, Playground, until

PANELS = {
    "maximised": None,
    "places": [
        {"id": "layers"},
        {"id": "gradient_norms"},
        {"id": "optimizer_state"},
        {"id": "activations", "options": {"view": "spread"}},
        {"id": "weights", "options": {"view": "steps"}},
        {"id": "activation_gradients"},
    ],
}
QUANTITIES = ("activations", "activation_gradients", "weights", "weight_gradients")


@pytest.fixture
def paused(playground) -> Playground:
    """A run that rests, with the panels of this file."""
    playground.page.goto("about:blank")
    playground.page.goto(f"{playground.server.url}/#panels={quote(json.dumps(PANELS))}")
    playground.wait_until_ready()
    playground.train()
    playground.wait_for_step(12)
    playground.pause()
    wait_for_panels(playground)
    return playground


def wait_for_panels(playground: Playground) -> None:
    """Until all of them are as of the step at which the run rests."""
    step = playground.run["step"]
    for place in PANELS["places"]:
        until(lambda name=place["id"]: playground.panel_step(name) == step, f"{place['id']} is not as of step {step}")


def recorded(playground: Playground, probe: str) -> list[dict]:
    """The items of the frame of the step at which the run rests."""
    step = playground.run["step"]
    frame = playground.server.call(f"/api/runs/{playground.run['id']}/frames?probe={probe}&step={step}")
    assert frame["step"] == step
    return frame["items"]


def digest_of(numbers: list[float | None]) -> str:
    """As the page hashes what it draws: FNV-1a over halves of 32-bit floats."""
    value = 0x811C9DC5
    for number in numbers:
        word = 0x7FC00000 if number is None else struct.unpack(">I", struct.pack(">f", number))[0]
        for half in (word >> 16, word & 0xFFFF):
            value = (value ^ half) * 0x01000193 & 0xFFFFFFFF
    return f"{value:08x}"


def digest_of_layers(playground: Playground) -> str:
    frames = {probe: recorded(playground, probe) for probe in (*QUANTITIES, "updates")}
    numbers: list[float | None] = []
    for node in [node["id"] for node in playground.run["check"]["nodes"]]:
        for probe in QUANTITIES:
            found = [item for item in frames[probe] if item["node"] == node and item["parameter"] in (None, "weight")]
            for item in found:
                numbers += [*item["counts"], *item["edges"]]
        numbers += [
            item["ratio"] for item in frames["updates"] if (item["node"], item["parameter"]) == (node, "weight")
        ]
    return digest_of(numbers)


def test_what_is_drawn_is_what_was_measured(paused):
    assert paused.digest("layers") == digest_of_layers(paused)

    (norms,) = recorded(paused, "gradient_norms")
    traces = paused.traces("gradient_norms")
    for series in norms["series"]:
        assert list(traces[series["name"]].values()) == pytest.approx(series["y"], rel=1e-6)

    momentum = recorded(paused, "optimizer_state")[0]
    traces = paused.traces("optimizer_state")
    for series in momentum["series"]:
        assert list(traces[series["name"]].values()) == pytest.approx(series["y"], rel=1e-6)

    means = {item["node"]: item["mean"] for item in recorded(paused, "activations")}
    step, traces = paused.run["step"], paused.traces("activations")
    for node in ("conv1", "logits"):
        assert traces[node][step] == pytest.approx(means[node], rel=1e-6)

    before = {place["id"]: paused.digest(place["id"]) for place in PANELS["places"]}
    paused.page.keyboard.press(".")
    paused.wait_for_step(step + 1)
    wait_for_panels(paused)
    assert all(paused.digest(name) != digest for name, digest in before.items())
    assert paused.digest("layers") == digest_of_layers(paused)


def test_a_small_multiple_enlarges_and_is_pinned(paused):
    panel = paused.panel("layers")
    card, cell = panel.locator(".layers-card"), panel.get_by_role("button", name="conv1, weight", exact=True)
    expect(card).to_be_hidden()
    cell.hover()
    expect(card).to_be_visible(timeout=PATIENCE)
    expect(card).to_contain_text("conv1 · weight")
    facts = dict(zip(card.locator("dt").all_inner_texts(), card.locator("dd").all_inner_texts(), strict=True))
    weight = next(
        item for item in recorded(paused, "weights") if (item["node"], item["parameter"]) == ("conv1", "weight")
    )
    assert float(facts["std"]) == pytest.approx(weight["std"], rel=6e-3)
    assert {"mean", "min", "max", "zeros", "update : weight", "elements"} <= set(facts)

    cell.click()
    paused.page.mouse.move(5, 5)
    expect(cell).to_have_attribute("aria-pressed", "true")
    expect(card).to_be_visible()
    paused.page.keyboard.press("ArrowRight")
    paused.page.keyboard.press("Escape")
    expect(cell).to_have_attribute("aria-pressed", "false")
    expect(card).to_contain_text("conv1 · gradient of the weight")
