"""Time travel: back to a recorded step in every panel, live again, and a fork from there."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.playground import Playground, until

PICTURES = ("activations", "norm_statistics", "filters")


def slider(playground: Playground):
    return playground.page.get_by_role("slider", name="Step that is shown")


def looked_at(playground: Playground) -> int:
    return int(slider(playground).get_attribute("aria-valuenow") or -1)


def click_at(playground: Playground, step: int) -> None:
    """Click on the line of the run, where a step lies."""
    box = slider(playground).bounding_box()
    assert box is not None
    share = step / playground.run["num_steps"]
    playground.page.mouse.click(box["x"] + 8 + share * (box["width"] - 16), box["y"] + 24)


def recorded(playground: Playground, run: str, probe: str, step: int) -> int:
    """The step of the frame that REST has for this step."""
    return int(playground.server.call(f"/api/runs/{run}/frames?probe={probe}&step={step}")["step"])


@pytest.fixture
def trained(playground: Playground) -> Playground:
    """A paused run of some 40 steps."""
    playground.train()
    playground.wait_for_step(40)
    playground.pause()
    rests_at = playground.run["step"]
    until(lambda: playground.step == rests_at, "the counter lags behind the run that rests")
    for panel in PICTURES:
        playground.wait_for_panel_step(panel, playground.step)
    return playground


def wait_for_the_past(playground: Playground, run: str, step: int) -> None:
    """Until each panel shows what is recorded of it at that step."""
    for panel in PICTURES:
        wanted = recorded(playground, run, panel, step)
        until(lambda panel=panel, wanted=wanted: playground.panel_step(panel) == wanted, f"{panel} is not at {wanted}")


def test_every_panel_goes_back_and_comes_live_again(trained):
    run, newest = trained.run["id"], trained.step
    now = {panel: trained.digest(panel) for panel in PICTURES}
    card = trained.page.locator("canvas").first
    click_at(trained, newest // 2)
    expect(trained.page.get_by_text("You are looking at step")).to_be_visible()
    step = looked_at(trained)
    assert 0 < step < newest
    until(lambda: trained.step == step, "the counter does not show the step that is looked at")
    wait_for_the_past(trained, run, step)
    assert all(trained.digest(panel) != now[panel] for panel in PICTURES)
    assert card.is_visible()
    until(lambda: "train later" in trained.traces("loss"), "what came later is not drawn")
    later = trained.traces("loss")["train later"]
    assert max(later) == newest
    assert min(later) >= step

    trained.page.keyboard.press("ArrowLeft")
    until(lambda: looked_at(trained) < step, "the key goes to no record")
    wait_for_the_past(trained, run, looked_at(trained))

    trained.page.keyboard.press("l")
    until(lambda: trained.step == newest, "not live again")
    until(lambda: {panel: trained.digest(panel) for panel in PICTURES} == now, "the panels are not those of before")


def test_the_line_of_the_run_tells_what_is_kept_and_within_which_budget(trained):
    trained.press("Stop")
    trained.wait_for_status("stopped")
    kept = trained.server.call(f"/api/runs/{trained.run['id']}/recording")
    probes = {one["probe"]: one["num_kept"] for one in kept["probes"]}
    for probe, count in probes.items():
        path = f"/api/runs/{trained.run['id']}/frames/recorded?probe={probe}&max=0"
        assert len(trained.server.call(path)["steps"]) == count
    slider(trained).hover()
    tip = trained.page.get_by_role("tooltip")
    expect(tip).to_contain_text(re.compile(rf"Recorded: {sum(probes.values())}\sframes, "))
    expect(tip).to_contain_text(re.compile(r"of at most 100\sMB on disk"))
    expect(tip).to_contain_text("at most 200 of one measurement")
    trained.page.keyboard.press("ArrowLeft")
    line = trained.page.get_by_role("status").filter(has_text="You are looking at step")
    expect(line).to_contain_text(re.compile(r"of at most 100\sMB"))


def test_an_ended_run_is_looked_at_after_a_reload(trained):
    run = trained.run["id"]
    trained.press("Stop")
    trained.wait_for_status("stopped")
    trained.page.reload()
    trained.wait_for_status("stopped")
    slider(trained).focus()
    trained.page.keyboard.press("Home")
    until(lambda: looked_at(trained) == 0, "not at the start")
    wait_for_the_past(trained, run, 0)


def test_a_fork_from_the_past_with_what_was_edited_there(trained):
    parent = trained.run
    click_at(trained, 25)
    expect(trained.page.get_by_text("You are looking at step")).to_be_visible()
    step = looked_at(trained)
    before = parent["spec"]["optimizer"]["lr"]
    trained.set_number("Rate", before / 5)
    trained.page.wait_for_timeout(400)
    assert trained.run["spec"]["optimizer"]["lr"] == before, "the past is not edited into the run"
    button = trained.transport.get_by_role("button", name=re.compile("^Fork from step"))
    checkpoints = trained.server.call(f"/api/runs/{parent['id']}/checkpoints")["checkpoints"]
    told = max(one["step"] for one in checkpoints if one["step"] <= step)
    expect(button).to_have_text(f"Fork from step {told}")
    button.click()
    until(lambda: trained.run["id"] != parent["id"], "no fork")
    child = trained.run
    assert child["parent"] == parent["id"]
    assert 0 <= child["forked_at"] == told <= step
    assert child["spec"]["optimizer"]["lr"] == pytest.approx(before / 5)
    if child["forked_at"]:
        words = f"forked from run {parent['number']} at step {child['forked_at']}"
        expect(trained.page.get_by_text(words)).to_be_visible()
    trained.train()
    trained.wait_for_step(child["forked_at"] + 5)
    trained.pause()
    until(lambda: max(trained.traces("loss")["train"], default=0) > child["forked_at"], "the curve does not grow")
    drawn = trained.traces("loss")["train"]
    assert min(drawn) <= 2, "the curve begins with that of the parent"
    steps, values = trained.server.curve(child["id"], "train/loss")
    of_parent = trained.server.curve(parent["id"], "train/loss")[1]
    assert steps == list(range(1, len(steps) + 1))
    assert values[: child["forked_at"]] == of_parent[: child["forked_at"]]


def test_the_fork_tells_no_step_before_it_is_known(trained):
    held = []
    trained.page.route("**/checkpoints", lambda route: held.append(route))
    click_at(trained, 25)
    expect(trained.transport.get_by_role("button", name="Fork from here")).to_be_enabled()
    until(lambda: held, "nobody asks for the checkpoints")
    for route in held:
        route.continue_()
    expect(trained.transport.get_by_role("button", name="Fork from step")).to_be_enabled()


def test_a_fork_that_rests_shows_what_its_parent_evaluated(trained):
    parent, newest = trained.run["id"], trained.step
    evaluated = recorded(trained, parent, "confusion", newest)
    assert evaluated > 0
    trained.wait_for_panel_step("confusion", evaluated)
    now = trained.digest("confusion")
    click_at(trained, newest)
    trained.page.keyboard.press("ArrowLeft")
    trained.transport.get_by_role("button", name=re.compile("^Fork from step")).click()
    until(lambda: trained.run["id"] != parent, "no fork")
    child = trained.run["id"]
    of_child = trained.page.locator(f'[data-panel="confusion"][data-run="{child}"]')
    expect(of_child).to_have_attribute("data-step", str(recorded(trained, child, "confusion", newest)))
    expect(of_child).to_have_attribute("data-state", "ready")
    if trained.run["forked_at"] >= evaluated:
        assert trained.digest("confusion") == now
