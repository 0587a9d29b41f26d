"""The page as a test uses it: what a person presses, and what is drawn."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.serving import Server

SECONDS = 1000
#: Generous: the machine may be shared and slow.
PATIENCE = 30 * SECONDS

_TRACES = "element => element.data.map(trace => ({name: trace.name, x: [...trace.x], y: [...trace.y]}))"


def until(is_so: Callable[[], bool], otherwise: str, *, seconds: float = 30.0) -> None:
    """Ask again and again. The page's own content policy forbids the browser's way of waiting for a condition.

    Raises:
        AssertionError: It was not so in time.
    """
    last = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < last, f"{otherwise} after {seconds} s"
        time.sleep(0.05)


@dataclass
class Playground:
    """One open page in front of one server."""

    page: Page
    server: Server

    def wait_until_ready(self) -> "Playground":
        """Until the experiment is shown and its run waits at step 0."""
        expect(self.transport.get_by_role("button", name="Train")).to_be_enabled(timeout=PATIENCE)
        self.wait_for_status("paused", "running", "completed", "stopped", "interrupted")
        return self

    # --- what is pressed ---------------------------------------------------------------------------------------------

    def train(self) -> None:
        """Press Train."""
        self.transport.get_by_role("button", name="Train").click()

    def pause(self) -> None:
        """Press Pause, and wait until the run rests and the page says so."""
        self.transport.get_by_role("button", name="Pause").click()
        self.wait_for_status("paused")

    def press(self, name: str) -> None:
        """Press a button of the transport by its name."""
        self.transport.get_by_role("button", name=name, exact=True).click()

    def set_number(self, label: str, value: float | str) -> None:
        """Type into a number field of the rail."""
        field = self.rail.get_by_label(label, exact=True)
        field.click()
        field.fill(str(value))
        field.press("Enter")

    def choose(self, label: str, option: str) -> None:
        """Choose from a list, or press a tile, of the rail."""
        field = self.rail.get_by_role("combobox", name=label, exact=True)
        if field.count():
            field.click()
            self.page.get_by_role("option", name=option).first.click()
        else:
            self.rail.get_by_role("radiogroup", name=label).get_by_text(option, exact=True).click()

    @property
    def transport(self) -> Locator:
        """Train, step, stop, reset, counters."""
        return self.page.get_by_role("region", name="Transport")

    @property
    def rail(self) -> Locator:
        """The settings."""
        return self.page.get_by_role("complementary", name="Settings")

    # --- what is shown -----------------------------------------------------------------------------------------------

    @property
    def status(self) -> str:
        """State of the run as the transport shows it."""
        return self.page.locator("[data-status]").first.get_attribute("data-status") or ""

    @property
    def step(self) -> int:
        """Number of the step counter."""
        text = self.page.locator(".counter").first.locator("b > span").inner_text()
        return int(re.sub(r"\D", "", text))

    def wait_for_status(self, *states: str) -> None:
        """Until the transport shows one of these states."""
        words = ",".join(f'[data-status="{state}"]' for state in states)
        expect(self.page.locator(words).first).to_be_visible(timeout=PATIENCE)

    def wait_for_step(self, step: int) -> None:
        """Until the counter has come to this step."""
        until(lambda: self.step >= step, f"step {step} is not reached", seconds=120)

    @property
    def run(self) -> dict[str, Any]:
        """The run that is shown, by REST: the newest one."""
        found: dict[str, Any] = self.server.call("/api/runs?limit=1")["runs"][0]
        return found

    # --- panels ------------------------------------------------------------------------------------------------------

    def panel(self, name: str) -> Locator:
        """A panel."""
        return self.page.locator(f'[data-panel="{name}"]')

    def panel_step(self, name: str) -> int:
        """The step that a panel says it shows; -1 while it shows none."""
        return int(self.panel(name).get_attribute("data-step") or -1)

    def digest(self, name: str) -> str | None:
        """Hash of the values on a panel's canvas."""
        return self.panel(name).get_attribute("data-digest")

    def traces(self, name: str) -> dict[str, dict[int, float]]:
        """Points of each trace of a chart, by name: step to value."""
        element = self.panel(name).locator(".js-plotly-plot")
        traces = json.loads(json.dumps(element.evaluate(_TRACES)))
        return {
            trace["name"]: {
                x: y for x, y in zip(trace["x"], trace["y"], strict=True) if x is not None and y is not None
            }
            for trace in traces
        }

    def wait_for_panel_step(self, name: str, step: int) -> None:
        """Until a panel shows this step or a later one."""
        until(lambda: self.panel_step(name) >= step, f"the panel {name} does not come to step {step}")
