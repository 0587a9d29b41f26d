"""Another dataset from the gallery: what it will change, what it changed, and the way back."""

import re

from playwright.sync_api import expect

from tests.e2e.playground import PATIENCE, Playground, until


def kinds(playground: Playground) -> list[str]:
    return [node["kind"] for node in playground.run["spec"]["graph"]]


def dataset(playground: Playground) -> str:
    return str(playground.run["spec"]["data"]["dataset"])


def test_a_set_is_chosen_with_a_network_that_fits_and_taken_back(playground):
    before = kinds(playground)
    playground.rail.get_by_role("button", name="open the data view").click()
    room = playground.page.get_by_role("region", name="Data view")
    # Files that are not there are no edit: the page says how to get them.
    room.locator("[data-dataset=mnist]").click()
    expect(room.get_by_role("button", name=re.compile(r"^Fetch 11\.6"))).to_be_visible(timeout=PATIENCE)
    assert dataset(playground) == "digits"
    room.get_by_role("textbox", name="Search datasets").fill("flowers")
    expect(room.locator("[data-dataset]")).to_have_count(1)
    iris = room.locator("[data-dataset=iris]")
    iris.hover()
    expect(room.get_by_text("A small network for rows of numbers takes the place of yours")).to_be_visible(
        timeout=PATIENCE
    )
    iris.click()
    told = room.get_by_role("status").filter(has_text="Chosen: Iris.")
    expect(told).to_be_visible(timeout=PATIENCE)
    until(lambda: dataset(playground) == "iris", "no run on iris")
    assert kinds(playground) == ["linear", "relu", "linear", "relu", "linear"]
    # 120 flowers to train on and 30 to validate with, classes in equal parts.
    setosa = room.get_by_role("row", name=re.compile("^setosa"))
    expect(setosa.get_by_role("cell").last).to_have_text("10", timeout=PATIENCE)
    playground.press("One step")
    playground.wait_for_step(1)
    told.get_by_role("button", name="Undo").click()
    until(lambda: dataset(playground) == "digits" and kinds(playground) == before, "not taken back")
