"""A run whose steps are compiled: what the page says while it waits, and that all steps are there."""

import pytest
from layerlab.training.engines.refusal import compiler
from playwright.sync_api import expect

from tests.e2e.playground import PATIENCE, SECONDS, Playground
from tests.e2e.test_experiments import open_experiment


@pytest.mark.skipif(compiler() is None, reason="there is no C++ compiler")
def test_a_run_waits_for_its_program_and_then_does_many_steps_in_a_call(playground: Playground):
    page = playground.page
    open_experiment(playground, "Small net on the spiral")
    playground.set_number("Epochs", 50_000)
    playground.rail.get_by_role("button", name="More settings").click()
    playground.rail.get_by_role("radio", name="compiled").check(force=True)
    playground.wait_until_ready().train(steps_per_second=0)
    standing = playground.transport.locator(".standing")
    expect(standing).to_have_text("Compiling", timeout=PATIENCE)
    expect(page.get_by_text("Compiling the steps of this network.").first).to_be_visible()
    expect(standing).to_have_text("Live", timeout=180 * SECONDS)
    playground.wait_for_step(2000)
    expect(playground.transport.get_by_text("compiled / s")).to_be_visible()
    playground.pause()
    run = playground.run
    assert run["rates"]["engine"] == "compiled"
    steps, _ = playground.server.curve(run["id"], "train/loss")
    assert steps == list(range(1, run["step"] + 1))
