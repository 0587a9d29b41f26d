"""The head of a panel: a press on a chart gives it the focus, and a narrow one keeps its name."""

from playwright.sync_api import expect

from tests.e2e.playground import Playground, until


def width_of(playground: Playground, name: str) -> float:
    box = playground.panel(name).bounding_box()
    assert box
    return box["width"]


def test_enter_goes_to_the_chart_that_was_pressed(playground):
    playground.train()
    playground.wait_for_step(30)
    playground.pause()
    loss = playground.panel("loss")
    playground.page.get_by_role("button", name="More settings").focus()
    loss.locator(".panel-chart").click(position={"x": 100, "y": 80})
    playground.page.keyboard.press("Enter")
    expect(loss).to_have_attribute("data-maximised", "true")
    playground.page.keyboard.press("Escape")
    until(lambda: loss.get_attribute("data-maximised") is None, "the panel stays large")


def test_a_narrow_panel_keeps_its_name_and_its_menu_takes_the_switches(playground):
    page = playground.page
    panel = playground.panel("norm_statistics")
    switch = panel.locator(".panel-control").first
    expect(switch).to_be_visible()
    edge = page.get_by_role("separator", name="Width of the network").bounding_box()
    assert edge
    page.mouse.move(edge["x"] + edge["width"] / 2, edge["y"] + 300)
    page.mouse.down()
    page.mouse.move(edge["x"] + 170, edge["y"] + 300, steps=6)
    page.mouse.up()
    until(lambda: width_of(playground, "norm_statistics") < 300, "the panels do not get narrower")
    expect(switch).to_be_hidden()
    title = panel.get_by_role("heading")
    assert title.evaluate("title => title.scrollWidth <= title.clientWidth")
    panel.get_by_role("button", name="Norm statistics: menu").click()
    page.get_by_role("menuitemradio", name="through time").click()
    page.keyboard.press("Escape")
    expect(panel.locator(".panel-segment button", has_text="through time")).to_have_attribute("aria-pressed", "true")
