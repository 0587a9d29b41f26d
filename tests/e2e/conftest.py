"""One server and one browser for all, a fresh profile for each test."""

import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from tests.e2e.browsing import Watch, built_page, chromium_or_skip, launch, new_context, watch
from tests.e2e.playground import Playground
from tests.serving import Server, serve

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Lets fixtures know that their test failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server process."""
    running = serve(tmp_path_factory.mktemp("data"))
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    program = chromium_or_skip()
    assert built_page().exists(), "the page is not built; run: make page"
    with sync_playwright() as playwright:
        chromium = launch(playwright, program)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def login(server: Server, browser: Browser) -> StorageState:
    """The cookie that the printed link gives, once."""
    context = new_context(browser)
    page = context.new_page()
    page.goto(server.link)
    state = context.storage_state()
    context.close()
    return state


def delete_runs(server: Server) -> None:
    """Whatever an earlier test left, until there is nothing for two looks.

    The page that it closed may still be taking a run away by itself, or have asked for one that is only being made.
    """
    empty_looks = 0
    while empty_looks < 2:
        found = server.call("/api/runs")["runs"]
        for run in found:
            try:
                server.call(f"/api/runs/{run['id']}", method="DELETE")
            except AssertionError as error:
                if "run_not_found" not in str(error):
                    raise
        empty_looks = 0 if found else empty_looks + 1
        time.sleep(0.3)


@pytest.fixture
def opened(
    server: Server, browser: Browser, login: StorageState, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Page, Watch]]:
    """The page on its ready experiment, with no run of an earlier test. It must stay silent and ask no other host."""
    delete_runs(server)
    context = new_context(browser, login=login)
    page = context.new_page()
    seen = watch(page)
    page.goto(server.url)
    yield page, seen
    if request.node.stash.get(FAILED, False):
        page.screenshot(path=tmp_path / "page.png")
        print(f"The page as it was: {tmp_path / 'page.png'}")
    context.close()
    assert seen.complaints == []
    assert seen.hosts <= {server.url.removeprefix("http://")}


@pytest.fixture
def playground(opened: tuple[Page, Watch], server: Server) -> Playground:
    """The page, ready to train."""
    return Playground(opened[0], server).wait_until_ready()
