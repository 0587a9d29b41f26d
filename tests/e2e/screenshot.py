"""Makes the README's picture: ``make screenshot``. A real server, a real run, a real browser."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.browsing import find_chromium, launch, new_context
from tests.e2e.playground import Playground
from tests.serving import serve

PICTURE = Path(__file__).resolve().parents[2] / "frontend" / "docs" / "screenshot.png"
LARGEST = 300_000
STEPS = 1200


def main() -> None:
    """Train for a while, pause, and take the picture.

    Raises:
        SystemExit: There is no Chromium, or the picture is larger than a repository likes.
    """
    program = find_chromium() or sys.exit("No Chromium found; name one in LAYERLAB_CHROMIUM.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = serve(Path(folder))
        browser = launch(playwright, program)
        try:
            page = new_context(browser).new_page()
            page.goto(server.link)
            playground = Playground(page, server).wait_until_ready()
            playground.train()
            playground.wait_for_step(STEPS // 2)
            playground.set_number("Rate", 0.01)
            playground.wait_for_step(STEPS)
            page.evaluate("document.activeElement?.blur()")
            page.mouse.move(0, 0)
            page.wait_for_timeout(600)
            PICTURE.parent.mkdir(exist_ok=True)
            page.screenshot(path=PICTURE)
        finally:
            browser.close()
            server.stop()
    size = PICTURE.stat().st_size
    print(f"{PICTURE.relative_to(Path.cwd())}: {size / 1000:.0f} kB")
    if size > LARGEST:
        raise SystemExit(f"The picture has {size} bytes, and {LARGEST} are allowed.")


if __name__ == "__main__":
    main()
