"""The head of a panel: a press on a chart gives it the focus, and a narrow one keeps its name."""

import json
from urllib.parse import quote

from playwright.sync_api import expect

from tests.e2e.playground import Playground, until

#: Labels of a choice that have no room in it.
_IS_CUT = """select => {
    const style = getComputedStyle(select), canvas = document.createElement('canvas').getContext('2d');
    canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return [...select.options].map(one => one.label).filter(label => canvas.measureText(label).width > room + 0.5);
}"""


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


def test_what_a_panel_lets_one_choose_is_read_whole_in_two_columns(playground):
    page = playground.page
    arrangement = {"places": [{"id": name} for name in ("roc", "train_and_eval", "class_accuracy")], "maximised": None}
    page.goto(f"{playground.server.url}/#panels={quote(json.dumps(arrangement))}")
    page.reload()
    playground.wait_until_ready().train()
    playground.wait_for_step(5)
    playground.pause()
    playground.panel("train_and_eval").get_by_role("button", name="Compute", exact=True).click()
    for name in ("roc", "train_and_eval", "class_accuracy"):
        choice = playground.panel(name).get_by_role("combobox", name="Layer")
        for option in choice.locator("option").all_inner_texts():
            choice.select_option(label=option)
            expect(choice).to_have_value(option)
            assert width_of(playground, name) < 345
            assert option not in choice.evaluate(_IS_CUT), f"{option} is cut in {name}"
