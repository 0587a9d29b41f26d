"""Clips on the page: they play together, stop when told, and stand still for those who asked for less motion."""

import json
import time
from urllib.parse import quote

from playwright.sync_api import expect

from tests.e2e.playground import PATIENCE, Playground, until

PANELS = {"places": [{"id": name} for name in ("feature_maps", "loss")], "maximised": None}
#: Clips move on every 140 ms, and pictures wait longer on a slow machine.
SECONDS = 2.0


def open_clips(playground: Playground) -> None:
    """The ready experiment, with feature maps on the screen and some steps done."""
    page, before = playground.page, playground.run["id"]
    page.goto(f"{playground.server.url.rstrip('/')}/#panels={quote(json.dumps(PANELS))}")
    page.reload()
    playground.wait_until_ready()
    page.get_by_role("button", name="Experiment:").click()
    page.get_by_role("menuitem", name="Conv + LSTM on clips").click()
    until(lambda: playground.run["id"] != before, "no new run")
    playground.wait_until_ready()
    playground.train()
    playground.wait_for_step(3)
    playground.pause()
    step = playground.run["step"]
    until(lambda: playground.panel_step("feature_maps") == step, "the maps are of another step")


def drawn(playground: Playground) -> set[str | None]:
    """All pictures of the maps in a while, while the run rests."""
    seen, last = set(), time.monotonic() + SECONDS
    while time.monotonic() < last:
        seen.add(playground.digest("feature_maps"))
        time.sleep(0.05)
    return seen


def test_clips_play_together_and_stop(playground):
    open_clips(playground)
    page = playground.page
    seen = set()
    until(lambda: seen.add(playground.digest("feature_maps")) or len(seen) > 2, "the maps do not play")
    page.get_by_role("button", name="Stop the clips").click()
    frame = page.get_by_role("slider", name="Frame")
    frame.fill("4")
    expect(page.locator(".film output")).to_have_text("5 / 10")
    until(lambda: len(drawn(playground)) == 1, "the maps go on without the input")
    (fifth,) = drawn(playground)
    frame.press("ArrowRight")
    expect(page.locator(".film output")).to_have_text("6 / 10")
    until(lambda: playground.digest("feature_maps") != fifth, "the maps are still of the fifth frame")
    frame.fill("4")
    until(lambda: playground.digest("feature_maps") == fifth, "the same frame has another picture")
    assert playground.run["status"] == "paused"


def test_they_stand_still_for_who_asked_for_less_motion(playground):
    playground.page.emulate_media(reduced_motion="reduce")
    open_clips(playground)
    page = playground.page
    expect(page.locator(".film output")).to_have_text("1 / 10", timeout=PATIENCE)
    assert len(drawn(playground)) == 1
    page.get_by_role("button", name="Play the clips").click()
    expect(page.locator(".film output")).not_to_have_text("1 / 10")


def test_the_card_of_the_data_says_its_numbers_whole(playground):
    open_clips(playground)
    words = playground.rail.locator(".datacard > footer > .clip")
    expect(words).to_contain_text("validation")
    assert words.evaluate("words => words.scrollWidth <= words.clientWidth")
