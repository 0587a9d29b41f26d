"""A headless Chromium, and a watch over what its pages say and ask for."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, StorageState

#: Chromium as root, without a screen, and without its own talk to the outside.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The browser to test with: ``LAYERLAB_CHROMIUM``, or the first known one on the PATH."""
    named = os.environ.get("LAYERLAB_CHROMIUM")
    return named or next((found for program in PROGRAMS if (found := shutil.which(program))), None)


def chromium_or_skip() -> str:
    """The browser; a skip where there is none, or a failure where one is required (``LAYERLAB_REQUIRE_BROWSER=1``)."""
    found = find_chromium()
    if found is None:
        message = "No Chromium found: install Debian's package chromium, or name a browser in LAYERLAB_CHROMIUM."
        if os.environ.get("LAYERLAB_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


def launch(playwright: Playwright, program: str) -> Browser:
    """Chromium without a window."""
    return playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)


@dataclass
class Watch:
    """What a page complained about, and every address it asked for."""

    complaints: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    @property
    def hosts(self) -> set[str]:
        """Hosts that were asked, without what the page itself holds (data, blob)."""
        return {urlsplit(address).netloc for address in self.addresses if address.startswith(("http", "ws"))}


def watch(page: Page) -> Watch:
    """Listen to a page from now on."""
    seen = Watch()

    def hear(said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            seen.complaints.append(f"{said.text} ({said.location['url']})")

    page.on("console", hear)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("request", lambda request: seen.addresses.append(request.url))
    page.on("websocket", lambda socket: seen.addresses.append(socket.url))
    return seen


def new_context(
    browser: Browser, *, width: int = 1366, height: int = 768, dark: bool = False, login: StorageState | None = None
) -> BrowserContext:
    """A fresh profile with a screen of this size; ``login`` holds the cookie of an earlier one."""
    scheme: Literal["dark", "light"] = "dark" if dark else "light"
    return browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        storage_state=login,
        reduced_motion="no-preference",
    )


def built_page() -> Path:
    """The page that the server hands out."""
    import layerlab

    return Path(layerlab.__file__).parent / "static" / "index.html"
