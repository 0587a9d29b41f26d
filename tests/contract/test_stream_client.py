"""The client in shared_schemas/README.md follows a real run of a real server to its end."""

import re
from pathlib import Path

import numpy
import pytest
from layerlab_schemas import stream
from pydantic import TypeAdapter

from tests.serving import Server, serve

README = Path(__file__).resolve().parents[2] / "shared_schemas" / "README.md"
SPEC = {
    "data": {"dataset": "spiral", "params": {"samples": 200}},
    "graph": [{"kind": "linear", "out_features": 8}, {"kind": "tanh"}, {"kind": "linear", "out_features": 2}],
    "training": {"epochs": None, "max_steps": 300},
}
ENDED = {"completed", "stopped", "diverged", "failed", "interrupted"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running: Server = serve(tmp_path_factory.mktemp("data"))
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def follow():
    (code,) = re.findall(r"^```python\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    names: dict = {}
    exec(compile(code, str(README), "exec"), names)
    return names["follow"]


def test_the_client_reads_a_whole_run(server, follow):
    run = server.call("/api/runs", SPEC)["id"]
    token = (server.data_dir / "token").read_text("ascii").strip()
    messages = []
    seen_probes = set()
    has_ended = False  # said before the first picture where the run was over before somebody watched
    for message in follow(server.url.replace("http", "ws") + "/api/stream", token, run, ["activations"]):
        messages.append(message)
        if message["type"] == "frame":
            seen_probes.add(message["probe"])
        status = (message.get("progress") or message.get("view") or {}).get("status")
        has_ended = has_ended or status in ENDED
        if has_ended and seen_probes:
            break
    text = [message for message in messages if message["type"] not in {"frame", "hello"}]
    assert text[0]["type"] == "snapshot"
    numbers = [message["seq"] for message in text]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    points = {}
    for message in text:
        series = message.get("scalars", {}).get("train/loss", {"steps": [], "values": []})
        points |= dict(zip(series["steps"], series["values"], strict=True))
    assert list(points) == list(range(1, 301))
    recorded = server.curve(run, "train/loss")
    assert (list(points), list(points.values())) == recorded
    one_way = TypeAdapter(stream.ServerMessage)
    for message in text:
        one_way.validate_python(message)


def test_a_frame_holds_arrays(server, follow):
    run = server.call("/api/runs", SPEC)["id"]
    server.wait_for(run, "completed")
    token = (server.data_dir / "token").read_text("ascii").strip()
    for message in follow(server.url.replace("http", "ws") + "/api/stream", token, run, ["activations"]):
        if message["type"] == "frame":
            break
    item = message["items"][0]
    assert isinstance(item["counts"], numpy.ndarray)
    assert len(item["edges"]) == len(item["counts"]) + 1
    recorded = server.call(f"/api/runs/{run}/frames?probe=activations&step={message['step']}")
    assert recorded["items"][0]["counts"] == item["counts"].tolist()
