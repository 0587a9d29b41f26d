"""Augmentation from the browser: chosen by pictures, put in order, switched off, while the run trains."""

import re

from playwright.sync_api import expect

from tests.e2e.playground import PATIENCE, Playground, until


def augment_of(playground: Playground) -> list[dict]:
    return playground.run["spec"]["data"]["augment"]


def kinds_of(playground: Playground) -> list[str]:
    return [one["kind"] for one in augment_of(playground)]


def test_augmentations_are_chosen_by_pictures_and_act_while_it_trains(playground):
    page, run = playground.page, playground.run["id"]
    page.keyboard.press("Control+k")
    page.keyboard.type("Data: prepare")
    page.keyboard.press("Enter")
    gallery = page.get_by_role("region", name="One image under every augmentation")
    expect(gallery.get_by_role("button", name="Add Rotation").locator("canvas")).to_be_visible(timeout=PATIENCE)
    for title in ("Rotation", "Cutout"):
        gallery.get_by_role("button", name=f"Add {title}", exact=True).click()
    until(lambda: kinds_of(playground) == ["rotate", "cutout"], "the list did not come to the run")
    assert playground.run["id"] == run

    batch = page.get_by_role("region", name="The first batch")
    for stage in ("As stored", "Augmented", "As the network reads it"):
        expect(batch.get_by_role("img", name=re.compile(f"^{stage}: 32 samples"))).to_be_visible(timeout=PATIENCE)
    chosen = page.get_by_role("region", name="Augmentation", exact=True)
    expect(chosen.get_by_role("img", name="Draws of Cutout")).to_be_visible(timeout=PATIENCE)

    chosen.get_by_role("button", name=re.compile("^Move Cutout")).press("ArrowUp")
    until(lambda: kinds_of(playground) == ["cutout", "rotate"], "the order stayed")
    # By hand: a line tells the place that it will take.
    handles = chosen.get_by_role("button", name=re.compile("^Move "))
    handles.first.hover()
    page.mouse.down()
    onto = handles.last.bounding_box()
    assert onto
    page.mouse.move(onto["x"] + 8, onto["y"] + 4, steps=4)
    page.mouse.move(onto["x"] + 8, onto["y"] + 8, steps=4)
    expect(chosen.locator("[data-kind=rotate]")).to_have_attribute("data-over", "below")
    page.mouse.up()
    until(lambda: kinds_of(playground) == ["rotate", "cutout"], "it was not dropped")
    chosen.get_by_role("button", name=re.compile("^Move Rotation")).press("ArrowDown")
    until(lambda: kinds_of(playground) == ["cutout", "rotate"], "the order stayed")
    chosen.get_by_text("Rotation", exact=True).click()
    degrees = chosen.get_by_label("Degrees", exact=True)
    degrees.fill("40")
    degrees.press("Enter")
    until(lambda: augment_of(playground)[1].get("degrees") == 40, "the strength stayed")
    chosen.get_by_role("switch", name="Rotation is on").click(force=True)
    until(lambda: augment_of(playground)[1].get("p") == 0, "it is still on")
    chosen.get_by_role("button", name="Take out Rotation").click()
    until(lambda: kinds_of(playground) == ["cutout"], "it is still in the list")
    playground.page.get_by_role("button", name="Undo").first.click()
    until(lambda: kinds_of(playground) == ["cutout", "rotate"], "it did not come back")
    assert playground.run["id"] == run
