"""Panels of what is computed when somebody asks: form, progress, cancel, and the picture of a real run."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, StorageState, expect

from tests.e2e.browsing import new_context, watch
from tests.e2e.playground import Playground, until
from tests.serving import Server

PANELS = [{"id": "loss"}, {"id": "loss_landscape"}, {"id": "optimizer_ways"}]
#: So many that they stand in two columns.
NARROW = ("loss", "accuracy", "filters", "test_time_augmentation")
COARSE = json.dumps({"resolution": 5, "num_samples": 64})
LONG = json.dumps({"resolution": 101, "num_samples": 20000})


@pytest.fixture(scope="module")
def playground(browser: Browser, server: Server, login: StorageState) -> Iterator[Playground]:
    context = new_context(browser, login=login)
    page = context.new_page()
    seen = watch(page)
    page.goto(server.url)
    ground = Playground(page, server).wait_until_ready()
    yield ground
    assert seen.complaints == []
    context.close()


def arrange(ground: Playground, params: str = "") -> Locator:
    """These panels, and the fields of the loss landscape as if changed by hand."""
    options = {"params": params} if params else {}
    places = [place | ({"options": options} if place["id"] == "loss_landscape" else {}) for place in PANELS]
    kept = {"arrangement": {"places": places, "maximised": None}, "showsPoints": False}
    ground.page.evaluate("kept => localStorage.setItem('layerlab.preferences', JSON.stringify(kept))", kept)
    ground.page.reload()
    ground.wait_until_ready()
    return ground.panel("loss_landscape")


def asked(panel: Locator) -> str | None:
    return panel.get_attribute("data-asked")


def test_a_landscape_is_asked_for_and_drawn(playground):
    playground.train()
    playground.wait_for_step(20)
    playground.pause()
    panel = arrange(playground, COARSE)
    expect(panel.get_by_text("The loss around the present weights")).to_be_visible()
    assert asked(panel) == "idle"  # what is dear is never asked for by itself
    panel.get_by_role("button", name="Compute", exact=True).click()
    until(lambda: asked(panel) == "done", "the landscape is not there", seconds=60)
    until(lambda: panel.get_attribute("data-digest") is not None, "nothing is drawn")
    first, step = panel.get_attribute("data-digest"), playground.panel_step("loss_landscape")
    assert step == playground.step
    run = playground.run["id"]
    frame = playground.server.call(f"/api/runs/{run}/frames?probe=loss_landscape")
    assert (frame["step"], frame["params"]["resolution"]) == (step, 5)
    panel.get_by_title("3-D").click()
    relief = panel.get_by_label("Relief. The arrow keys turn it.")
    relief.focus()
    playground.page.keyboard.press("ArrowLeft")
    assert panel.get_attribute("data-digest") == first
    playground.press("One step")
    expect(panel.get_by_text(re.compile(f"as of step {step:,}".replace(",", r"\s")))).to_be_visible()
    panel.get_by_role("button", name="Loss landscape: compute at the present step").click()
    until(lambda: panel.get_attribute("data-digest") != first, "the picture did not change", seconds=60)
    assert playground.panel_step("loss_landscape") == step + 1


def test_cancel_leaves_the_page_as_it_was(playground):
    panel = arrange(playground, LONG)
    panel.get_by_role("button", name="Loss landscape: compute at the present step").click()
    panel.get_by_role("button", name="Cancel").first.click(timeout=60_000)
    until(lambda: asked(panel) == "cancelled", "it was not cancelled")
    views = playground.server.call(f"/api/runs/{playground.run['id']}/analyses")["analyses"]
    until(lambda: views[0]["status"] in ("cancelled", "running"), "the server does not know")


def test_it_is_cancelled_by_key_and_the_focus_is_never_lost(playground):
    panel = arrange(playground, LONG)
    page = playground.page
    compute = panel.get_by_role("button", name="Compute", exact=True)
    # The last result comes back after a reload, and takes the place of the form.
    until(lambda: panel.get_attribute("data-digest") is not None, "the last landscape is not drawn again")
    panel.get_by_role("button", name="Loss landscape: settings").click()
    cancel = panel.get_by_role("button", name="Cancel")
    for key in ("Enter", "Escape"):
        compute.focus()
        page.keyboard.press("Enter")
        expect(cancel.first).to_be_focused()
        page.keyboard.press(key)
        until(lambda: asked(panel) == "cancelled", f"{key} did not cancel it")
        expect(compute).to_be_visible()
        until(lambda: page.evaluate("document.activeElement !== document.body"), "the focus is lost")


def test_optimizers_are_quick_and_play(playground):
    panel = playground.panel("optimizer_ways")
    until(lambda: asked(panel) == "done", "it did not ask by itself", seconds=60)
    expect(panel.get_by_role("button", name="Play")).to_be_visible()
    slider = panel.get_by_label("Step")
    slider.fill("10")
    expect(panel.get_by_text("step 10", exact=True)).to_be_visible()
    before = panel.get_attribute("data-digest")
    panel.get_by_role("button", name="Optimizers on a surface: settings").click()
    panel.get_by_role("combobox", name="Surface").click()
    playground.page.get_by_role("option", name="saddle").click()
    until(lambda: panel.get_attribute("data-digest") != before, "another surface is another picture", seconds=60)


def test_what_is_chosen_in_a_narrow_head_is_a_whole_word(playground):
    """Beside a long title too; a title that is cut is told whole to the pointer."""
    ground = playground
    kept = {"arrangement": {"places": [{"id": name} for name in NARROW], "maximised": None}}
    ground.page.evaluate("kept => localStorage.setItem('layerlab.preferences', JSON.stringify(kept))", kept)
    ground.page.reload()
    ground.wait_until_ready()
    panel = ground.panel("test_time_augmentation")
    until(lambda: asked(panel) == "idle", "the panel is not there")
    panel.get_by_role("button", name="Compute", exact=True).click()
    choice = panel.get_by_role("combobox", name="Layer")
    expect(choice).to_be_visible(timeout=30_000)
    needed = """select => {
      const pen = document.createElement('canvas').getContext('2d');
      const style = getComputedStyle(select);
      pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      const words = pen.measureText(select.selectedOptions[0].textContent).width;
      const room = select.getBoundingClientRect().width;
      return words + parseFloat(style.paddingLeft) + parseFloat(style.paddingRight) - room;
    }"""
    for word in ("accuracy", "loss", "this input"):
        choice.select_option(word)
        until(lambda: choice.evaluate(needed) <= -1, f"{word} is cut")
    expect(panel.get_by_role("heading")).to_have_attribute("title", "Test-time augmentation")
