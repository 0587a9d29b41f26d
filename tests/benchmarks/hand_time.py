"""From a click to the picture that it leads to, in a real browser: ``python -m tests.benchmarks.hand_time``.

While a network trains on points of the plane, its features are switched on and off. Each click makes another run; how
long each part of the way took is printed. With ``--peer`` the built page of TensorFlow Playground (a folder with its
``index.html``) is clicked in turn in the same browser, with a second click on its start button at once, for it stops
at each change; while one is clicked the other one stands still. Needs Chromium; asks no other host for anything.
"""

import argparse
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.browsing import find_chromium, launch, new_context
from tests.e2e.playground import Playground
from tests.e2e.test_experiments import open_experiment
from tests.serving import Server, serve

MARKS = Path(__file__).with_name("hand_marks.js").read_text("utf-8")
PEER_MARKS = Path(__file__).with_name("hand_marks_peer.js").read_text("utf-8")
FEATURES = ("x_squared", "y_squared", "xy", "sin_x", "sin_y")
PEER_FEATURES = ("xSquared", "ySquared", "xTimesY", "sinX", "sinY")
PATIENCE = 20.0

#: What is printed: from one mark to another.
PARTS = {
    "click to request sent": ("clicked", "posted"),
    "request to answer": ("posted", "answered"),
    "answer to first trained picture on the socket": ("answered", "told"),
    "that to its drawing": ("told", "trained"),
    "click to picture of step 0": ("clicked", "untrained"),
    "click to trained picture": ("clicked", "trained"),
}


def nothing() -> None:
    """Where a page needs none."""


@dataclass
class Clicked:
    """One page that is clicked again and again; ``rest`` lets it stand still while others are clicked."""

    name: str
    page: Page
    click: Callable[[int], None]
    rest: Callable[[], None] = nothing
    wake: Callable[[], None] = nothing

    def once(self, number: int) -> dict[str, Any]:
        """The marks of one click.

        Raises:
            TimeoutError: Nothing was drawn.
        """
        self.page.evaluate("hand.begin()")
        self.click(number)
        last = time.monotonic() + PATIENCE
        while not (marks := dict(self.page.evaluate("({...hand})")))["trained"]:
            if time.monotonic() > last:
                raise TimeoutError(f"{self.name}: nothing was drawn: {marks}")
            time.sleep(0.05)
        return marks


def open_ours(browser: Browser, server: Server) -> Clicked:
    """The page on the spiral, training."""
    page = new_context(browser).new_page()
    page.add_init_script(MARKS)
    page.goto(server.link)
    playground = Playground(page, server).wait_until_ready()
    titles = {one["id"]: one["title"] for one in server.call("/api/catalog")["experiments"]}
    open_experiment(playground, titles["mlp_spiral"])
    return Clicked(
        "Layerlab",
        page,
        lambda number: _press(page, f'[data-feature="{FEATURES[number % 5]}"]'),
        rest=playground.pause,
        wake=playground.train,
    )


def open_peer(browser: Browser, folder: Path) -> Clicked:
    """TensorFlow Playground with as many units, training."""
    page = new_context(browser).new_page()
    handler = partial(_Silent, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    own = f"http://127.0.0.1:{server.server_port}/"
    page.route("**/*", lambda route: route.continue_() if route.request.url.startswith(own) else route.abort())
    page.add_init_script(PEER_MARKS)
    page.goto(f"{own}#activation=tanh&batchSize=10&dataset=spiral&networkShape=8,8,8&noise=0&seed=0.5")
    page.wait_for_selector("#canvas-x canvas")

    def turn() -> None:
        page.click("#play-pause-button")

    return Clicked(
        "TensorFlow Playground",
        page,
        lambda number: _press(page, f"#canvas-{PEER_FEATURES[number % 5]}"),
        rest=turn,
        wake=turn,
    )


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def _press(page: Page, selector: str) -> None:
    """A real click, after the pointer has come there as a hand does."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None, selector
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    time.sleep(0.2)
    page.mouse.down()
    page.mouse.up()


def show(name: str, clicks: list[dict[str, Any]]) -> None:
    """Median and 95th percentile of each part."""
    print(f"{name}, {len(clicks)} clicks, milliseconds: median, p95")
    for part, (start, end) in PARTS.items():
        taken = sorted(one[end] - one[start] for one in clicks if one[start] and one[end])
        if taken:
            p95 = taken[min(len(taken) - 1, int(0.95 * len(taken)))]
            print(f"  {part:46} {statistics.median(taken):6.0f} {p95:6.0f}")
    if served := [one["serving"] for one in clicks if one.get("serving")]:
        print(f"  the server's own account of the last one: {served[-1]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=20)
    parser.add_argument("--pause", type=float, default=1.5, help="seconds between two clicks, at least")
    parser.add_argument("--peer", type=Path, help="folder with TensorFlow Playground's built page")
    arguments = parser.parse_args()
    program = find_chromium()
    if program is None:
        parser.error("no Chromium found; name one in LAYERLAB_CHROMIUM")
    print(platform.platform(), platform.machine())
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = serve(Path(folder))
        browser = launch(playwright, program)
        pages = [open_ours(browser, server)]
        if arguments.peer is not None:
            pages.append(open_peer(browser, arguments.peer))
        found: dict[str, list[dict[str, Any]]] = {one.name: [] for one in pages}
        for number in range(arguments.clicks):
            for one in pages:
                one.page.bring_to_front()
                one.wake()
                time.sleep(arguments.pause * random.uniform(1.0, 1.3))
                found[one.name].append(one.once(number))
                one.rest()
        browser.close()
        server.stop()
    for name, clicks in found.items():
        show(name, clicks)


if __name__ == "__main__":
    main()
