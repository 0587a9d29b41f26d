"""The server is killed in mid-run: the page says so, and comes back with every point when the server does."""

import signal

from playwright.sync_api import expect

from tests.e2e.browsing import new_context, watch
from tests.e2e.playground import PATIENCE, Playground, until
from tests.serving import serve


def test_the_page_survives_a_killed_server(browser, tmp_path):
    first = serve(tmp_path)
    port = int(first.url.rpartition(":")[2])
    context = new_context(browser)
    page = context.new_page()
    page.goto(first.link)
    playground = Playground(page, first).wait_until_ready()
    playground.train()
    playground.wait_for_step(40)
    shown = playground.panel_step("loss")
    run = playground.run["id"]
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    expect(page.get_by_text("Connection lost").first).to_be_visible(timeout=PATIENCE)

    second = serve(tmp_path, port=port)
    try:
        assert second.url == first.url
        playground.server = second
        playground.wait_for_status("interrupted")
        view = second.call(f"/api/runs/{run}")
        assert view["status"] == "interrupted"
        assert view["reason"]
        steps, _ = second.curve(run, "train/loss")
        # What was shown is stored, and what is stored is shown.
        assert steps == list(range(1, len(steps) + 1))
        assert steps[-1] >= shown
        playground.wait_for_panel_step("loss", steps[-1])
        if view["resumable"]:
            playground.train()
            until(lambda: second.call(f"/api/runs/{run}")["step"] > steps[-1], "the run does not go on")
            playground.pause()
            more, _ = second.curve(run, "train/loss")
            assert more == list(range(1, len(more) + 1))
        # The cookie outlives the restart: nobody has to log in again.
        seen = watch(page)
        page.reload()
        playground.wait_for_status("paused", "interrupted")
        assert seen.complaints == []
    finally:
        context.close()
        assert second.stop() == 0
