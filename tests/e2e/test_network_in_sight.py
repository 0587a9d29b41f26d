"""How much of the network is seen, and how large: from afar, with branches side by side, with a card open."""

import base64
import json
import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.playground import PATIENCE, Playground, still, until


def network(page: Page) -> Locator:
    return page.get_by_role("main", name="Network")


def zoom_of(playground: Playground) -> float:
    """How large the network is drawn."""
    style = network(playground.page).locator(".react-flow__viewport").get_attribute("style") or ""
    return float(re.search(r"scale\(([\d.]+)\)", style)[1])


def test_a_card_that_is_opened_from_afar_can_be_read(playground):
    """By the hand and by the keys; what is open may be looked at from afar again."""
    page = playground.page
    cards = network(page).locator(".card-top")
    expect(cards).to_have_count(4, timeout=PATIENCE)

    def go_far_off() -> None:
        network(page).hover()
        page.keyboard.down("Control")
        page.mouse.wheel(0, 600)
        page.keyboard.up("Control")
        until(lambda: zoom_of(playground) < 0.5, "the network is not drawn smaller")

    go_far_off()
    cards.nth(2).click()
    fields = network(page).locator(".inspector")
    expect(fields.get_by_label("Units", exact=True)).to_be_visible()
    until(lambda: zoom_of(playground) == 1, "the card is not drawn in its own size")
    place, card = network(page).bounding_box(), still(cards.nth(2).bounding_box)
    assert place
    assert card
    assert place["x"] <= card["x"] < card["x"] + card["width"] <= place["x"] + place["width"]
    go_far_off()
    page.wait_for_timeout(300)
    assert zoom_of(playground) < 0.5

    page.keyboard.press("Escape")
    expect(fields).to_have_count(0)
    cards.nth(0).focus()
    page.keyboard.press("Enter")
    expect(fields.get_by_label("Filters", exact=True)).to_be_visible()


def four_lanes() -> str:
    """An address that holds a network with four branches side by side."""
    lanes = [
        {
            "id": f"lane{1 + lane}",
            "kind": "conv2d",
            "out_channels": 8,
            "kernel_size": 3,
            "padding": 1,
            "inputs": ["stem"],
        }
        for lane in range(4)
    ]
    spec = {
        "name": "Four lanes",
        "data": {"dataset": "digits", "preprocess": "standardize", "batch_size": 64},
        "graph": [
            {"id": "stem", "kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
            *lanes,
            {"id": "joined", "kind": "concat", "inputs": [lane["id"] for lane in lanes]},
            {"kind": "global_avg_pool"},
            {"id": "logits", "kind": "linear", "out_features": 10},
        ],
        "loss": {"kind": "cross_entropy"},
        "optimizer": {"kind": "adamw", "lr": 0.002},
        "training": {"epochs": 20, "seed": 0},
    }
    return "#spec=" + base64.urlsafe_b64encode(json.dumps(spec).encode()).decode().rstrip("=")


def sides(one: Locator) -> tuple[float, float]:
    """Where it begins and ends on the screen, from the left."""
    box = one.bounding_box()
    assert box
    return box["x"], box["x"] + box["width"]


def test_branches_side_by_side_are_all_in_sight(playground):
    """In their order; one that is opened has room for its fields; another experiment is seen in its own size."""
    page = playground.page
    page.evaluate("hash => { location.hash = hash }", four_lanes())
    cards = [network(page).locator(f'.react-flow__node[data-id="lane{1 + lane}"]') for lane in range(4)]
    for card in cards:
        expect(card).to_be_visible(timeout=PATIENCE)
    left, right = sides(network(page))
    ends = still(lambda: [sides(card) for card in cards])
    assert left <= ends[0][0]
    assert ends[3][1] <= right
    assert ends == sorted(ends)
    small = zoom_of(playground)

    page.keyboard.press("Escape")
    cards[2].locator(".card-top").click()
    fields = cards[2].locator(".inspector")
    expect(fields.get_by_label("Filters", exact=True)).to_be_visible()
    until(lambda: sides(fields)[1] - sides(fields)[0] > 300, "the fields have no room")
    begin, end = still(lambda: sides(cards[2]))
    assert left <= begin < end <= right

    page.keyboard.press("f")
    until(lambda: zoom_of(playground) < small, "the whole network is not in sight")
    page.get_by_role("button", name="Experiment: Four lanes").click()
    page.get_by_role("menuitem", name="Plain net on digits", exact=False).click()
    expect(network(page).locator(".card-top")).to_have_count(3, timeout=PATIENCE)
    until(lambda: zoom_of(playground) == 1, "the other network is drawn as small as the one before")
