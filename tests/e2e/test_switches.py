"""A live switch acts at the next batch and marks the curve; a restarting one begins anew before a ghost."""

import pytest
from playwright.sync_api import expect

from tests.e2e.playground import PATIENCE, until


def test_a_live_switch_marks_the_curve_and_keeps_the_run(playground):
    playground.train()
    playground.wait_for_step(5)
    before = playground.run
    playground.set_number("Rate", 0.01)
    until(lambda: playground.run["spec"]["optimizer"]["lr"] == 0.01, "the rate did not arrive")
    playground.wait_for_step(playground.step + 20)
    playground.pause()
    after = playground.run
    assert after["id"] == before["id"]
    steps, rates = playground.server.curve(after["id"], "optimizer/lr")
    changed = next(step for step, rate in zip(steps, rates, strict=True) if rate == pytest.approx(0.01))
    assert rates[0] == pytest.approx(before["spec"]["optimizer"]["lr"])
    assert all(rate == pytest.approx(0.01) for step, rate in zip(steps, rates, strict=True) if step >= changed)
    # A mark stands at the last step before the change or at the first after it.
    until(
        lambda: any(changed - 1 <= step <= changed for step in playground.traces("loss").get("marks", {})),
        f"there is no mark at the change of step {changed}",
    )


def test_dropout_and_batch_size_are_live_too(playground):
    playground.train()
    playground.wait_for_step(3)
    run = playground.run["id"]
    playground.set_number("Dropout", 0.5)
    playground.set_number("Batch size", 32)
    until(lambda: playground.run["spec"]["data"]["batch_size"] == 32, "the batch size did not arrive")
    spec = playground.run["spec"]
    assert {node["p"] for node in spec["graph"] if node["kind"] == "dropout"} == {0.5}
    assert playground.run["id"] == run
    playground.pause()


def test_a_restarting_switch_makes_a_new_run_and_leaves_a_ghost(playground):
    playground.train()
    playground.wait_for_step(30)
    old = playground.run
    playground.choose("Init", "zeros")
    until(lambda: playground.run["id"] != old["id"], "no new run")
    new = playground.run
    assert new["spec"]["init"]["scheme"] == "zeros"
    playground.wait_for_panel_step("loss", 1)
    until(
        lambda: any(name.startswith(f"run {old['number']} ") for name in playground.traces("loss")),
        "the old run is not drawn as a ghost",
    )
    ghost = playground.traces("loss")[f"run {old['number']} train"]
    assert len(ghost) > 10
    playground.server.wait_for(old["id"], "stopped")
    playground.pause()


def test_a_norm_switch_changes_the_graph(playground):
    old = playground.run
    playground.choose("Norm", "None")
    until(lambda: playground.run["id"] != old["id"], "no new run")
    kinds = [node["kind"] for node in playground.run["spec"]["graph"]]
    assert "batch_norm" not in kinds
    expect(playground.panel("norm_statistics")).to_contain_text("no normalisation layer", timeout=PATIENCE)
