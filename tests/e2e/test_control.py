"""Pause, step, go on, stop, reset; and a page that is closed and opened again in mid-run."""

import itertools

import pytest

from tests.e2e.playground import Playground, until


def test_pause_step_resume_stop(playground):
    playground.train()
    playground.wait_for_step(3)
    playground.pause()
    paused = playground.run
    assert paused["status"] == "paused"
    playground.press("One step")
    until(lambda: playground.run["step"] == paused["step"] + 1, "no single step")
    until(lambda: playground.step == paused["step"] + 1, "the counter does not follow")
    playground.page.keyboard.press(".")
    until(lambda: playground.step == paused["step"] + 2, "the key takes no step")
    assert playground.run["id"] == paused["id"]
    playground.train()
    playground.wait_for_step(paused["step"] + 10)
    playground.press("Stop")
    playground.wait_for_status("stopped")
    stopped = playground.run
    assert (stopped["id"], stopped["status"]) == (paused["id"], "stopped")
    assert stopped["reason"]
    steps, _ = playground.server.curve(stopped["id"], "train/loss")
    assert steps == list(range(1, stopped["step"] + 1))


def test_reset_gives_the_same_losses_again(playground):
    playground.train()
    playground.wait_for_step(10)
    playground.pause()
    first = playground.run
    playground.press("Reset to step 0")
    until(lambda: playground.run["id"] != first["id"], "no new run")
    until(lambda: playground.step == 0, "the counter is not at 0")
    playground.train()
    playground.wait_for_step(10)
    playground.pause()
    second = playground.run
    one, two = (playground.server.curve(run["id"], "train/loss")[1][:10] for run in (first, second))
    assert one == two


def test_a_reload_in_mid_run_loses_nothing(playground):
    playground.train()
    playground.wait_for_step(30)
    run = playground.run["id"]
    playground.page.reload()
    playground.wait_for_status("running", "completed")
    playground.wait_for_panel_step("loss", 30)
    seen = playground.panel_step("loss")
    playground.wait_for_step(seen + 10)
    assert playground.run["id"] == run
    playground.pause()
    steps, values = playground.server.curve(run, "train/loss")
    assert steps == list(range(1, len(steps) + 1))
    playground.wait_for_panel_step("loss", steps[-1])
    drawn = playground.traces("loss")["train raw"]
    assert drawn == {step: pytest.approx(values[step - 1]) for step in drawn}
    # No gap: thinning leaves neighbours nearer than a twentieth of the curve.
    at = sorted(drawn)
    assert at[0] <= 2
    assert max(after - before for before, after in itertools.pairwise(at)) <= max(2, len(steps) // 20)


def test_two_pages_show_one_run(playground, browser, login):
    from tests.e2e.browsing import new_context

    playground.train()
    playground.wait_for_step(3)
    context = new_context(browser, login=login)
    try:
        page = context.new_page()
        page.goto(playground.server.url)
        second = Playground(page, playground.server)
        second.wait_for_status("running")
        second.pause()
        playground.wait_for_status("paused")
        until(lambda: playground.step == second.step, "the pages differ")
    finally:
        context.close()
