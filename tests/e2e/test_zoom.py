"""Curves that refine: a long run comes thinned, and where a hand zooms in each step has its point."""

import csv
import io
import math
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from tests.benchmarks.specs import TINY
from tests.e2e.playground import Playground, until

STEPS = 6000
_RANGE = "element => element.layout.xaxis.range"
_AREA = "element => { const box = element.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; }"


def in_sight(page: Page) -> tuple[float, float]:
    """Ends of the step axis of the Loss panel."""
    first, last = page.locator('[data-panel="loss"] .js-plotly-plot').evaluate(_RANGE)
    return first, last


def drag(page: Page, share: float, pixels: float) -> None:
    """Draw a flat box over the Loss panel, from a share of its width on: that zooms into steps alone."""
    x, y, width, height = page.locator('[data-panel="loss"] .js-plotly-plot .draglayer .nsewdrag').evaluate(_AREA)
    left, middle = x + share * width, y + height / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    page.mouse.move(left + pixels / 2, middle, steps=3)
    page.mouse.move(left + pixels, middle, steps=3)
    page.mouse.up()


def questions(addresses: list[str]) -> list[tuple[str, int, int]]:
    """What the page asked of a part of curves: names, first and last step."""
    asked = [parse_qs(urlsplit(address).query) for address in addresses if "from_step=" in address]
    return [(one["names"][0], int(one["from_step"][0]), int(one["to_step"][0])) for one in asked]


@pytest.fixture
def long_run(opened, server) -> Playground:
    """The page on a run that ended after more steps than a snapshot has points."""
    page, _ = opened
    Playground(page, server).wait_until_ready()
    run = server.call("/api/runs", TINY | {"training": {"epochs": None, "max_steps": STEPS}})["id"]
    server.wait_for(run, "completed")
    page.goto(f"{server.url}/#run={run}")
    page.reload()
    playground = Playground(page, server)
    playground.wait_for_status("completed")
    playground.wait_for_panel_step("loss", STEPS)
    until(lambda: max(playground.traces("loss").get("train", {}), default=0) == STEPS, "the curve is not drawn")
    return playground


def test_each_step_has_its_point_where_a_hand_zooms_in(long_run, opened):
    page, seen = opened
    steps, values = long_run.server.curve(long_run.run["id"], "train/loss")
    assert steps == list(range(1, STEPS + 1))

    def drawn() -> dict[int, float]:
        first, last = in_sight(page)
        curve = long_run.traces("loss")
        points = curve.get("train raw", curve["train"])
        return {step: value for step, value in points.items() if first <= step <= last}

    def stored() -> dict[int, float]:
        first, last = in_sight(page)
        return {step: value for step, value in zip(steps, values, strict=True) if first <= step <= last}

    box = long_run.panel("loss").bounding_box()
    for count, share in enumerate([0.6, 0.2], start=1):
        drag(page, share, 16)
        until(lambda: in_sight(page)[1] - in_sight(page)[0] < 1000, "the panel is not zoomed")
        assert 100 < len(stored()) < 400
        until(lambda: drawn() == pytest.approx(stored()), "steps are missing from the curve")
        first, last = in_sight(page)
        assert questions(seen.addresses)[count - 1 :] == [("train/loss", math.floor(first), math.ceil(last))]
        assert long_run.panel("loss").bounding_box() == box
        assert_table_is_of(long_run, set(stored()))
        page.mouse.dblclick(*middle_of(page))
        until(lambda: in_sight(page)[0] == 0, "a double click does not show the whole")
    drag(page, 0.605, 12)
    until(lambda: in_sight(page)[0] > 0, "the panel is not zoomed again")
    until(lambda: drawn() == pytest.approx(stored()), "what was asked for is forgotten")
    page.wait_for_timeout(500)
    assert len(questions(seen.addresses)) == 2, "what is there is asked for again"


def test_the_smoothed_line_of_a_thinned_curve_lies_where_that_of_all_points_does(long_run):
    steps, values = long_run.server.curve(long_run.run["id"], "train/loss")
    line, sum_, mass = {}, 0.0, 0.0
    for step, value in zip(steps, values, strict=True):
        sum_, mass = 0.9 * sum_ + 0.1 * value, 0.9 * mass + 0.1
        line[step] = sum_ / mass
    drawn = {step: value for step, value in long_run.traces("loss")["train"].items() if step > 100}
    assert len(drawn) > 100
    assert sum(value / line[step] - 1 for step, value in drawn.items()) / len(drawn) == pytest.approx(0, abs=0.02)


def middle_of(page: Page) -> tuple[float, float]:
    x, y, width, height = page.locator('[data-panel="loss"] .js-plotly-plot .draglayer .nsewdrag').evaluate(_AREA)
    return x + width / 2, y + height / 2


def assert_table_is_of(playground: Playground, steps: set[int]) -> None:
    """The panel as a table has these steps of the training curve and no other."""
    playground.panel("loss").locator(".panel-menu[aria-haspopup=menu]").click()
    with playground.page.expect_download() as download:
        playground.page.get_by_role("menuitem", name="Save as CSV").click()
    rows = csv.DictReader(io.StringIO(download.value.path().read_text("utf-8")))
    assert {int(row["step"]) for row in rows if row["train/loss"]} == steps
