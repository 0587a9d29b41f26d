"""No violation that axe-core can see: WCAG 2.2 A and AA, in light and dark, before and while it trains."""

from pathlib import Path

import pytest

from tests.e2e.browsing import new_context, watch
from tests.e2e.playground import Playground, still
from tests.e2e.test_network_in_sight import zoom_of

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async rules => (await axe.run(document, {runOnly: rules})).violations.map(
    violation => `${violation.id}: ${violation.nodes.slice(0, 4).map(node => node.target.join(' ')).join(' | ')}`)"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_violation(server, browser, login, dark):
    assert AXE.is_file(), "frontend/node_modules is not there; make test installs it"
    context = new_context(browser, dark=dark, login=login)
    try:
        page = context.new_page()
        seen = watch(page)
        page.goto(server.url)
        playground = Playground(page, server).wait_until_ready()
        still(lambda: zoom_of(playground))  # the network glides into sight, smaller than it will be
        # The content policy forbids script tags of others; what a debugger evaluates is no script tag.
        page.evaluate(AXE.read_text("utf-8"))
        assert page.evaluate(RUN, RULES) == []
        if playground.status != "running":
            playground.train()
        playground.wait_for_panel_step("loss", playground.step + 3)
        playground.pause()
        assert page.evaluate(RUN, RULES) == []
        assert seen.complaints == []
    finally:
        context.close()


def test_the_theme_changes_all_at_once(playground):
    """A button that still faded from white had white words on it for a moment."""
    began = playground.page.evaluate("""async () => {
        const begun = new Set();
        document.addEventListener('transitionrun', ({ propertyName }) => begun.add(propertyName));
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 't', bubbles: true }));
        await new Promise(done => setTimeout(done, 300));
        return { theme: document.documentElement.dataset.theme, begun: [...begun] };
    }""")
    assert began == {"theme": "dark", "begun": []}
