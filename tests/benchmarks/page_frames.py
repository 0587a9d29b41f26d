"""How smoothly the page draws while a network trains: ``python -m tests.benchmarks.page_frames``. Asserts nothing.

Two pages: LeNet on the digits with the panels that it opens with, and points of the plane with every unit. Each trains
at full speed; animation frames, tasks over 50 ms and pictures drawn are counted over some seconds. Needs Chromium.
"""

import argparse
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.e2e.browsing import find_chromium, launch, new_context
from tests.e2e.playground import Playground
from tests.e2e.test_experiments import open_experiment
from tests.serving import Server, serve

EXPERIMENTS = ("lenet_digits", "mlp_spiral")

COUNT = """
seconds => new Promise(resolve => {
  const [gaps, long, drawn] = [[], [], {}];
  const tasks = new PerformanceObserver(list => long.push(...list.getEntries().map(one => one.duration)));
  tasks.observe({entryTypes: ['longtask']});
  const panels = new MutationObserver(changes => {
    for (const {target} of changes) {
      const name = target.dataset.panel ?? 'units';
      drawn[name] = (drawn[name] ?? 0) + 1;
    }
  });
  panels.observe(document, {subtree: true, attributes: true, attributeFilter: ['data-run']});
  const start = performance.now();
  let last = start;
  const next = now => {
    gaps.push(now - last);
    last = now;
    if (now - start < 1000 * seconds) return requestAnimationFrame(next);
    tasks.disconnect();
    panels.disconnect();
    resolve({gaps, long, drawn});
  };
  requestAnimationFrame(next);
})
"""


def watch(browser: Browser, server: Server, experiment: str, seconds: float) -> dict[str, Any]:
    """What the page did while that experiment trained."""
    context = new_context(browser)
    page = context.new_page()
    page.goto(server.new_link())
    playground = Playground(page, server).wait_until_ready()
    wanted = next(one for one in server.call("/api/catalog")["experiments"] if one["id"] == experiment)
    if playground.run["spec"]["name"] != wanted["spec"]["name"]:
        open_experiment(playground, wanted["title"])
    playground.set_number("Epochs", 20_000)  # it must not end meanwhile
    playground.wait_until_ready().train()
    time.sleep(3.0)
    found: dict[str, Any] = page.evaluate(COUNT, seconds)
    found["panels"] = page.locator("[data-panel]").count()
    playground.press("Stop")
    context.close()
    return found


def show(experiment: str, found: dict[str, Any]) -> None:
    """Frames a second, the 95th percentile of the time between two, long tasks, drawings a second by panel."""
    gaps, seconds = sorted(found["gaps"][1:]), sum(found["gaps"]) / 1000
    print(f"{experiment}: {found['panels']} panels, {seconds:.1f} s")
    print(f"  {len(gaps) / seconds:.1f} animation frames a second, p95 {gaps[int(0.95 * len(gaps))]:.0f} ms")
    long = sorted(found["long"], reverse=True)
    print(f"  {len(long)} tasks over 50 ms{': ' + ', '.join(f'{one:.0f}' for one in long[:8]) if long else ''}")
    print("  drawn a second: " + ", ".join(f"{name} {n / seconds:.1f}" for name, n in sorted(found["drawn"].items())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--experiments", nargs="+", default=list(EXPERIMENTS))
    arguments = parser.parse_args()
    program = find_chromium()
    if program is None:
        parser.error("no Chromium found; name one in LAYERLAB_CHROMIUM")
    print(platform.platform(), platform.machine())
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = serve(Path(folder))
        browser = launch(playwright, program)
        for experiment in arguments.experiments:
            show(experiment, watch(browser, server, experiment, arguments.seconds))
        browser.close()
        server.stop()


if __name__ == "__main__":
    main()
