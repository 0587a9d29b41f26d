"""Inside of networks for sequences: what the panels draw is what was measured, and it moves as the run does."""

import base64
import csv
import io
import json
import math

import pytest
from playwright.sync_api import expect

from tests.e2e.playground import PATIENCE, Playground, until

TEXT = {"dataset": "grammar_text", "params": {"length": 12, "samples": 300}, "batch_size": 32}
EMBED = {"id": "embedding", "kind": "embedding", "embedding_dim": 8}
SCORES = {"id": "scores", "kind": "linear", "out_features": 29}
LSTM = [EMBED, {"id": "lstm", "kind": "lstm", "hidden_size": 6, "output": "sequence"}, SCORES]
BLOCK = [
    EMBED,
    {"id": "where", "kind": "positional_encoding"},
    {"id": "block", "kind": "transformer_block", "num_heads": 2, "causal": True},
    SCORES,
]


def opened(playground: Playground, graph: list[dict], *panels: str) -> Playground:
    """An experiment with these panels, its run at some step."""
    spec = {"data": TEXT, "graph": graph, "optimizer": {"kind": "adam", "lr": 0.01}, "training": {"epochs": 5000}}
    packed = base64.urlsafe_b64encode(json.dumps(spec).encode()).decode().rstrip("=")
    kept = json.dumps({"arrangement": {"places": [{"id": panel} for panel in panels], "maximised": None}})
    playground.page.evaluate("kept => localStorage.setItem('layerlab.preferences', kept)", kept)
    playground.page.goto("about:blank")
    playground.page.goto(f"{playground.server.url}/#spec={packed}")
    expect(playground.page.locator(f'[data-panel="{panels[0]}"]')).to_be_visible(timeout=PATIENCE)
    playground.wait_until_ready().train()
    playground.wait_for_step(8)
    playground.pause()
    step = playground.run["step"]
    for panel in panels:
        until(lambda panel=panel: playground.panel_step(panel) == step, f"{panel} is not as of step {step}")
    return playground


def recorded(playground: Playground, probe: str) -> dict:
    step = playground.panel_step(probe)
    frame: dict = playground.server.call(f"/api/runs/{playground.run['id']}/frames?probe={probe}&step={step}")
    assert frame["step"] == step
    return frame


def drawn(playground: Playground, title: str) -> list[list[str]]:
    """What a panel draws, by its own "Save as CSV", without the head."""
    playground.page.get_by_role("button", name=f"{title}: menu").click()
    with playground.page.expect_download() as download:
        playground.page.get_by_role("menuitem", name="Save as CSV").click()
    expect(playground.page.get_by_role("menuitem", name="Save as CSV")).to_have_count(0)  # it fades out
    return list(csv.reader(io.StringIO(download.value.path().read_text("utf-8"))))[1:]


def assert_drawn(rows: list[list[str]], items: list[dict]) -> None:
    """Row by row the title of a map, the name of the row, and its values; what is empty is null."""
    expected = [(item["title"], values) for item in items for values in item["values"]]
    assert [row[0] for row in rows] == [title for title, _ in expected]
    for row, (_, values) in zip(rows, expected, strict=True):
        found = [float(cell) if cell else math.nan for cell in row[2:]]
        wanted = [math.nan if value is None else value for value in values]
        assert found == pytest.approx(wanted, abs=1e-6, nan_ok=True)


def moved_by_a_step(playground: Playground, *panels: str) -> None:
    before = {panel: playground.digest(panel) for panel in panels}
    playground.press("One step")
    for panel in panels:
        until(lambda panel=panel: playground.digest(panel) != before[panel], f"{panel} has not moved")


def test_a_model_of_text(playground):
    panels = ("recurrent_states", "sampled_text", "embedding_plane", "gradient_lags", "recurrent_spectrum")
    opened(playground, LSTM, *panels)
    frame = recorded(playground, "recurrent_states")
    assert [item["title"] for item in frame["items"]] == [
        "hidden", "cell", "forget gate", "input gate", "output gate", "candidate",
    ]  # fmt: skip
    assert_drawn(drawn(playground, "States and gates"), frame["items"])
    texts = playground.panel("sampled_text").locator(".panel-text-item .panel-text-own").all_text_contents()
    assert texts == [item["text"] for item in recorded(playground, "sampled_text")["items"]]
    assert len(texts) == 3
    moved_by_a_step(playground, "recurrent_states", "embedding_plane")


def test_where_attention_looks(playground):
    opened(playground, BLOCK, "attention_maps", "position_table")
    frame = recorded(playground, "attention_maps")
    assert [item["title"] for item in frame["items"]] == ["head 1", "head 2"]
    assert_drawn(drawn(playground, "Attention"), frame["items"])
    positions = recorded(playground, "position_table")["items"][0]["values"]
    assert positions[3][:2] == pytest.approx([math.sin(3), math.cos(3)], abs=1e-6)
    moved_by_a_step(playground, "attention_maps")
    panel = playground.panel("attention_maps")
    panel.get_by_role("combobox", name="Layer").select_option("block · head 2")
    until(lambda: len(drawn(playground, "Attention")) == 12, "not one head alone")
