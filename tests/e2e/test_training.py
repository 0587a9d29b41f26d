"""Open, train, and see every panel move with what is recorded: the page in a real browser, a real server behind it."""

import time

import pytest
from playwright.sync_api import expect

from tests.e2e.playground import PATIENCE, Playground, until

CHARTS = ("loss", "accuracy")
CANVASES = ("activations", "filters", "norm_statistics")


def assert_drawn_is_recorded(playground: Playground) -> None:
    """Every drawn point of the loss is a recorded one, and the newest recorded one is drawn."""
    run = playground.run["id"]
    steps, values = playground.server.curve(run, "train/loss")
    recorded = dict(zip(steps, values, strict=True))
    playground.wait_for_panel_step("loss", steps[-1])
    drawn = playground.traces("loss")["train raw"]
    assert max(drawn) == steps[-1]
    assert drawn == {step: pytest.approx(recorded[step]) for step in drawn}


def test_the_page_opens_on_a_ready_experiment(playground):
    spec = playground.run["spec"]
    assert spec["data"]["dataset"] == "digits"
    assert any(node["kind"] == "conv2d" for node in spec["graph"])
    assert playground.step == 0
    for text in ("conv1", "1×8×8", "20×4×4", "520", "logits", "BatchNorm", "131 220 parameters"):
        expect(playground.page.get_by_text(text).first).to_be_visible()


def test_the_first_point_comes_soon_after_the_key(playground):
    playground.limit_speed()
    pressed = time.monotonic()
    playground.page.keyboard.press("Space")
    until(lambda: playground.panel_step("loss") >= 1, "no first point")
    print(f"first point drawn {time.monotonic() - pressed:.2f} s after the key")
    playground.pause()
    assert_drawn_is_recorded(playground)


def test_every_panel_moves_while_it_trains(playground):
    playground.train()
    for name in (*CHARTS, *CANVASES):
        playground.wait_for_panel_step(name, 1)
    first = {name: (playground.panel_step(name), playground.digest(name)) for name in CANVASES}
    curves = {name: playground.traces(name) for name in CHARTS}
    for name in CANVASES:
        step, digest = first[name]
        until(
            lambda name=name, step=step, digest=digest: (
                playground.panel_step(name) > step and playground.digest(name) != digest
            ),
            f"the picture of {name} stands still",
        )
    for name in CHARTS:
        until(
            lambda name=name: len(playground.traces(name)["train"]) > len(curves[name]["train"]),
            f"the curve of {name} stands still",
        )
    playground.pause()
    assert_drawn_is_recorded(playground)


def test_validation_is_drawn_as_recorded(playground):
    playground.train()
    until(lambda: len(playground.traces("accuracy").get("validation", {})) >= 3, "no third evaluation")
    playground.pause()
    run = playground.run["id"]
    steps, values = playground.server.curve(run, "val/accuracy")
    until(lambda: max(playground.traces("accuracy")["validation"]) == steps[-1], "the newest evaluation is not drawn")
    drawn = playground.traces("accuracy")["validation"]
    recorded = dict(zip(steps, values, strict=True))
    assert drawn == {step: pytest.approx(100 * recorded[step]) for step in drawn}


def test_a_paused_panel_shows_the_paused_step(playground):
    playground.train()
    playground.wait_for_step(5)
    playground.pause()
    step = playground.run["step"]
    until(lambda: playground.step == step, f"the counter does not come to {step}")
    for name in CANVASES:
        until(lambda name=name: playground.panel_step(name) == step, f"{name} is not as of step {step}")
        expect(playground.panel(name)).to_contain_text(str(step))


def test_a_run_ends_with_97_percent(playground):
    playground.train(steps_per_second=0)
    view = playground.server.wait_for(playground.run["id"], "completed", seconds=300)
    assert view["latest"]["val/accuracy"] >= 0.97
    playground.wait_for_status("completed")
    until(lambda: playground.step == view["num_steps"], "the counter does not come to the end")
    assert_drawn_is_recorded(playground)
    expect(playground.transport.get_by_role("button", name="Train")).to_be_enabled(timeout=PATIENCE)
