"""The data under the lamp, and preprocessing step by step: what the page shows is what was measured."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.playground import PATIENCE, Playground, until


@pytest.fixture
def lamp(opened, server) -> Playground:
    """The page of samples, over the run at step 0."""
    page, _ = opened
    playground = Playground(page, server).wait_until_ready()
    page.keyboard.press("Control+k")
    page.keyboard.type("look at samples")
    page.keyboard.press("Enter")
    expect(cells(playground).first).to_be_visible(timeout=PATIENCE)
    return playground


def cells(playground: Playground) -> Locator:
    return playground.page.locator(".lamp-cell")


def count(playground: Playground) -> int:
    text = playground.page.locator(".lamp-count b").inner_text()
    return int(re.sub(r"\D", "", text))


def measured(playground: Playground) -> dict:
    [item] = playground.server.call(f"/api/runs/{playground.run['id']}/frames?probe=samples&step=0")["items"]
    return item


def test_samples_are_filtered_chosen_and_shown_in_every_panel(lamp):
    page, item = lamp.page, measured(lamp)
    places = range(len(item["index"]))
    until(lambda: count(lamp) == len(item["index"]), "not all samples are counted")
    hardest = max(places, key=lambda place: item["loss"][place])
    assert cells(lamp).first.get_attribute("data-sample") == str(item["index"][hardest])

    top = page.get_by_role("listbox").bounding_box()["y"]
    page.get_by_role("radio", name="Wrong").check(force=True)
    page.get_by_role("combobox", name="Label").select_option("3")
    wanted = [place for place in places if item["wrong"][place] and item["label"][place] == 3]
    until(lambda: count(lamp) == len(wanted), "the filters let others through")
    expect(page.get_by_role("button", name="Show all")).to_be_visible()
    assert page.get_by_role("listbox").bounding_box()["y"] == top
    assert all("label 3" in (one or "") for one in cells(lamp).evaluate_all("all => all.map(one => one.ariaLabel)"))

    listed = page.get_by_role("listbox")
    listed.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    second = sorted(wanted, key=lambda place: -item["loss"][place])[1]
    expect(cells(lamp).nth(1)).to_have_attribute("aria-selected", "true")
    assert cells(lamp).nth(1).get_attribute("data-sample") == str(item["index"][second])
    expect(page.locator(".lamp-shown")).to_contain_text(f"Validation image {item['index'][second] + 1}")
    expect(cells(lamp).nth(1).locator("canvas")).to_be_visible(timeout=PATIENCE)

    page.keyboard.press("Enter")
    expect(page.locator(".input-card")).to_contain_text(f"validation image {item['index'][second] + 1}")


def test_the_view_is_closed_by_a_key_and_gives_the_focus_back(lamp):
    page = lamp.page
    thumb = page.get_by_role("slider", name="Least loss")
    thumb.press("End")
    expect(thumb).to_have_attribute("aria-valuenow", "100")
    until(lambda: count(lamp) == 0, "samples beyond the bound are listed")
    thumb.press("Home")
    until(lambda: count(lamp) > 0, "the bound stays")
    thumb.press("Escape")
    expect(page.locator(".lamp")).to_have_count(0)
    expect(lamp.rail.get_by_role("button", name="open the data view")).to_be_focused()


def test_the_training_part_is_measured_when_asked_for(lamp):
    lamp.page.get_by_role("radio", name="Training").check(force=True)
    data = lamp.run["check"]["data"]
    until(lambda: count(lamp) == data["num_train"], "the training part does not come", seconds=90)
    expect(lamp.page.locator(".lamp-losses")).to_contain_text("all training samples")


def test_a_cell_of_the_confusion_matrix_opens_its_samples(lamp):
    lamp.page.keyboard.press("Escape")
    expect(lamp.page.locator(".lamp")).to_have_count(0)
    canvas = lamp.panel("confusion").locator("canvas")
    canvas.scroll_into_view_if_needed()
    until(lambda: lamp.panel_step("confusion") == 0, "nothing is drawn")
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] - 8, "y": 4})
    expect(lamp.page.get_by_role("combobox", name="Label")).to_have_value("0")
    expect(lamp.page.get_by_role("combobox", name="Predicted")).to_have_value("9")
    item = measured(lamp)
    pairs = list(zip(item["label"], item["prediction"], strict=True))
    until(lambda: pairs.count((0, 9)) in (0, count(lamp)), "others than the cell counts are shown")


def test_preprocessing_is_told_step_by_step_and_changed_as_one_edit(lamp):
    page = lamp.page
    page.get_by_role("button", name="Prepare", exact=True).click()
    stages = page.locator(".prepare-stage")
    expect(stages).to_have_count(3, timeout=PATIENCE)
    page.get_by_role("radio", name="Mean image").check()
    expect(stages).to_have_count(2, timeout=PATIENCE)
    expect(page.locator(".prepare-fitted canvas")).to_be_visible()
    until(lambda: lamp.run["spec"]["data"]["preprocess"] == "mean_image", "no run has it")
    page.keyboard.press("Control+z")
    expect(stages).to_have_count(3, timeout=PATIENCE)


def test_the_keys_of_the_list_go_on_over_another_run(lamp):
    """An undo by key takes the list and its run away while the focus is in it: the new list has it."""
    page, before = lamp.page, lamp.run["id"]
    page.get_by_role("button", name="Prepare", exact=True).click()
    page.get_by_role("radio", name="Mean image").check()
    until(lambda: lamp.run["spec"]["data"]["preprocess"] == "mean_image", "no run has it")
    page.get_by_role("button", name="Samples", exact=True).click()
    listed = page.get_by_role("listbox")
    expect(cells(lamp).first).to_be_visible(timeout=PATIENCE)
    listed.focus()
    page.keyboard.press("Home")
    listed.evaluate("list => list.dataset.before = 'yes'")
    page.keyboard.press("Control+z")
    until(lambda: lamp.run["spec"]["data"]["preprocess"] != "mean_image", "not taken back")
    assert lamp.run["id"] != before
    # The server has the run before the page shows it.
    expect(page.locator("[role=listbox]:not([data-before])")).to_be_focused(timeout=PATIENCE)
    expect(cells(lamp).first).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(cells(lamp).nth(1)).to_have_attribute("aria-selected", "true")
