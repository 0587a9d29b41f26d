"""The settings: schedules with their curve, what the init does, where norms stand, and the range test."""

import re

from playwright.sync_api import expect

from tests.e2e.playground import PATIENCE, Playground, until


def spec_of(playground: Playground) -> dict:
    found: dict = playground.run["spec"]
    return found


def unfold(playground: Playground, row: str) -> None:
    """Show the further fields of a row."""
    button = playground.rail.get_by_role("button", name=re.compile(f"^Settings of {row}"))
    if button.get_attribute("aria-expanded") == "false":
        button.click()


def test_a_schedule_shows_its_curve_before_it_runs(playground):
    playground.choose("Schedule", "CosineAnnealingLR")
    curve = playground.rail.get_by_role("img", name=re.compile("^Learning rate over 1840 steps: from 0.05"))
    expect(curve).to_be_visible(timeout=PATIENCE)
    unfold(playground, "Schedule")
    playground.set_number("Warm-up", 100)
    expect(curve).to_have_count(0, timeout=PATIENCE)  # it starts low now
    until(lambda: spec_of(playground)["schedule"] == {"kind": "cosine", "warmup_steps": 100}, "no such schedule")


def test_an_init_that_is_too_small_is_seen_before_training(playground):
    playground.choose("Norm", "None")
    playground.rail.get_by_role("combobox", name="Init", exact=True).click()
    playground.page.get_by_role("option", name=re.compile("^Normal")).click()
    unfold(playground, "Init")
    playground.set_number("Std", 0.001)
    until(lambda: spec_of(playground)["init"] == {"scheme": "normal", "std": 0.001}, "no such init")
    expect(playground.rail.get_by_text("The signal dies on its way to logits.")).to_be_visible(timeout=PATIENCE)
    plot = playground.rail.get_by_role("img", name=re.compile("^Standard deviation of outputs"))

    def shown() -> str | None:
        found = re.search(r"conv1 ([^\s,]+)", plot.get_attribute("aria-label") or "")
        return found and found.group(1)

    def measured() -> str | None:
        path = f"/api/runs/{playground.run['id']}/frames/recorded?probe=activations&max=2"
        frames = playground.server.call(path)["frames"]
        return f"{frames[0]['items'][0]['std']:.3g}" if frames and frames[0]["step"] == 0 else None

    until(lambda: shown() is not None and shown() == measured(), "the plot shows another spread")


def test_behind_a_norm_the_spread_is_not_compared(playground):
    """In eval mode at step 0 running statistics are 0 and 1: such a norm passes on what dies in front of it."""
    playground.rail.get_by_role("combobox", name="Init", exact=True).click()
    playground.page.get_by_role("option", name=re.compile("^Normal")).click()
    unfold(playground, "Init")
    playground.set_number("Std", 0.001)
    until(lambda: spec_of(playground)["init"] == {"scheme": "normal", "std": 0.001}, "no such init")
    plot = playground.rail.get_by_role("img", name=re.compile("^Standard deviation of outputs"))
    expect(plot).to_have_accessible_name(re.compile(r"logits \d"), timeout=PATIENCE)
    modes = playground.rail.get_by_text("expected is in train mode, measured (dashed) in eval mode")
    expect(modes).to_be_visible(timeout=PATIENCE)
    warning = playground.rail.get_by_text(re.compile("^The signal"))
    expect(warning).to_have_count(0)
    playground.choose("Norm", "None")
    expect(warning).to_have_count(1, timeout=PATIENCE)
    expect(modes).to_have_count(0)


def test_norms_go_behind_their_activations(playground):
    unfold(playground, "Norm")
    playground.rail.get_by_role("combobox", name="Norms", exact=True).click()
    playground.page.get_by_role("option", name="After activation").click()
    until(
        lambda: [node["kind"] for node in spec_of(playground)["graph"]][:3] == ["conv2d", "relu", "batch_norm"],
        "the norms stand where they were",
    )


def test_stopping_early_is_a_switch(playground):
    playground.rail.get_by_role("button", name="More settings").click()
    playground.rail.get_by_text("Early stop").click()
    playground.set_number("Patience", 3)
    wanted = {"patience": 3, "min_delta": 0.0, "restore_best": True}
    until(lambda: spec_of(playground)["training"]["early_stopping"] == wanted, "no such stopping")


def test_the_range_test_finds_a_rate_and_leaves_the_run_alone(playground):
    before = playground.run
    playground.rail.get_by_role("button", name="Find rate").click()
    panel = playground.page.get_by_role("region", name="Learning-rate range test")
    use = panel.get_by_role("button", name=re.compile("^Use "))
    expect(use).to_be_visible(timeout=2 * PATIENCE)
    expect(panel.get_by_role("img", name=re.compile("suggested rate"))).to_be_visible()
    now = playground.run
    assert (now["id"], now["step"], now["spec"]) == (before["id"], 0, before["spec"])
    use.click()
    until(lambda: spec_of(playground)["optimizer"]["lr"] != 0.05, "the rate stays")
    assert playground.run["id"] == before["id"], "a rate acts live"
    runs = playground.server.call("/api/runs")["runs"]
    until(lambda: len(playground.server.call("/api/runs")["runs"]) == 1, f"the test's run is still there: {runs}")
    playground.page.get_by_role("button", name="Undo").click()
    until(lambda: spec_of(playground)["optimizer"]["lr"] == 0.05, "it cannot be undone")


def test_a_range_test_can_be_cancelled(playground):
    held = []  # what a test that was quicker than the hand would end with
    playground.page.route("**/suggested_rate", lambda route: held.append(route))
    playground.rail.get_by_role("button", name="Find rate").click()
    panel = playground.page.get_by_role("region", name="Learning-rate range test")
    panel.get_by_role("button", name="Cancel").click()
    expect(panel).to_contain_text("Cancelled.")
    for route in held:
        route.continue_()
    until(lambda: len(playground.server.call("/api/runs")["runs"]) == 1, "the test's run is still there")


def test_tiles_of_a_run_that_trains_are_walked_through_by_arrow(playground):
    playground.train()
    more = playground.rail.get_by_role("button", name="More settings")
    more.click()
    tiles = playground.rail.get_by_role("radiogroup", name="Engine")
    tiles.get_by_role("radio", name="eager").check(force=True)
    until(lambda: spec_of(playground)["training"]["engine"] == "eager", "the engine is not changed")
    # As somebody finds it who opens the run that is under way.
    address = f"#run={playground.run['id']}"
    playground.page.wait_for_function("address => location.hash === address", arg=address)
    playground.page.reload()
    playground.wait_for_status("running")
    if not tiles.count():
        more.click()
    expect(tiles.get_by_role("radio", name="eager")).to_be_checked()
    undo = playground.page.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    tiles.get_by_role("radio", name="eager").focus()
    playground.page.keyboard.press("ArrowLeft")
    expect(tiles.get_by_role("radio", name="auto")).to_be_checked()
    until(lambda: spec_of(playground)["training"]["engine"] == "auto", "the arrow changes nothing")
    expect(undo).to_be_enabled()
    playground.pause()


def test_a_value_is_undone_where_it_was_set(playground):
    """The keys of undo act from within the field, unless something is being typed into it."""
    before = spec_of(playground)["optimizer"]["lr"]
    rate = playground.rail.get_by_label("Rate", exact=True)
    rate.focus()
    rate.press("ArrowUp")
    until(lambda: spec_of(playground)["optimizer"]["lr"] > before, "the key does not raise the rate")
    rate.press("Control+z")
    until(lambda: spec_of(playground)["optimizer"]["lr"] == before, "it is not undone")
    rate.press("Control+Shift+z")
    until(lambda: spec_of(playground)["optimizer"]["lr"] > before, "it is not done again")
    rate.fill("0.5")
    rate.press("Control+z")
    playground.page.wait_for_timeout(300)
    assert spec_of(playground)["optimizer"]["lr"] > before, "undo of what is being typed belongs to the field"
