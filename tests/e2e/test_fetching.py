"""Original files fetched from the gallery: how far it is, giving it up, going on, and each way in which it fails."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from layerlab.originals.sets import ORIGINALS
from layerlab.runs.executor import LocalExecutor
from layerlab.settings import Settings
from playwright.sync_api import Browser, Locator, Page, expect

from tests.backend.originals.publishing import Published, publishing, small_mnist
from tests.e2e.browsing import new_context, watch
from tests.e2e.playground import PATIENCE, until
from tests.server.served import Served, serving


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Published]:
    """A small MNIST on a web server of this machine."""
    with publishing(Published(small_mnist(tmp_path / "published"))) as found:
        yield found


@pytest.fixture
def fetching(tmp_path: Path, published: Published, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server to which that is the published one."""
    settings = Settings(port=0, data_dir=tmp_path / "data", originals_dir=tmp_path / "originals", answer_seconds=60)
    told = {"LAYERLAB_ORIGINALS_DIR": str(settings.originals_folder)}
    others = [one for one in ORIGINALS if one.dataset != "mnist"]
    monkeypatch.setattr("layerlab.originals.fetcher.ORIGINALS", (published.original(), *others))
    with serving(settings, lambda: LocalExecutor(environment=told)) as served:
        yield served


@pytest.fixture
def room(fetching: Served, browser: Browser) -> Iterator[Locator]:
    """The gallery with MNIST chosen, whose files are not there. The page must stay silent and ask no other host."""
    url = fetching.listening.url
    context = new_context(browser)
    page = context.new_page()
    seen = watch(page)
    page.goto(url + fetching.call("POST", "/api/links").json["path"])
    page.get_by_role("button", name="open the data view").click(timeout=PATIENCE)
    found = page.get_by_role("region", name="Data view")
    found.locator("[data-dataset=mnist]").click(timeout=PATIENCE)
    yield found
    context.close()
    assert seen.complaints == []
    assert seen.hosts <= {url.removeprefix("http://")}


def press(room: Locator, name: str | re.Pattern[str]) -> None:
    room.get_by_role("button", name=name).click(timeout=PATIENCE)


def test_files_are_fetched_given_up_and_gone_on_with(room, published, fetching):
    page: Page = room.page
    published.stalls_after = 5000
    press(room, re.compile("^Fetch "))
    progress = room.get_by_role("progressbar", name="MNIST fetched")
    expect(progress).to_have_attribute("value", "5000", timeout=PATIENCE)
    size = sum(map(len, published.files.values()))
    assert int(progress.get_attribute("max") or 0) == size
    expect(room).to_contain_text(f"5 kB of {size / 1000:.1f} kB · {100 * 5000 / size:.0f} %")
    press(room, "Cancel")
    expect(progress).to_have_count(0)
    expect(room).to_contain_text("5 kB of")
    # What has arrived is kept, also for a page that is opened again; from here by keys alone.
    page.reload()
    page.get_by_role("button", name="open the data view").press("Enter", timeout=PATIENCE)
    room.locator("[data-dataset=mnist]").press("Enter", timeout=PATIENCE)
    published.stalls_after = None
    published.goes_on.set()
    room.get_by_role("button", name="Go on fetching").press("Enter", timeout=PATIENCE)
    expect(room).to_contain_text("They are on this server.", timeout=PATIENCE)
    folder = Path(fetching.call("GET", "/api/datasets").json["originals"][0]["folder"])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == published.files
    # And it is trained on.
    room.locator("[data-dataset=mnist]").click()
    expect(room.get_by_role("status").filter(has_text="Chosen: MNIST.")).to_be_visible(timeout=PATIENCE)

    def data() -> dict:
        return fetching.call("GET", "/api/runs?limit=1").json["runs"][0]["spec"]["data"]

    until(lambda: data()["dataset"] == "mnist", "no run of it is made")
    assert data()["params"]["part"] == "both"


def test_a_transfer_that_fails_says_why_and_goes_on(room, published):
    first, good = next(iter(published.files.items()))
    said = room.get_by_role("alert")

    published.breaks_after = 4000
    press(room, re.compile("^Fetch "))
    expect(said).to_contain_text(f"The transfer of {first} broke off after 4000 of {len(good)} bytes", timeout=PATIENCE)
    published.breaks_after = None

    published.files[first] = good[:-1] + bytes([good[-1] ^ 1])
    press(room, "Go on fetching")
    expect(said).to_contain_text(f"is not the published {first}: its MD5 is", timeout=PATIENCE)
    assert published.asked[-1] == (first, "bytes=4000-")

    published.elsewhere = published.address + "/elsewhere"
    press(room, "Try again")
    expect(said).to_contain_text("127.0.0.1 answered 302 Found", timeout=PATIENCE)
    published.elsewhere = None

    del published.files[first]
    press(room, "Try again")
    expect(said).to_contain_text("127.0.0.1 answered 404 Not Found", timeout=PATIENCE)

    published.files[first] = good
    press(room, "Try again")
    expect(room).to_contain_text("They are on this server.", timeout=PATIENCE)
    expect(said).to_have_count(0)
