"""ResNet-8 from an empty page, by mouse and by keyboard: built, broken, mended, trained, and undone back to empty."""

from collections import Counter
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.playground import PATIENCE, Playground, until

#: What each step adds, as it is found in the search, and how many nodes the network has then.
STEPS = [
    ("Convolution, norm, activation", 3),
    ("Residual block", 10),
    ("Residual block, half the size", 19),
    ("Residual block, half the size", 28),
    ("AvgPool2d", 29),
    ("Linear", 31),
]
RESNET_8 = {"conv2d": 9, "batch_norm": 9, "relu": 7, "add": 3, "avg_pool2d": 1, "flatten": 1, "linear": 1}
EMPTY = "No layers yet."


def network(page: Page) -> Locator:
    return page.get_by_role("main", name="Network")


def draft(page: Page) -> list[dict[str, Any]]:
    """The graph as the page holds it, read from the JSON view."""
    import json

    network(page).get_by_role("button", name="Show the experiment as JSON").click()
    text = page.get_by_role("textbox", name="Experiment as JSON").input_value()
    network(page).get_by_role("button", name="Show the network").click()
    graph: list[dict[str, Any]] = json.loads(text)["graph"]
    return graph


def wait_for_nodes(playground: Playground, count: int) -> None:
    """Until the server has checked a network of so many nodes and the page draws it."""
    expect(network(playground.page).locator(f'[data-nodes="{count}"]')).to_be_visible(timeout=PATIENCE)


def wait_for_resnet(playground: Playground) -> None:
    """Until the run on the page is that of ResNet-8."""
    until(
        lambda: Counter(node["kind"] for node in playground.run["spec"]["graph"]) == RESNET_8, "it is not the ResNet-8"
    )
    blocks = {node.get("block") for node in playground.run["spec"]["graph"]} - {None}
    assert len(blocks) == 3
    assert playground.run["check"]["ok"]


def train_and_undo(playground: Playground) -> None:
    """It trains, and every edit is taken back."""
    page = playground.page
    playground.train()
    playground.wait_for_step(3)
    playground.pause()
    page.evaluate("document.activeElement?.blur()")
    for _ in range(60):
        if network(page).get_by_text(EMPTY).count():
            break
        page.keyboard.press("Control+z")
    expect(network(page).get_by_text(EMPTY)).to_be_visible()


def test_resnet_8_by_mouse(playground):
    page = playground.page
    page.get_by_role("button", name="Experiment: LeNet on digits").click()
    page.get_by_role("menuitem", name="New network").click()
    expect(network(page).get_by_text(EMPTY)).to_be_visible()
    for index, (title, count) in enumerate(STEPS):
        if index:
            network(page).get_by_role("button", name="Add a layer", exact=True).click()
        page.get_by_role("option", name=title).first.click()
        wait_for_nodes(playground, count)
    wait_for_resnet(playground)

    # Break it: the last layer states a size that it does not get. Mend it by what the card offers.
    network(page).get_by_role("button", name="logits").or_(
        network(page).get_by_role("button", name="linear_1")
    ).first.click()
    field = network(page).get_by_label("In features")
    field.click()
    field.fill("7")
    field.press("Enter")
    expect(network(page).locator(".wire.bad").first).to_be_attached(timeout=PATIENCE)
    network(page).get_by_role("button", name="Set in_features to 64").click()
    expect(network(page).locator(".wire.bad")).to_have_count(0, timeout=PATIENCE)
    wait_for_resnet(playground)
    train_and_undo(playground)


def test_resnet_8_by_keyboard(playground):
    page = playground.page
    page.keyboard.press("Control+k")
    page.keyboard.type("new network")
    page.keyboard.press("Enter")
    expect(network(page).get_by_text(EMPTY)).to_be_visible()
    for title, count in STEPS:
        page.keyboard.press("n")
        expect(page.get_by_role("combobox", name="Find a layer")).to_be_focused()
        page.keyboard.type(title)
        page.keyboard.press("Enter")
        wait_for_nodes(playground, count)
    wait_for_resnet(playground)

    # The layer that was added last is open and has the focus: its fields are reached by Tab.
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.labels?.[0]?.textContent") == "In features":
            break
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    mend = network(page).get_by_role("button", name="Set in_features to 64")
    expect(mend).to_be_visible(timeout=PATIENCE)
    for _ in range(40):
        if mend.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(mend).to_have_count(0, timeout=PATIENCE)
    wait_for_resnet(playground)
    train_and_undo(playground)


def test_wires_and_cards_under_the_hand(playground):
    page = playground.page
    cards = network(page).locator(".card-top")
    expect(cards).to_have_count(4, timeout=PATIENCE)

    # A layer from the list, dropped on the wire between conv1 and conv2.
    network(page).get_by_role("button", name="Add a layer", exact=True).click()
    page.get_by_role("combobox", name="Find a layer").fill("leaky")
    wire = network(page).get_by_role("button", name="Add a layer here").nth(1)
    page.get_by_role("option", name="LeakyReLU").drag_to(wire, force=True)
    until(lambda: kinds(draft(page))[4] == "leaky_relu", "the layer is not on the wire")

    # conv1 dragged below conv2 by its head.
    conv1 = cards.filter(has_text="conv1").bounding_box()
    target = network(page).get_by_role("button", name="Add a layer here").nth(2).bounding_box()
    assert conv1
    assert target
    page.mouse.move(conv1["x"] + 80, conv1["y"] + 10)
    page.mouse.down()
    page.mouse.move(conv1["x"] + 90, conv1["y"] + 40, steps=4)
    page.mouse.move(conv1["x"] + 80, target["y"] + 8, steps=8)
    page.mouse.up()
    until(lambda: names(draft(page)).index("conv1") > names(draft(page)).index("conv2"), "conv1 did not move")
    page.keyboard.press("Control+z")
    until(lambda: names(draft(page)).index("conv1") < names(draft(page)).index("conv2"), "conv1 did not move back")

    # A copy of fc1 by keys, then all of it deleted.
    cards.filter(has_text="fc1").click()
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    until(lambda: kinds(draft(page)).count("linear") == 3, "nothing was pasted")
    page.keyboard.press("Delete")
    until(lambda: kinds(draft(page)).count("linear") == 2, "nothing was deleted")


def kinds(graph: list[dict[str, Any]]) -> list[str]:
    return [node["kind"] for node in graph]


def names(graph: list[dict[str, Any]]) -> list[str]:
    return [node.get("id", "") for node in graph]
