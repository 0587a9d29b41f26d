"""The websocket: numbers without gap or repeat, snapshots, frames, protocol errors, and viewers that are too slow."""

import json
import socket as sockets
import threading
import time

import ormsgpack
import pytest
from layerlab.settings import Settings
from layerlab_schemas.stream import ServerMessage
from pydantic import TypeAdapter
from websockets.exceptions import ConnectionClosed

from tests.server.served import Served, serving, subscribe, text
from tests.server.specs import stand_in_spec
from tests.server.stand_in import StandInExecutor

MESSAGES = TypeAdapter(ServerMessage)


def until_ended(socket, status: str = "completed") -> list[dict]:
    messages = []
    while True:
        messages.append(text(socket))
        if messages[-1]["type"] == "progress" and messages[-1]["progress"]["status"] == status:
            return messages


def points(messages) -> list[tuple[int, float]]:
    curves = [message["scalars"]["train/loss"] for message in messages if message["type"] in ("scalars", "snapshot")]
    return [point for curve in curves for point in zip(curve["steps"], curve["values"], strict=True)]


def test_every_message_fits_the_schema_and_is_numbered(server):
    run = server.create(stand_in_spec(steps=200), "?start=false")
    with server.stream() as socket:
        assert text(socket)["type"] == "hello"
        subscribe(socket, run, from_seq=0)
        server.call("POST", f"/api/runs/{run}/resume")
        messages = until_ended(socket)
    for message in messages:
        MESSAGES.validate_python(message)
        assert message["run"] == run
        assert message["time"].endswith(("Z", "+00:00"))
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    assert points(messages) == [(step, 1 / step) for step in range(1, 201)]


def test_null_gives_a_snapshot_first_and_then_the_rest(server):
    run = server.create(stand_in_spec(steps=100_000, speed=300))
    server.wait_for(run, lambda view: view["step"] >= 50)
    with server.stream() as socket:
        text(socket)
        subscribe(socket, run, from_seq=None, probes=["weights"])
        snapshot = text(socket)
        assert snapshot["type"] == "snapshot"
        assert (snapshot["view"]["id"], snapshot["view"]["last_seq"]) == (run, snapshot["seq"])
        server.wait_for(run, lambda view: view["step"] >= snapshot["step"] + 100)
        last = server.call("POST", f"/api/runs/{run}/stop").json["step"]
        rest = until_ended(socket, "stopped")
    assert [message["seq"] for message in rest] == list(range(snapshot["seq"] + 1, snapshot["seq"] + 1 + len(rest)))
    assert points([snapshot, *rest]) == [(step, 1 / step) for step in range(1, last + 1)]


def test_reconnecting_again_and_again_loses_and_repeats_nothing(server):
    run = server.create(stand_in_spec(steps=600, speed=400), "?start=false")
    seen: list[dict] = []
    server.call("POST", f"/api/runs/{run}/resume")
    while not seen or seen[-1].get("progress", {}).get("status") != "completed":
        with server.stream() as socket:
            text(socket)
            subscribe(socket, run, from_seq=seen[-1]["seq"] if seen else 0)
            for _ in range(7):
                seen.append(text(socket))
                if seen[-1].get("progress", {}).get("status") == "completed":
                    break
    assert [message["seq"] for message in seen] == list(range(1, len(seen) + 1))
    assert points(seen) == [(step, 1 / step) for step in range(1, 601)]


def test_frames_come_as_message_pack_and_only_where_watched(server):
    run = server.create(stand_in_spec(steps=100_000, speed=100))  # of two frames that wait only the newer one is sent
    with server.stream() as socket:
        assert json.loads(socket.recv())["type"] == "hello"
        subscribe(socket, run, from_seq=None, probes=["weights"])
        frames, newest_seq = [], 0
        while len(frames) < 3:
            message = socket.recv(timeout=10)
            if isinstance(message, str):
                newest_seq = json.loads(message)["seq"]
            else:
                frames.append(ormsgpack.unpackb(message))
                assert frames[-1]["seq"] <= newest_seq
    server.call("POST", f"/api/runs/{run}/stop")
    assert [frame["step"] for frame in frames] == sorted(frame["step"] for frame in frames)
    assert frames[-1].keys() == {"type", "run", "probe", "seq", "step", "time", "body"}
    assert ormsgpack.unpackb(frames[-1]["body"])["step"] == frames[-1]["step"]
    with server.stream() as socket:
        text(socket)
        subscribe(socket, run, from_seq=None, probes=["filters"])
        text(socket)
        socket.send('{"type": "ping"}')
        while isinstance(message := socket.recv(timeout=10), str):
            if json.loads(message)["type"] == "pong":
                break
        assert isinstance(message, str)


def test_the_newest_frame_follows_the_snapshot_of_an_ended_run(server):
    run = server.create(stand_in_spec(steps=10))
    server.wait_status(run, "completed")
    with server.stream() as socket:
        text(socket)
        subscribe(socket, run, from_seq=None, probes=["weights"])
        assert text(socket)["type"] == "snapshot"
        assert ormsgpack.unpackb(socket.recv(timeout=10))["step"] == 10


def test_a_second_subscription_changes_the_probes_and_repeats_nothing(server):
    run = server.create(stand_in_spec(steps=200, speed=200), "?start=false")
    with server.stream() as socket:
        text(socket)
        subscribe(socket, run, from_seq=0)
        server.call("POST", f"/api/runs/{run}/resume")
        messages = [text(socket) for _ in range(5)]
        subscribe(socket, run, from_seq=messages[-1]["seq"], probes=["weights"])
        messages += until_ended(socket)
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))


def test_a_deleted_run_is_said_to_be(server):
    run = server.create(stand_in_spec(steps=100_000, speed=50))
    with server.stream() as socket:
        text(socket)
        subscribe(socket, run, from_seq=0)
        text(socket)
        server.call("DELETE", f"/api/runs/{run}")
        while (message := text(socket))["type"] != "deleted":
            pass
        assert message == {"type": "deleted", "run": run}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{", "not_json"),
        ('{"type": "jump"}', "invalid_message"),
        ('{"type": "subscribe", "run": "r", "from_seq": -1}', "invalid_message"),
        ('{"type": "subscribe", "run": "r", "from_seq": NaN}', "not_finite"),
        ('{"type": "subscribe", "run": "r", "from_seq": 9223372036854775808}', "number_too_large"),
        ('{"type": "subscribe", "run": "\\ud800"}', "lone_surrogate"),
        ('{"type": "ping", "type": "ping"}', "duplicate_key"),
        ("[" * 5000, "too_deep"),
        ("null", "invalid_message"),
        ('{"type": "subscribe", "run": "nobody"}', "run_not_found"),
        (b"\x00", "not_text"),
    ],
)
def test_what_is_not_understood_is_answered_and_survived(server, said, code):
    with server.stream() as socket:
        text(socket)
        socket.send(said)
        answer = text(socket)
        assert (answer["type"], answer["code"]) == ("error", code)
        socket.send('{"type": "ping"}')
        assert text(socket)["type"] == "pong"


def test_a_message_too_large_closes_the_connection(server):
    with server.stream() as socket:
        text(socket)
        socket.send("x" * 100_000)
        with pytest.raises(ConnectionClosed) as closed:
            text(socket)
        assert closed.value.rcvd.code == 1009


class FrozenViewer:
    """Handshakes, subscribes, and never reads again."""

    def __init__(self, server: Served, run: str) -> None:
        self.socket = sockets.socket()
        self.socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        self.socket.connect(("127.0.0.1", server.listening.port))
        request = (
            f"GET /api/stream HTTP/1.1\r\nHost: {server.authority}\r\nAuthorization: Bearer {server.token}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        self.socket.sendall(request.encode())
        assert b"101" in self.socket.recv(64)
        body = json.dumps({"type": "subscribe", "run": run, "from_seq": 0}).encode()
        self.socket.sendall(bytes([0x81, 0x80 | len(body), 0, 0, 0, 0]) + body)

    def is_cut_off(self, seconds: float) -> bool:
        """True when the server reset the connection: what is then read ends in an error or an early end."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                self.socket.send(b"\x89\x80\x00\x00\x00\x00")  # a ping; fails once the connection is reset
            except OSError:
                return True
            time.sleep(0.05)
        return False


def test_a_frozen_viewer_is_dropped_and_a_healthy_one_misses_nothing(tmp_path):
    settings = Settings(port=0, data_dir=tmp_path, outbox_bytes=100_000, viewer_seconds=1)
    with serving(settings, StandInExecutor) as server:
        run = server.create(stand_in_spec(steps=100_000, speed=800), "?start=false")
        frozen = FrozenViewer(server, run)
        with server.stream() as healthy:
            text(healthy)
            subscribe(healthy, run, from_seq=0)
            got: list[dict] = []
            reader = threading.Thread(target=lambda: got.extend(until_ended(healthy, "stopped")))
            reader.start()
            server.call("POST", f"/api/runs/{run}/resume")
            is_cut_off = frozen.is_cut_off(60)
            server.wait_for(run, lambda view: view["step"] >= 1000)
            last = server.call("POST", f"/api/runs/{run}/stop").json["step"]
            reader.join(60)
            assert is_cut_off
        frozen.socket.close()
        assert points(got) == [(step, 1 / step) for step in range(1, last + 1)]
        assert [message["seq"] for message in got] == list(range(1, len(got) + 1))


def test_a_viewer_is_let_go_when_the_token_is_taken_away(tmp_path):
    with serving(Settings(port=0, data_dir=tmp_path), StandInExecutor) as server, server.stream() as socket:
        text(socket)
        (tmp_path / "token").unlink()
        with pytest.raises(ConnectionClosed) as closed:
            text(socket)
        assert closed.value.rcvd.code == 4401
