"""A step in slow motion: walked through on the page, then taken by the run, which comes to the shown weight."""

from playwright.sync_api import expect

from tests.e2e.numbers import number
from tests.e2e.playground import PATIENCE, until


def test_a_step_is_walked_and_taken(playground):
    page = playground.page
    page.keyboard.press("m")
    panel = playground.panel("slow_motion")
    expect(panel.locator(".step-head")).to_contain_text("samples", timeout=PATIENCE)
    run = playground.run["id"]
    found = playground.server.call(f"/api/runs/{run}/analyses")["analyses"][0]
    frame = playground.server.call(f"/api/runs/{run}/analyses/{found['id']}/frame")
    items = frame["items"]
    assert [item["phase"] for item in items] == sorted(
        (item["phase"] for item in items), key=["batch", "forward", "loss", "backward", "update"].index
    )
    expect(panel.locator(".step-count")).to_have_text(f"1 / {len(items)}")

    count = panel.locator(".step-count")
    page.keyboard.press("End")  # the panel has the focus: no press of the mouse is needed
    expect(count).to_have_text(f"{len(items)} / {len(items)}")
    page.keyboard.press("ArrowUp")
    expect(count).to_have_text(f"{len(items) - 1} / {len(items)}")
    panel.locator(".step-list button[aria-current]").focus()
    page.keyboard.press("ArrowDown")
    expect(panel.locator(".step-list button").last).to_be_focused()
    page.keyboard.press("Home")
    expect(count).to_have_text(f"1 / {len(items)}")

    first = playground.digest("slow_motion")
    panel.get_by_role("button", name="Next", exact=True).click()
    until(lambda: playground.digest("slow_motion") != first, "the walk does not go on")
    assert panel.locator(".step").get_attribute("data-node") == items[1]["node"]

    panel.get_by_role("button", name="Update", exact=True).click()
    update = next(item for item in items if item["phase"] == "update")
    expect(panel.locator(".step-head")).to_have_text(update["title"])
    shown = panel.locator(".step-values tr").last.locator("td").nth(1).inner_text()
    after = next(one["value"] for one in update["values"] if one["symbol"] == "w'")
    assert number(shown) == round(after, 6) or abs(number(shown) - after) < 1e-5

    panel.get_by_role("button", name="Take step 1", exact=True).click()
    until(lambda: playground.run["step"] == 1, "the run does not take the step")
    until(lambda: playground.panel_step("slow_motion") == 1, "the next step is not shown")
    now = playground.server.call(f"/api/runs/{run}/analyses")["analyses"][0]
    following = playground.server.call(f"/api/runs/{run}/analyses/{now['id']}/frame")["items"]
    before = {item["title"]: item for item in following if item["phase"] == "update"}
    again = before.get(update["title"])
    if again is not None:
        assert next(one["value"] for one in again["values"] if one["symbol"] == "w") == after
