"""The user's own data on the page: a table, a zip of images, a file that is refused, painted points."""

import io
import re
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.playground import PATIENCE, Playground, until
from tests.e2e.test_experiments import open_experiment


def table() -> bytes:
    """Sixty rows: width tells the kind, one width is missing; the rest is of no use."""
    rows = [
        f"{'' if n == 7 else n % 3 + 0.1},{'red' if n % 2 else 'blue'},a note on {n},{'abc'[n % 3]}" for n in range(60)
    ]
    return "\n".join(["width,colour,note,kind", *rows, ""]).encode()


def pictures() -> bytes:
    """Eight grey pictures of each of two classes, light ones and dark ones."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, value in (("dark", 40), ("light", 210)):
            for number in range(8):
                picture = io.BytesIO()
                Image.fromarray(np.full((20, 24), value + number, np.uint8)).save(picture, "PNG")
                archive.writestr(f"{name}/{number}.png", picture.getvalue())
    return packed.getvalue()


def bring(page: Page, name: str, content: bytes) -> None:
    """Choose a file by the file picker."""
    page.get_by_label("File of data").set_input_files({"name": name, "mimeType": "", "buffer": content})


@pytest.fixture
def own(playground: Playground) -> Playground:
    """The page of the user's own data."""
    playground.page.get_by_role("button", name="open the data view").click()
    playground.page.get_by_role("button", name="Your own", exact=True).click()
    return playground


def wait_for_data(playground: Playground, **params: object) -> None:
    """Until the run on the page trains on data with these fields."""
    until(
        lambda: params.items() <= playground.run["spec"]["data"]["params"].items(),
        f"no run with {params}",
    )
    playground.wait_until_ready()


def test_a_table_is_brought_read_and_trained_on(own):
    page = own.page
    bring(page, "kinds.csv", table())
    shown = page.get_by_role("region", name="kinds.csv")
    expect(shown.get_by_role("radio", name="kind is the target")).to_be_checked(timeout=PATIENCE)
    width = shown.get_by_role("row", name=re.compile("^width"))
    expect(width).to_contain_text("number")
    expect(width.get_by_role("cell").nth(1)).to_have_text("1")
    expect(shown.get_by_role("checkbox", name="note is a feature")).to_be_disabled()
    expect(shown).to_contain_text("one of 3 classes")
    shown.get_by_role("checkbox", name="colour is a feature").uncheck()
    expect(shown).to_contain_text("1 of 4 columns tell kind: 1 input.")
    expect(shown.get_by_text("Scale target")).to_have_count(0)
    shown.get_by_role("button", name="Use this data").click()
    expect(shown.get_by_text("In use", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(shown.get_by_role("region", name="Split")).to_contain_text("48 train, 12 validation")
    wait_for_data(own, target="kind", features=["width"])
    assert own.run["spec"]["graph"][-1]["out_features"] == 3
    own.train()
    own.wait_for_step(10)
    # Another target is one edit, with the last layer that it asks for.
    shown.get_by_role("radio", name="colour is the target").check()
    wait_for_data(own, target="colour", features=["width", "kind"])
    assert own.run["spec"]["graph"][-1]["out_features"] in (1, 2)
    page.locator("body").press("Control+z")
    wait_for_data(own, target="kind", features=["width"])
    expect(shown.get_by_role("radio", name="kind is the target")).to_be_checked()


def prices() -> bytes:
    """Sixty rows as a German program writes them: a code of numbers, decimal commas, every fifth size missing."""
    rows = [f"0{1234 + n % 3};{'' if n % 5 == 0 else f'{n / 4:.2f}'.replace('.', ',')};{n * 3},5" for n in range(60)]
    return "\n".join(["plz;size;price", *rows, ""]).encode()


def test_a_table_is_read_otherwise_and_what_it_lacks_is_filled_in(own):
    page = own.page
    bring(page, "prices.csv", prices())
    shown = page.get_by_role("region", name="prices.csv")
    written = shown.get_by_role("region", name="How the table is written")
    expect(written.get_by_role("combobox", name="Delimiter")).to_have_value("semicolons", timeout=PATIENCE)
    expect(written.get_by_role("radio", name="1,5")).to_be_checked()
    expect(shown).to_contain_text("2 of 3 columns tell price: 2 inputs.")
    shown.get_by_role("button", name="Use this data").click()
    wait_for_data(own, target="price", features=["plz", "size"])
    before = own.run["spec"]["data"]["params"]["upload"]

    shown.get_by_role("combobox", name="Type of plz").select_option("category")
    expect(shown).to_contain_text("2 of 3 columns tell price: 4 inputs", timeout=PATIENCE)
    until(lambda: own.run["spec"]["data"]["params"]["upload"] != before, "the other reading is not used")
    assert own.run["check"]["data"]["input_shape"] == [4]
    expect(
        page.get_by_role("list", name="Your data").get_by_role("button", name=re.compile("^prices.csv"))
    ).to_have_count(1)

    page.get_by_role("button", name="Prepare", exact=True).click()
    page.get_by_role("radio", name="None").check()
    stages = page.locator(".prepare-stage")
    expect(stages.nth(1)).to_contain_text("Missing values: median", timeout=PATIENCE)
    assert stages.count() == 2
    expect(page.get_by_role("region", name="Fitted numbers")).to_contain_text("put where missing")


def test_a_wrong_reading_is_said_in_words_and_changes_nothing(own, opened):
    page, seen = opened
    bring(page, "kinds.csv", table())
    shown = page.get_by_role("region", name="kinds.csv")
    shown.get_by_role("combobox", name="Type of note").select_option("number")
    said = shown.get_by_role("alert")
    expect(said).to_contain_text("The column note cannot be read as numbers", timeout=PATIENCE)
    expect(shown.get_by_role("combobox", name="Type of note")).to_have_value("text")
    # The refusal itself is what the browser complains of.
    assert all("422" in one for one in seen.complaints)
    seen.complaints.clear()


def test_arrays_are_chosen_from_those_in_the_file(own):
    page = own.page
    packed = io.BytesIO()
    inputs = np.arange(80.0, dtype=np.float32).reshape(40, 2)
    np.savez(packed, points=inputs, other=inputs[:, :1], labels=np.arange(40) % 2)
    bring(page, "two.npz", packed.getvalue())
    shown = page.get_by_role("region", name="two.npz")
    field = shown.get_by_role("combobox", name="X", exact=True)
    expect(field).to_have_value("points · 40×2 float32", timeout=PATIENCE)
    field.click()
    page.get_by_role("option", name="other · 40×1 float32").click()
    expect(shown.locator(".own-look")).to_contain_text("Shape of one1", timeout=PATIENCE)


def test_pictures_in_folders_are_brought_and_trained_on(own):
    page = own.page
    bring(page, "light.zip", pictures())
    shown = page.get_by_role("region", name="light.zip")
    expect(shown).to_contain_text("one of 2 classes", timeout=PATIENCE)
    counts = shown.get_by_role("row", name=re.compile("dark")).get_by_role("cell")
    expect(counts.last).to_have_text(re.compile(r"\d"))
    assert sum(map(int, counts.all_inner_texts())) == 8
    shown.get_by_role("button", name="Use this data").click()
    until(lambda: own.run["spec"]["data"]["dataset"] == "image_folder", "the pictures are not used")
    own.wait_until_ready()
    own.train()
    own.wait_for_step(3)


def test_a_text_is_read_by_words_after_a_table_and_each_goes_back(own):
    page = own.page
    bring(page, "kinds.csv", table())
    page.get_by_role("region", name="kinds.csv").get_by_role("button", name="Use this data").click()
    wait_for_data(own, target="kind")
    bring(page, "seen.txt", b"The cat sees a dog.\n\tA dog sees the cat!\n" * 60)
    shown = page.get_by_role("region", name="seen.txt")
    shown.get_by_role("radio", name="word").check(force=True, timeout=PATIENCE)
    expect(shown).to_contain_text("10: ↵ ! . A The", timeout=PATIENCE)
    # Ends of lines are signs in it, so that a sample is one line, and its target is not written beside it.
    first = shown.locator(".sample-rows li").first
    expect(first).to_contain_text("↵")
    expect(first.locator("b")).to_have_text("")
    shown.get_by_role("button", name="Use this data").click()
    wait_for_data(own, unit="word")
    expect(page.get_by_text("A small network for tokens takes the place of yours.")).to_be_visible()
    assert [node["kind"] for node in own.run["spec"]["graph"]] == ["embedding", "gru", "linear"]
    assert own.run["spec"]["graph"][-1]["out_features"] == 10
    own.train()
    own.wait_for_step(5)
    page.locator("body").press("Control+z")
    wait_for_data(own, target="kind")
    assert own.run["spec"]["graph"][-1]["out_features"] == 3


def test_what_is_no_table_is_said_in_words(opened, server):
    page, seen = opened
    own = Playground(page, server).wait_until_ready()
    page.get_by_role("button", name="open the data view").click()
    page.get_by_role("button", name="Your own", exact=True).click()
    bring(page, "ragged.csv", b"a,b,c\n1,2,3\n4,5\n")
    said = page.get_by_role("list", name="Files on their way").get_by_role("alert")
    expect(said).to_contain_text("Line 3 has 2 values, but the table has 3 columns.", timeout=PATIENCE)
    page.get_by_role("button", name="Take ragged.csv off the list").click()
    expect(said).to_have_count(0)
    assert "ragged.csv" not in [one["name"] for one in own.server.call("/api/datasets")["uploads"]]
    # The refusal itself is what the browser complains of.
    assert all("422" in one for one in seen.complaints)
    seen.complaints.clear()


def test_points_are_painted_while_it_trains(playground, server):
    experiments = {one["id"]: one for one in server.call("/api/catalog")["experiments"]}
    open_experiment(playground, experiments["mlp_spiral"]["title"])
    page = playground.page
    page.get_by_role("button", name="open the data view").click()
    page.get_by_role("button", name="Your own", exact=True).click()
    page.get_by_role("button", name=re.compile("^Painted points")).click()
    plane = page.locator(".paint-plane canvas")
    expect(plane).to_have_attribute("data-points", "62")
    page.get_by_role("button", name="Use this data").click()
    until(lambda: playground.run["spec"]["data"]["dataset"] == "painted", "the points are not used")
    playground.wait_until_ready()
    playground.train()
    playground.wait_for_step(5)
    # By keys alone: class 3, to the right, and a line while Space is held.
    plane.focus()
    for key in ("3", "Shift+ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    page.keyboard.down(" ")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.up(" ")
    expect(plane).to_have_attribute("data-points", "65")
    until(lambda: len(playground.run["spec"]["data"]["params"].get("points", [])) == 65, "the stroke is no edit")
    spec = playground.run["spec"]
    assert spec["data"]["params"]["points"][-3:] == [[2, 0, 2], [2, 0.35, 2], [2, 0.7, 2]]
    assert spec["graph"][-1]["out_features"] == 3
    # It goes on training, and what it answers is seen behind the points.
    playground.wait_for_status("running")
    until(lambda: int(plane.get_attribute("data-surface") or 0) > 0, "no answer behind the points")
    # By pointer: a spray, which one undo takes back.
    page.get_by_role("radio", name="Spray").check()
    box = plane.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    page.mouse.down()
    page.mouse.up()
    until(lambda: int(plane.get_attribute("data-points") or 0) > 65, "nothing is sprayed")
    page.get_by_role("region", name="Painted points").get_by_role("button", name="Undo").click()
    expect(plane).to_have_attribute("data-points", "65")
