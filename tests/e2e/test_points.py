"""The view of points in the plane: tiles and links against the recorded frames, pointing, switches, keys and undo."""

import re
import struct
from functools import reduce
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.e2e.numbers import number
from tests.e2e.playground import PATIENCE, Playground, still, until
from tests.e2e.test_accessibility import AXE, RULES, RUN
from tests.e2e.test_experiments import open_experiment


def digest(values) -> str:
    """The page's hash of drawn values: FNV-1a over the two halves of each float32."""

    def one(hashed: int, value: float) -> int:
        (word,) = struct.unpack(">I", struct.pack(">f", value))
        hashed = ((hashed ^ (word >> 16)) * 0x01000193) & 0xFFFFFFFF
        return ((hashed ^ (word & 0xFFFF)) * 0x01000193) & 0xFFFFFFFF

    return f"{reduce(one, values, 0x811C9DC5):08x}"


def flat(values) -> list[float]:
    return [number for value in values for number in flat(value)] if isinstance(values, list) else [values]


class Points:
    """The network of points on the page."""

    def __init__(self, playground: Playground) -> None:
        self.playground = playground
        self.page = playground.page
        self.network = playground.page.get_by_role("main", name="Network")
        self.graph = self.network.locator(".points-graph")

    def tile(self, column: int, unit: int):
        return self.graph.locator(f'.unit[data-column="{column}"][data-unit="{unit}"]')

    def step(self) -> int:
        return int(self.graph.get_attribute("data-step") or -1)

    def frame(self, probe: str):
        run, step = self.playground.run["id"], self.step()
        frame = self.playground.server.call(f"/api/runs/{run}/frames?probe={probe}&step={step}")
        assert frame["step"] == step
        return frame

    def widths(self) -> list[int]:
        graph = self.playground.run["spec"]["graph"]
        return [node["out_features"] for node in graph if node["kind"] == "linear"]

    def wait_for_run(self, is_so, otherwise: str) -> None:
        until(lambda: is_so(self.playground.run["spec"]["graph"]), otherwise)
        self.playground.wait_until_ready()


@pytest.fixture
def points(playground, server):
    experiments = {one["id"]: one for one in server.call("/api/catalog")["experiments"]}
    open_experiment(playground, experiments["mlp_spiral"]["title"])
    return Points(playground)


@pytest.fixture
def paused(points):
    """A run that rests, its tiles as of its step."""
    playground = points.playground
    playground.train()
    playground.wait_for_step(150)
    playground.pause()
    step = playground.run["step"]
    until(lambda: points.step() == step, "the tiles are not as of the step of the run")
    until(lambda: playground.panel_step("decision_surface") == step, "the surface is not as of the step of the run")
    return points


def test_every_tile_is_what_was_measured(paused):
    frame = paused.frame("units")
    items = {item["node"]: item["images"] for item in frame["items"]}
    nodes = ["input", "tanh_1", "tanh_2", "tanh_3", "score"]
    assert list(items) == nodes
    assert (frame["mode"], paused.widths()) == ("eval", [8, 8, 8, 1])
    for column, node in enumerate(nodes):
        for unit, image in enumerate(items[node]):
            assert paused.tile(column, unit).get_attribute("data-digest") == digest(flat(image)), (node, unit)
    # Tiles of one layer differ, so that a tile in the wrong place would be seen.
    assert len({digest(flat(image)) for image in items["tanh_2"]}) == 8


def test_the_links_are_the_weights(paused):
    links = paused.graph.locator(".points-links")
    until(lambda: links.get_attribute("data-step") == str(paused.step()), "the links lag behind")
    frame = paused.frame("connections")
    assert links.get_attribute("data-links") == str(2 * 8 + 8 * 8 + 8 * 8 + 8)
    assert links.get_attribute("data-digest") == digest([v for item in frame["items"] for v in flat(item["images"])])


def test_a_line_says_its_weight_to_pointer_and_keys(paused):
    weights = {item["node"]: item["images"][0][0] for item in paused.frame("connections")["items"] if
               item["parameter"] == "weight"}  # fmt: skip
    tip = paused.graph.locator(".points-tip")
    # Of the lines to the output the first leaves the highest unit alone.
    unit = paused.tile(3, 0).bounding_box()
    paused.page.mouse.move(unit["x"] + unit["width"] + 12, unit["y"] + unit["height"] / 2)
    expect(tip).to_contain_text("weight from unit 1 to unit 1")
    expect(tip).to_contain_text(f"{weights['score'][0][0]:.2f}".replace("-", "−"))
    paused.page.mouse.move(2, 2)
    expect(tip).to_be_hidden()
    paused.tile(2, 4).focus()
    for source in range(2):
        paused.page.keyboard.press("Shift+ArrowDown")
        said = tip.inner_text()
        found = re.search(r"weight from unit (\d+) to unit 5\s+(\S+)", said)
        assert found, (source, said)
        expected = weights["hidden2"][4][int(found[1]) - 1]
        assert number(found[2]) == pytest.approx(expected, abs=0.006)


def test_a_weight_is_set_by_a_click_and_by_keys_and_put_back_by_undo(paused):
    page, graph = paused.page, paused.graph

    def weight(node: str, out: int, source: int) -> float:
        items = paused.frame("connections")["items"]
        (found,) = [one for one in items if one["node"] == node and one["parameter"] == "weight"]
        return found["images"][0][0][out][source]

    first = weight("score", 0, 0)
    unit = paused.tile(3, 0).bounding_box()
    page.mouse.click(unit["x"] + unit["width"] + 12, unit["y"] + unit["height"] / 2)
    field = graph.get_by_label("weight from unit 1 to unit 1")
    expect(field).to_be_focused()
    page.keyboard.type("much")
    page.keyboard.press("Enter")
    expect(graph.get_by_text("A number, at most a million.")).to_be_visible()
    field.fill("−2.5")
    page.keyboard.press("Enter")
    expect(field).to_have_count(0)
    until(lambda: weight("score", 0, 0) == -2.5, "the weight is not set")
    page.mouse.move(2, 2)

    paused.tile(2, 4).focus()
    page.keyboard.press("Shift+ArrowDown")
    source = int(re.search(r"from unit (\d+)", graph.locator(".points-tip").inner_text())[1]) - 1
    second = weight("hidden2", 4, source)
    page.keyboard.press("Enter")
    page.keyboard.type("1.25")
    page.keyboard.press("Enter")
    until(lambda: weight("hidden2", 4, source) == 1.25, "the weight is not set by keys")

    page.keyboard.press("Control+z")
    until(lambda: weight("hidden2", 4, source) == second, "the weight is not put back")
    assert weight("score", 0, 0) == -2.5
    page.keyboard.press("Control+z")
    until(lambda: weight("score", 0, 0) == first, "the first weight is not put back")
    page.keyboard.press("Control+Shift+z")
    until(lambda: weight("score", 0, 0) == -2.5, "the weight is not set again")


def test_a_unit_takes_the_place_of_the_surface(paused):
    playground = paused.playground
    image = {item["node"]: item["images"] for item in paused.frame("units")["items"]}["tanh_2"][4][0]
    panel, before = playground.panel("decision_surface"), playground.digest("decision_surface")
    paused.tile(2, 4).hover()
    expect(panel).to_contain_text("hidden 2, unit 5")
    until(
        lambda: playground.digest("decision_surface") == digest(flat(image[::-1])),
        "the surface does not show the unit",
    )
    paused.page.mouse.move(2, 2)
    until(lambda: playground.digest("decision_surface") == before, "the surface does not come back")
    expect(panel).not_to_contain_text("unit 5")
    # By keys alone: Tab reaches one tile of each column, arrows the others.
    paused.tile(1, 0).focus()
    paused.page.keyboard.press("ArrowRight")
    paused.page.keyboard.press("ArrowDown")
    expect(panel).to_contain_text("hidden 2, unit 2")


def test_a_feature_is_switched_on_and_trains(points):
    squares = points.graph.get_by_role("switch", name="Feature x squared")
    expect(squares).to_have_attribute("aria-checked", "false")
    squares.click()
    points.wait_for_run(lambda graph: graph[0].get("features") == ["x", "y", "x_squared"], "no run with the feature")
    expect(squares).to_have_attribute("aria-checked", "true")
    playground = points.playground
    playground.train()
    playground.wait_for_step(40)
    playground.pause()
    until(lambda: points.step() == playground.run["step"], "the tiles lag behind")
    item = next(item for item in points.frame("units")["items"] if item["node"] == "point_features_1")
    assert len(item["images"]) == 3
    assert points.tile(0, 2).get_attribute("data-digest") == digest(flat(item["images"][2]))
    losses = playground.server.curve(playground.run["id"], "train/loss")[1]
    assert len(losses) >= 40
    playground.page.keyboard.press("Control+z")
    points.wait_for_run(lambda graph: graph[0]["kind"] == "linear", "undo does not bring the old network back")
    expect(squares).to_have_attribute("aria-checked", "false")


def test_units_and_layers_by_keyboard_and_undo(points):
    page = points.page
    button = points.network.get_by_role("button", name="Add a unit to hidden 2")
    button.focus()
    page.keyboard.press("Enter")
    until(lambda: points.widths() == [8, 9, 8, 1], "no unit was added")
    expect(points.tile(2, 8)).to_be_visible()
    expect(points.network).to_contain_text("2 – 8 – 9 – 8 – 1")
    points.network.get_by_role("button", name="Add a hidden layer").press("Enter")
    until(lambda: points.widths() == [8, 9, 8, 8, 1], "no layer was added")
    points.playground.wait_until_ready()
    until(lambda: points.tile(4, 7).get_attribute("data-digest") is not None, "the new layer is not measured")
    page.keyboard.press("Control+z")
    until(lambda: points.widths() == [8, 9, 8, 1], "the layer is not undone")
    page.keyboard.press("Control+z")
    until(lambda: points.widths() == [8, 8, 8, 1], "the unit is not undone")
    expect(points.tile(2, 8)).to_have_count(0)


def test_points_are_switched_off_and_the_surface_is_told_in_two(paused):
    panel = paused.playground.panel("decision_surface")

    def picture() -> bytes:
        return panel.locator("canvas").first.screenshot()

    with_all = still(picture)
    for name in ("validation", "train", "discretise"):
        before = picture()
        panel.get_by_role("button", name=name, exact=True).click()
        until(lambda before=before: picture() != before, f"{name} changes nothing")
    for name in ("validation", "train", "discretise"):
        panel.get_by_role("button", name=name, exact=True).click()
    paused.page.mouse.move(2, 2)
    until(lambda: picture() == with_all, "the picture does not come back")


def test_another_set_of_points_by_its_picture(points):
    rail = points.playground.rail
    rail.get_by_role("group", name="Points", exact=True).get_by_role("button", name="Plane").click()
    until(lambda: points.playground.run["spec"]["data"]["dataset"] == "plane_regression", "no other data")
    spec = points.playground.wait_until_ready().run["spec"]
    assert spec["data"]["params"]["samples"] == 1000
    assert (spec["loss"] or {"kind": "mse"})["kind"] == "mse"
    points.playground.train()
    points.playground.wait_for_panel_step("loss", 10)
    points.playground.pause()
    expect(points.graph).to_be_visible()
    rail.get_by_role("group", name="Points", exact=True).get_by_role("button", name="XOR").click()
    until(lambda: points.playground.run["spec"]["data"]["dataset"] == "xor", "no other data")
    assert points.playground.wait_until_ready().run["spec"]["loss"]["kind"] == "bce"


def test_the_cards_are_a_press_away_and_it_is_remembered(points):
    page = points.page
    points.network.get_by_role("button", name="Show the network as cards").click()
    expect(page.get_by_role("article").filter(has_text="hidden2")).to_be_visible(timeout=PATIENCE)
    page.reload()
    points.playground.wait_until_ready()
    expect(page.get_by_role("article").filter(has_text="hidden2")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Show every unit over the plane").click()
    expect(points.graph).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_violation(paused, theme):
    if theme == "dark":
        paused.page.keyboard.press("t")
    expect(paused.page.locator("html")).to_have_attribute("data-theme", theme)
    paused.page.evaluate(AXE.read_text("utf-8"))
    assert paused.page.evaluate(RUN, RULES) == []
    paused.tile(2, 4).focus()
    assert paused.page.evaluate(RUN, RULES) == []


_BOXES = """feet => feet.filter(foot => foot.textContent).map(foot => {
    const box = foot.getBoundingClientRect();
    return [box.left, box.right];
})"""


@pytest.mark.parametrize("width", [1000, 1366, 1920])
def test_before_a_hall_no_words_overlap_and_nothing_is_out_of_the_page(paused, width):
    page = paused.page
    page.set_viewport_size({"width": width, "height": 768})
    page.keyboard.press("p")
    expect(page.locator("html")).to_have_attribute("data-presenting", "")
    feet = paused.graph.locator(".points-foot")
    until(lambda: len(feet.evaluate_all(_BOXES)) == 3, "nothing is said below the layers")
    page.wait_for_timeout(500)
    boxes = feet.evaluate_all(_BOXES)
    assert all(right < left for (_, right), (left, _) in pairwise(boxes)), boxes
    assert all(left >= 0 for left, _ in paused.graph.locator(".points-head").evaluate_all(_BOXES))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_as_text_the_view_makes_room(points):
    points.network.get_by_role("button", name="Show the experiment as JSON").click()
    expect(points.graph).to_have_count(0)


def test_a_press_on_a_point_chooses_its_sample_and_rings_it(paused):
    playground, page = paused.playground, paused.page
    data = playground.run["spec"]["data"]
    shown = playground.server.call("/api/datasets/preview", {"data": data, "seed": 0, "num_samples": 500})
    points = {one["index"]: one["values"] for one in shown["validation"]}
    item = paused.frame("decision_surface")["items"][0]
    canvas = playground.panel("decision_surface").locator("canvas").first

    def place(values) -> tuple[float, float]:
        """Where a point lies on the canvas, whose picture is square and as high as its foot leaves it."""
        box = canvas.bounding_box()
        side = min(box["width"], box["height"] - 24)
        across, upward = ((values[axis] - item[name][0]) / (item[name][1] - item[name][0])
                          for axis, name in enumerate("xy"))  # fmt: skip
        return (box["width"] - side) / 2 + across * side, (1 - upward) * side

    def apart(index: int) -> float:
        x, y = place(points[index])
        return min(abs(x - a) + abs(y - b) for other, (a, b) in places.items() if other != index)

    places = {index: place(values) for index, values in points.items()}
    chosen = max(points, key=apart)
    x, y = places[chosen]
    before = canvas.screenshot()
    canvas.click(position={"x": x, "y": y})
    page.mouse.move(2, 2)
    until(lambda: canvas.screenshot() != before, "no ring is drawn")
    page.keyboard.press("Control+k")
    page.keyboard.type("look at samples")
    page.keyboard.press("Enter")
    expect(page.locator(".lamp-plane canvas")).to_have_attribute("data-chosen", str(chosen), timeout=PATIENCE)
