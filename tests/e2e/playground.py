"""The page as a test uses it: what a person presses, and what is drawn."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from playwright.sync_api import Locator, Page, expect

from tests.serving import Server

SECONDS = 1000
#: Generous: the machine may be shared and slow.
PATIENCE = 30 * SECONDS
expect.set_options(timeout=PATIENCE)
#: So slow that a run is not over before a test has looked, however slow the page. It changes no number of a run.
STEPS_PER_SECOND = 50

#: What has been seen the same so often, every tenth of a second, has come to rest.
STILL_LOOKS = 5
T = TypeVar("T")

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


def still(look: Callable[[], T]) -> T:
    """What is seen once it stays the same for a while: what glides, fades or is still being drawn has come to rest."""
    seen = [look()]

    def is_still() -> bool:
        time.sleep(0.1)
        seen.append(look())
        return len(seen) > STILL_LOOKS and all(one == seen[-1] for one in seen[-STILL_LOOKS:])

    until(is_still, f"it does not come to rest: {seen[-3:]}")
    return seen[-1]


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

    def train(self, *, steps_per_second: int = STEPS_PER_SECOND) -> None:
        """Press Train; the run takes no more steps a second than that (0: as many as it can)."""
        self.limit_speed(steps_per_second)
        self.transport.get_by_role("button", name="Train").click()

    def limit_speed(self, steps_per_second: int = STEPS_PER_SECOND) -> None:
        """Have the run, if it rests, take no more steps a second than that when it trains; not by the page."""
        run = self.run
        if run["status"] == "paused":
            speed = {"training": {"max_steps_per_second": steps_per_second}}
            self.server.call(f"/api/runs/{run['id']}", speed, method="PATCH")

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

    def wait_for_newest(self, name: str) -> None:
        """Until a panel of a run that rests shows the newest that is recorded of its probe, which has its name."""
        newest = self.server.call(f"/api/runs/{self.run['id']}/frames?probe={name}")["step"]
        until(lambda: self.panel_step(name) == newest, f"the panel {name} does not come to step {newest}")
