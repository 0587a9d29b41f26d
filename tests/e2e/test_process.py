"""The server as a process: its link, its port, its end. These need no browser."""

import re
import stat
import urllib.error
import urllib.request
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from tests.serving import serve

SPEC = {
    "data": {"dataset": "spiral", "params": {"samples": 200}},
    "graph": [{"kind": "linear", "out_features": 8}, {"kind": "tanh"}, {"kind": "linear", "out_features": 2}],
    "training": {"epochs": None, "max_steps": 50},
}


def test_the_link_logs_in_once(server):
    link = server.new_link()
    browser = build_opener(HTTPCookieProcessor())
    with browser.open(link) as answer:
        assert answer.status == 200
        assert answer.url == server.url + "/"
        assert b"<script" in answer.read()
    stranger = build_opener(HTTPCookieProcessor())
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        stranger.open(link)
    refused.value.close()


def test_without_a_credential_only_health_answers(server):
    with urllib.request.urlopen(server.url + "/api/health") as answer:
        assert answer.status == 200
    for path in ("/api/catalog", "/api/runs", "/docs", "/"):
        with pytest.raises(urllib.error.HTTPError, match="401") as refused:
            urllib.request.urlopen(server.url + path)
        refused.value.close()


def test_the_token_is_its_owners_alone(server):
    assert stat.S_IMODE((server.data_dir / "token").stat().st_mode) == 0o600


def test_a_busy_port_means_the_next(server, tmp_path):
    busy = int(server.url.rpartition(":")[2])
    second = serve(tmp_path, port=busy)
    try:
        taken = int(second.url.rpartition(":")[2])
        assert busy < taken <= busy + 50
        assert any(f"Port {busy} is busy" in line for line in second.lines)
    finally:
        assert second.stop() == 0


def test_a_run_and_its_curve_outlive_the_server(tmp_path):
    first = serve(tmp_path)
    run = first.call("/api/runs", SPEC)["id"]
    first.wait_for(run, "completed")
    before = first.curve(run, "train/loss")
    assert first.stop() == 0
    second = serve(tmp_path)
    try:
        assert second.curve(run, "train/loss") == before
        assert before[0] == list(range(1, 51))
        assert second.call(f"/api/runs/{run}")["status"] == "completed"
    finally:
        assert second.stop() == 0


def test_the_server_prints_nothing_secret_but_the_link(server):
    token = (server.data_dir / "token").read_text("ascii").strip()
    said = "".join(server.lines)
    assert token not in said
    assert len(re.findall(r"code=", said)) == 1
