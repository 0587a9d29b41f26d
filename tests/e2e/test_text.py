"""The experiment as text: what the page says is what the server does."""

import json
import subprocess
import sys

import pytest
from layerlab.client import Client
from layerlab_schemas.run import RunSpec
from playwright.sync_api import Locator, expect

from tests.e2e.playground import PATIENCE, Playground, until


def shown(playground: Playground, form: str) -> Locator:
    """The experiment in one of its forms."""
    if not playground.page.get_by_role("tablist", name="Experiment as").count():
        playground.page.get_by_role("button", name="Show the experiment as JSON").click()
    playground.page.get_by_role("tab", name=form, exact=True).click()
    return playground.page.get_by_role("tabpanel")


def text_of(region: Locator) -> str:
    """What stands there, line by line."""
    expect(region).to_be_visible(timeout=PATIENCE)
    return "".join(region.locator("li").all_text_contents())


def newest(playground: Playground) -> dict:
    found: dict = playground.server.call("/api/runs?limit=1")["runs"][0]
    return found


def assert_same_experiment(one: dict, other: dict) -> None:
    assert RunSpec.model_validate(one) == RunSpec.model_validate(other)


def test_the_call_for_a_shell_makes_the_same_run(playground):
    before = playground.run
    region = shown(playground, "REST").get_by_role("region", name="Call that starts this experiment")
    done = subprocess.run(["sh", "-c", text_of(region)], capture_output=True, text=True, check=False)
    made = json.loads(done.stdout)
    assert made["id"] != before["id"], done.stderr
    assert_same_experiment(made["spec"], before["spec"])


def test_the_call_for_python_makes_the_same_run(playground):
    before = playground.run
    panel = shown(playground, "REST")
    panel.get_by_role("radio", name="Python").check()
    call = text_of(panel.get_by_role("region", name="Call that starts this experiment"))
    waits = "run.wait().status"
    assert waits in call
    code = call.replace(waits, "run.view().status")  # the run itself is long
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = newest(playground)
    assert done.stdout.split()[0] == made["id"] != before["id"]
    assert_same_experiment(made["spec"], before["spec"])


def script_of(playground: Playground) -> str:
    client = Client(playground.server.url, data_dir=playground.server.data_dir)
    return client.run(playground.run["id"]).python()


def test_the_script_is_that_of_the_run_and_follows_each_change(playground):
    region = shown(playground, "PyTorch").get_by_role("region", name="Experiment as PyTorch")
    until(lambda: text_of(region) == script_of(playground), "the page shows another script")
    assert "momentum=0.9" in text_of(region)
    field = playground.page.get_by_role("spinbutton", name="Momentum")
    field.click()
    field.fill("0.5")
    field.press("Enter")
    until(lambda: "momentum=0.5" in text_of(region), "the script does not follow")
    until(lambda: text_of(region) == script_of(playground), "the page shows another script")


@pytest.mark.parametrize("form", ["PyTorch", "REST"])
def test_what_is_shown_is_what_is_copied(playground, form):
    playground.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel = shown(playground, form)
    text = text_of(panel.get_by_role("region"))
    panel.get_by_role("button", name="Copy").click()
    expect(panel.get_by_role("button", name="Copied")).to_be_visible()
    assert playground.page.evaluate("navigator.clipboard.readText()") == text


def test_a_script_of_a_broken_experiment_stays_the_last_one_that_worked(playground):
    text = text_of(shown(playground, "PyTorch").get_by_role("region"))
    json_text = shown(playground, "JSON").get_by_role("textbox")
    json_text.fill(json_text.input_value().replace('"out_features": 10', '"out_features": 9'))
    json_text.press("Control+Enter")
    panel = shown(playground, "PyTorch")
    expect(panel).to_contain_text("9", timeout=PATIENCE)
    assert "self.logits = nn.Linear(500, 10)" in text
    assert "nn.Linear(500, 9)" not in panel.inner_text()


def test_the_tabs_go_by_arrow_keys(playground):
    shown(playground, "JSON")
    playground.page.get_by_role("tab", name="JSON").press("ArrowRight")
    expect(playground.page.get_by_role("tab", name="PyTorch")).to_be_focused()
    expect(playground.page.get_by_role("tab", name="PyTorch")).to_have_attribute("aria-selected", "true")
