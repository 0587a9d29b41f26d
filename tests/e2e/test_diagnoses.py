"""An ill run says so in the strip: why, and what one click does about it."""

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.playground import PATIENCE, Playground, until

EQUAL_UNITS: dict[str, Any] = {
    "name": "Equal units",
    "data": {"dataset": "digits", "batch_size": 2},
    "graph": [
        {"kind": "flatten"},
        {"id": "hidden", "kind": "linear", "out_features": 16},
        {"id": "norm", "kind": "batch_norm"},
        {"kind": "tanh"},
        {"kind": "linear", "out_features": 10},
    ],
    "init": {"scheme": "zeros"},
    "training": {"epochs": None, "max_steps": 100000, "max_steps_per_second": 20},
}


def strip(page: Page) -> Locator:
    return page.get_by_role("region", name="Diagnosis")


@pytest.fixture
def ill(playground: Playground) -> Playground:
    """The page on a run whose hidden units are all equal, in batches of two."""
    made = playground.server.call("/api/runs", EQUAL_UNITS)
    playground.page.goto(f"{playground.server.url}/#run={quote(made['id'])}")
    playground.page.reload()
    playground.wait_for_status("running")
    expect(strip(playground.page)).to_be_visible(timeout=PATIENCE)
    return playground


def test_a_healthy_run_says_that_nothing_is_unusual(playground):
    playground.train()
    playground.wait_for_step(20)
    line = playground.page.locator(".strip.quiet")
    expect(line).to_contain_text("othing unusual up to step", timeout=PATIENCE)
    told = int("".join(re.findall(r"\d", line.inner_text())))
    assert told <= playground.run["rates"]["examined_step"] <= playground.run["step"]
    assert playground.run["diagnoses"] == []


def test_the_gravest_comes_first_and_the_rest_by_arrows(ill):
    page, line = ill.page, strip(ill.page)
    expect(line).to_contain_text("All units of hidden are equal from the start.")
    until(lambda: len(ill.run["diagnoses"]) >= 2, "two diagnoses are not recorded")
    assert {"symmetric_units", "small_batch"} <= {one["kind"] for one in ill.run["diagnoses"]}
    expect(line).to_contain_text("1 of ")
    line.get_by_role("button", name="Next diagnosis").click()
    expect(line).not_to_contain_text("All units of hidden")
    line.get_by_role("button", name="Previous diagnosis").click()
    line.get_by_role("button", name="Why?").click()
    why = page.get_by_role("region", name="Why: All units of hidden")
    expect(why).to_contain_text("16 units of hidden have weights that are all 0")
    expect(why).to_contain_text("Goodfellow")
    expect(why.locator("math")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")
    expect(page.locator(".timeline-mark.problem").first).to_be_attached()


def test_a_live_remedy_changes_the_run_and_the_diagnosis_is_over(ill):
    page, line, before = ill.page, strip(ill.page), ill.run["id"]
    until(lambda: any(one["kind"] == "small_batch" for one in ill.run["diagnoses"]), "no small batch is told")
    while line.get_attribute("data-diagnosis") != "small_batch":
        line.get_by_role("button", name="Next diagnosis").click()
    button = line.get_by_role("button", name="Set batch size to 32")
    expect(button).to_contain_text("live")
    button.click()
    until(lambda: ill.run["spec"]["data"]["batch_size"] == 32, "the batch size is not changed")
    told = lambda: {one["kind"]: one["is_over"] for one in ill.run["diagnoses"]}  # noqa: E731
    until(lambda: told()["small_batch"], "it is not told to be over", seconds=60)
    assert ill.run["id"] == before
    line.get_by_role("button", name="list of all diagnoses").click()
    expect(page.get_by_role("list", name="All diagnoses of this run")).to_contain_text("No longer so.")


def test_the_remedy_makes_a_run_without_it(ill):
    before = ill.run["id"]
    button = strip(ill.page).get_by_role("button", name="Start from Xavier normal")
    expect(button).to_contain_text("restarts")
    button.click()
    until(lambda: ill.run["id"] != before, "no new run is made")
    assert ill.run["parent"] == before
    assert ill.run["spec"]["init"]["scheme"] == "xavier_normal"
    ill.wait_for_step(5)
    assert "symmetric_units" not in json.dumps(ill.run["diagnoses"])
    expect(ill.page.locator('[data-diagnosis="symmetric_units"]')).to_have_count(0)


def test_what_was_dismissed_stays_away(ill):
    line = strip(ill.page)
    expect(line).to_have_attribute("data-diagnosis", "symmetric_units")
    line.get_by_role("button", name="Dismiss").click()
    ill.page.reload()
    ill.wait_for_status("running")
    expect(line).not_to_have_attribute("data-diagnosis", "symmetric_units")
