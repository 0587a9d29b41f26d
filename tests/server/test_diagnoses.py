"""What was found in a run is kept with it: in REST, in the snapshot, after a kill of the server, after a resume."""

import json
import time
from typing import Any

from websockets.sync.client import connect

from tests.server.test_restart import kill
from tests.serving import Server, serve

ILL: dict[str, Any] = {
    "data": {"dataset": "digits"},
    "graph": [
        {"kind": "flatten"},
        {"id": "hidden", "kind": "linear", "out_features": 8},
        {"kind": "tanh"},
        {"kind": "linear", "out_features": 10},
    ],
    "init": {"scheme": "zeros"},
    "training": {"epochs": None, "max_steps": 100_000, "max_steps_per_second": 100},
}


def symmetric(view: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in view["diagnoses"] if one["kind"] == "symmetric_units"]


def wait_for_it(server: Server, run: str, *, step: int) -> dict[str, Any]:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        view: dict[str, Any] = server.call(f"/api/runs/{run}")
        if symmetric(view) and view["step"] >= step:
            return view
        time.sleep(0.1)
    raise AssertionError("it is not told")


def snapshot(server: Server, run: str) -> dict[str, Any]:
    token = (server.data_dir / "token").read_text().strip()
    url = server.url.replace("http", "ws") + "/api/stream"
    with connect(url, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        socket.send(json.dumps({"type": "subscribe", "run": run, "probes": []}))
        while True:
            text = socket.recv(timeout=30)
            message: dict[str, Any] = json.loads(text) if isinstance(text, str) else {"type": "frame"}
            if message["type"] == "snapshot":
                return message


def told(message: dict[str, Any]) -> list[str]:
    """Kinds in the order in which they were told to hold."""
    found = [event["diagnosis"] for event in message["events"] if event["kind"] == "diagnosis"]
    return [one["kind"] for one in found if not one["is_over"] and one["severity"] == "problem"]


def test_it_outlives_a_kill_and_is_told_once(tmp_path):
    first = serve(tmp_path)
    run = first.call("/api/runs", ILL)["id"]
    before_kill = wait_for_it(first, run, step=20)
    (before,) = symmetric(before_kill)
    assert (before["node"], before["step"], before["severity"]) == ("hidden", 0, "problem")
    assert before["remedies"][0]["changes"] == {"init": {"scheme": "xavier_normal"}}
    assert symmetric(first.call("/api/runs?limit=1")["runs"][0]) == [before]
    assert symmetric(snapshot(first, run)["view"]) == [before]
    for child in kill(first):
        child.wait(30)
    second = serve(tmp_path)
    try:
        assert symmetric(second.call(f"/api/runs/{run}")) == [before]
        second.call(f"/api/runs/{run}/resume", method="POST")
        assert symmetric(wait_for_it(second, run, step=before_kill["step"] + 300)) == [before]
        assert told(snapshot(second, run)).count("symmetric_units") == 1
    finally:
        assert second.stop() == 0


def test_a_healthy_run_has_none(tmp_path):
    server = serve(tmp_path)
    try:
        healthy = ILL | {"init": {"scheme": "xavier_normal"}, "training": ILL["training"] | {"max_steps": 400}}
        run = server.call("/api/runs", healthy)["id"]
        assert server.wait_for(run, "completed")["diagnoses"] == []
    finally:
        assert server.stop() == 0
