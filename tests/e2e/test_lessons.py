"""From a diagnosis to its lesson: predict, run, explain, mend, and back to what was there."""

import re
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from tests.e2e.playground import PATIENCE, Playground, until

EQUAL_UNITS: dict[str, Any] = {
    "name": "Equal units",
    "data": {"dataset": "digits"},
    "graph": [
        {"kind": "flatten"},
        {"id": "hidden", "kind": "linear", "out_features": 16},
        {"kind": "tanh"},
        {"kind": "linear", "out_features": 10},
    ],
    "init": {"scheme": "zeros"},
    "training": {"epochs": None, "max_steps": 100000, "max_steps_per_second": 20},
}


def column(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Lesson")


def open_ill(playground: Playground) -> str:
    made = playground.server.call("/api/runs", EQUAL_UNITS)
    playground.page.goto(f"{playground.server.url}/#run={quote(made['id'])}")
    playground.page.reload()
    playground.wait_for_status("running")
    return str(made["id"])


def test_a_diagnosis_leads_to_its_lesson_and_the_lesson_back(playground):
    page, mine = playground.page, open_ill(playground)
    strip = page.get_by_role("region", name="Diagnosis")
    expect(strip).to_be_visible(timeout=PATIENCE)
    strip.get_by_role("button", name="Why?").click()
    page.get_by_role("button", name="Open the lesson: All weights start at zero").click()
    lesson = column(page)
    expect(lesson.get_by_role("heading", name="All weights start at zero")).to_be_visible(timeout=PATIENCE)
    expect(lesson).to_contain_text("Initialisation · lesson 1 of ")
    # Predict: the panels would give the answer away.
    expect(page.locator(".panel")).to_have_count(0)
    see = lesson.get_by_role("button", name="Train and see")
    expect(see).to_be_disabled()
    page.keyboard.press("b")
    expect(lesson.get_by_role("radio").nth(1)).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(lesson.get_by_role("radio").nth(2)).to_be_checked()
    # Run.
    see.click()
    expect(lesson.locator('[aria-current="step"]')).to_have_text("2 Run")
    until(lambda: playground.run["id"] != mine and playground.run["step"] > 0, "the lesson does not train", seconds=90)
    assert playground.run["spec"]["name"] == "All weights start at zero"
    playground.server.wait_for(mine, "stopped", seconds=30)
    expect(page).to_have_url(re.compile("lesson=init-zero&run="))
    playground.wait_for_panel_step("loss", 5)
    expect(playground.panel("loss").locator(".mark")).to_have_text("1")
    lesson.get_by_role("button", name="Every weight of every layer").click()
    expect(playground.panel("weights")).to_have_attribute("data-marked", "true")
    expect(playground.panel("loss")).not_to_have_attribute("data-marked", "true")
    # Explain.
    lesson.get_by_role("button", name="Show the explanation").click()
    explanation = lesson.get_by_role("region", name="Explanation")
    expect(explanation.locator("math").first).to_be_visible(timeout=PATIENCE)
    expect(lesson.locator(".lesson-choice[data-right]")).to_contain_text("as you predicted")
    # A reload keeps all of it.
    page.reload()
    expect(lesson.get_by_role("region", name="Explanation")).to_be_visible(timeout=PATIENCE)
    expect(lesson.get_by_role("radio").nth(2)).to_be_checked()
    # The remedy is a run of its own, and is free of it.
    ill = playground.run["id"]
    lesson.get_by_role("button", name="Try the remedy").click()
    until(lambda: playground.run["id"] != ill, "the remedy makes no run", seconds=90)
    until(lambda: playground.run["spec"]["init"]["scheme"] == "xavier_normal", "it is not mended")
    # And back to what was there.
    lesson.get_by_role("button", name="Back to my experiment").click()
    expect(lesson).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"#run={mine}$"), timeout=PATIENCE)
    expect(page.get_by_role("button", name="Experiment: Equal units")).to_be_visible()
    expect(playground.rail).to_be_visible()


def test_a_link_opens_a_lesson_which_can_be_taken_over(playground):
    page = playground.page
    page.goto(f"{playground.server.url}/#lesson=opt-lr")
    lesson = column(page)
    expect(lesson.get_by_role("heading", name="A learning rate that is too high")).to_be_visible(timeout=PATIENCE)
    until(lambda: playground.run["spec"]["data"]["dataset"] == "diabetes", "its experiment does not come", seconds=90)
    lesson.get_by_role("button", name="Take it over").click()
    expect(lesson).to_have_count(0)
    expect(playground.rail).to_be_visible()
    expect(page.get_by_text("The lesson is closed.")).to_be_visible()
    page.get_by_role("button", name="Back to my experiment").click()
    until(lambda: playground.run["spec"]["data"]["dataset"] == "digits", "mine does not come back", seconds=90)


def test_a_lesson_that_is_not_there_says_so_and_offers_the_others(playground):
    page = playground.page
    page.goto(f"{playground.server.url}/#lesson=init-zer")
    lesson = column(page)
    expect(lesson.get_by_role("alert")).to_contain_text("There is no lesson called init-zer.", timeout=PATIENCE)
    lesson.get_by_role("button", name="All weights start at zero").click()
    expect(lesson.get_by_role("heading", name="All weights start at zero")).to_be_visible(timeout=PATIENCE)
