"""The data under the lamp while the run trains: numbers live, order held under a hand, points on the plane."""

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.numbers import number
from tests.e2e.playground import PATIENCE, Playground, until
from tests.e2e.test_experiments import open_experiment


@pytest.fixture
def lamp(playground: Playground) -> Playground:
    """The samples of a run on the spiral, training slowly enough not to end."""
    page = playground.page
    open_experiment(playground, "Small net on the spiral")
    playground.set_number("Epochs", 5000)
    playground.wait_until_ready()
    page.keyboard.press("Control+k")
    page.keyboard.type("look at samples")
    page.keyboard.press("Enter")
    expect(cells(playground).first).to_be_visible(timeout=PATIENCE)
    return playground


def cells(playground: Playground) -> Locator:
    return playground.page.locator(".lamp-cell")


def order(playground: Playground) -> list[str]:
    return cells(playground).evaluate_all("all => all.map(one => one.dataset.sample)")


def measured_step(playground: Playground) -> int:
    return int(playground.page.locator(".lamp").get_attribute("data-digest") or -1)


def losses(playground: Playground) -> list[float]:
    texts = cells(playground).evaluate_all("all => all.map(one => one.lastElementChild.innerText)")
    return [number(text) for text in texts]


def goes_on(playground: Playground, by: int = 20) -> None:
    """Wait until newer numbers are listed."""
    before = measured_step(playground)
    until(lambda: measured_step(playground) >= before + by, f"nothing newer than step {before} is listed", seconds=60)


def test_numbers_are_live_and_the_order_is_held_under_a_hand(lamp):
    page = lamp.page
    lamp.train()
    goes_on(lamp)
    page.mouse.move(0, 0)
    until(lambda: (now := losses(lamp)) == sorted(now, reverse=True), "the hardest do not come first")
    cells(lamp).nth(2).hover()
    expect(page.locator(".lamp-count")).to_contain_text("order held while you are here")
    held = order(lamp)
    before = losses(lamp)
    goes_on(lamp, by=60)
    assert order(lamp) == held
    assert losses(lamp) != before

    page.get_by_role("button", name="Hold").click()
    expect(page.locator(".lamp-count")).to_contain_text("held at step")
    step, numbers = measured_step(lamp), losses(lamp)
    trained = lamp.step
    lamp.wait_for_step(trained + 200)
    assert (measured_step(lamp), losses(lamp)) == (step, numbers)
    page.get_by_role("button", name="Go on").click()
    until(lambda: measured_step(lamp) > step, "the list does not go on")
    lamp.pause()


def test_points_are_chosen_on_the_plane_and_in_the_list(lamp):
    page = lamp.page
    plane = page.locator(".lamp-plane canvas")
    expect(plane).to_be_visible(timeout=PATIENCE)
    cells(lamp).nth(3).click()
    expect(plane).to_have_attribute("data-chosen", order(lamp)[3])
    # Any press near a point: the plane is searched from its middle outwards.
    box = plane.bounding_box()
    assert box
    before = plane.get_attribute("data-chosen")
    for place in range(8, 90, 6):
        plane.click(position={"x": box["width"] / 2 + place, "y": box["height"] / 2 + place / 3})
        if plane.get_attribute("data-chosen") != before:
            break
    chosen = plane.get_attribute("data-chosen")
    assert chosen != before
    row = page.locator(f".lamp-cell[data-sample='{chosen}']")
    expect(row).to_have_attribute("aria-selected", "true")
    expect(row).to_be_in_viewport()
    expect(page.locator(".lamp-shown")).to_contain_text(f"Validation point {int(chosen) + 1}")

    page.get_by_role("button", name="See it in every panel").click()
    expect(lamp.panel("decision_surface")).to_be_visible()
