"""Kill the server process at any moment: what was shown is stored, and runs go on bit for bit (P1, P4, P5)."""

import json
import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from layerlab.settings import Settings
from layerlab.store.database import DataDirInUse
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.server.served import serving
from tests.server.specs import digits_spec, stand_in_spec
from tests.server.stand_in import StandInExecutor
from tests.serving import Server, serve


def kill(server: Server) -> list[psutil.Process]:
    """Kill -9 of the server process; returns the processes that it had."""
    children = psutil.Process(server.process.pid).children(recursive=True)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    return children


def workers_of(server: Server) -> set[int]:
    """Its processes that train; each gives itself its name when it has begun."""
    found = set()
    for child in psutil.Process(server.process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if child.name().startswith("layerlab-worker"):
                found.add(child.pid)
    return found


class Follower:
    """Receives a run's messages in a thread until the connection breaks."""

    def __init__(self, server: Server, run: str) -> None:
        token = (server.data_dir / "token").read_text().strip()
        self.url = server.url.replace("http", "ws") + "/api/stream"
        self.headers = {"Authorization": f"Bearer {token}"}
        self.run = run
        self.messages: list[dict] = []
        self.thread = threading.Thread(target=self._read)
        self.thread.start()

    def _read(self) -> None:
        options = {"additional_headers": self.headers, "compression": None, "proxy": None, "max_queue": None}
        with connect(self.url, **options) as socket:
            socket.recv()
            socket.send(json.dumps({"type": "subscribe", "run": self.run, "from_seq": 0}))
            try:
                while True:
                    if isinstance(message := socket.recv(), str):
                        self.messages.append(json.loads(message))
            except ConnectionClosed:
                return

    def points(self) -> set[tuple[str, int, float]]:
        return {
            (name, step, value)
            for message in self.messages
            if message["type"] == "scalars"
            for name, curve in message["scalars"].items()
            for step, value in zip(curve["steps"], curve["values"], strict=True)
        }


def all_points(server: Server, run: str) -> set[tuple[str, int, float]]:
    scalars = server.call(f"/api/runs/{run}/scalars")["scalars"]
    return {
        (name, step, value)
        for name, curve in scalars.items()
        for step, value in zip(curve["steps"], curve["values"], strict=True)
    }


def wait_for_step(server: Server, run: str, step: int) -> None:
    until = time.monotonic() + 60
    while server.call(f"/api/runs/{run}")["step"] < step:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_killed_twice_and_still_the_same_run(tmp_path: Path):
    spec = digits_spec(steps=400)
    server = serve(tmp_path)
    undisturbed = server.call("/api/runs", spec)["id"]
    server.wait_for(undisturbed, "completed")
    loaded = Path(f"/proc/{server.process.pid}/maps")
    assert not loaded.exists() or "torch" not in loaded.read_text()  # the server process never loads the engine
    # Slower, or it is done before it is killed; the pace changes no number.
    spec["training"]["max_steps_per_second"] = 30
    run = server.call("/api/runs", spec)["id"]
    for step in (60, 200):
        follower = Follower(server, run)
        wait_for_step(server, run, step)
        children = kill(server)
        killed = time.monotonic()
        follower.thread.join(10)
        _, alive = psutil.wait_procs(children, timeout=5)
        assert alive == []  # P4: no orphan
        server = serve(tmp_path)
        assert time.monotonic() - killed < 30
        view = server.call(f"/api/runs/{run}")
        assert (view["status"], view["reason"]) == (
            "interrupted",
            "The server ended while this run was training.",
        )
        assert follower.points() - all_points(server, run) == set()  # P1: received minus stored
        assert max(message["seq"] for message in follower.messages) <= view["last_seq"]
        assert server.call(f"/api/runs/{run}/resume", method="POST")["status"] == "running"
    server.call(f"/api/runs/{run}", {"training": {"max_steps_per_second": 0}}, method="PATCH")
    server.wait_for(run, "completed")
    try:
        for name in ("train/loss", "train/accuracy", "val/loss", "val/accuracy"):
            assert server.curve(run, name) == server.curve(undisturbed, name), name
        assert server.curve(run, "train/loss")[0] == list(range(1, 401))
    finally:
        assert server.stop() == 0


def test_a_change_before_the_kill_is_made_again(tmp_path: Path):
    server = serve(tmp_path)
    runs = [server.call("/api/runs?start=false", digits_spec(steps=200))["id"] for _ in range(2)]
    for run in runs:
        server.call(f"/api/runs/{run}/step?count=50", method="POST")
        changed = server.call(
            f"/api/runs/{run}", {"optimizer": {"lr": 0.003}, "data": {"batch_size": 32}}, method="PATCH"
        )
        assert (changed["spec"]["optimizer"]["lr"], changed["spec"]["data"]["batch_size"]) == (0.003, 32)
        server.call(f"/api/runs/{run}/step?count=30", method="POST")
    server.call(f"/api/runs/{runs[0]}/resume", method="POST")
    server.wait_for(runs[0], "completed")
    kill(server)
    server = serve(tmp_path)
    server.call(f"/api/runs/{runs[1]}/resume", method="POST")
    server.wait_for(runs[1], "completed")
    try:
        assert server.curve(runs[1], "train/loss") == server.curve(runs[0], "train/loss")
        assert server.call(f"/api/runs/{runs[1]}")["spec"]["optimizer"]["lr"] == 0.003
    finally:
        assert server.stop() == 0


def test_sigterm_interrupts_with_a_checkpoint_and_no_lost_step(tmp_path: Path):
    server = serve(tmp_path)
    rests = server.call("/api/runs?start=false", digits_spec(steps=100_000))["id"]
    server.call(f"/api/runs/{rests}/step?count=5", method="POST")
    run = server.call("/api/runs", digits_spec(steps=100_000))["id"]
    wait_for_step(server, run, 30)
    asked = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - asked < 10
    server = serve(tmp_path)
    try:
        view = server.call(f"/api/runs/{run}")
        assert (view["status"], view["resumable"]) == ("interrupted", True)
        assert view["reason"] == "The server was stopped while this run was training."
        assert server.call(f"/api/runs/{rests}")["reason"] == "The server was stopped while this run was paused."
        steps, _ = server.curve(run, "train/loss")
        assert steps == list(range(1, view["step"] + 1))
        checkpoints = sorted((tmp_path / "runs" / run / "checkpoints").iterdir())
        assert any(str(view["step"]) in path.name for path in checkpoints)
    finally:
        assert server.stop() == 0


def test_a_killed_worker_is_that_runs_story(tmp_path: Path):
    server = serve(tmp_path)
    try:
        other = server.call("/api/runs", digits_spec(steps=100_000))["id"]
        wait_for_step(server, other, 1)
        before = workers_of(server)
        run = server.call("/api/runs", digits_spec(steps=100_000))["id"]
        wait_for_step(server, run, 20)
        (worker,) = workers_of(server) - before
        os.kill(worker, signal.SIGKILL)
        view = server.wait_for(run, "failed", seconds=2)
        assert view["reason"] == "The worker was killed (signal 9), most often because memory ran out."
        steps, _ = server.curve(run, "train/loss")
        assert steps == list(range(1, len(steps) + 1))
        wait_for_step(server, other, server.call(f"/api/runs/{other}")["step"] + 10)
    finally:
        assert server.stop() == 0


def test_one_data_folder_has_one_server(tmp_path: Path):
    settings = Settings(port=0, data_dir=tmp_path)
    second = serving(settings, StandInExecutor)
    with serving(settings, StandInExecutor), pytest.raises(DataDirInUse, match="Another Layerlab server"):
        second.__enter__()
    with serving(settings, StandInExecutor) as again:
        assert again.call("GET", "/api/health").json["status"] == "ok"


def test_numbers_go_on_after_a_restart(tmp_path: Path):
    settings = Settings(port=0, data_dir=tmp_path)
    with serving(settings, StandInExecutor) as server:
        run = server.create(stand_in_spec(steps=100_000, speed=200))
        server.wait_for(run, lambda view: view["step"] >= 20)
    with serving(settings, StandInExecutor) as server:
        view = server.view(run)
        assert view["status"] == "interrupted"
        with server.stream() as socket:
            socket.recv()
            socket.send(json.dumps({"type": "subscribe", "run": run, "from_seq": view["last_seq"]}))
            server.call("POST", f"/api/runs/{run}/resume")
            assert json.loads(socket.recv(timeout=10))["seq"] == view["last_seq"] + 1
        with server.stream() as socket:
            socket.recv()
            socket.send(json.dumps({"type": "subscribe", "run": run, "from_seq": 1}))
            assert json.loads(socket.recv(timeout=10))["type"] == "snapshot"
        server.wait_for(run, lambda now: now["step"] >= view["step"] + 100)
        last = server.call("POST", f"/api/runs/{run}/stop").json["step"]
        assert [step for step, _ in server.curve(run)] == list(range(1, last + 1))


def test_queued_runs_say_that_they_were_interrupted(tmp_path: Path):
    settings = Settings(port=0, data_dir=tmp_path, max_running=1)
    with serving(settings, StandInExecutor) as server:
        runs = [server.create(stand_in_spec(steps=100_000, speed=100)) for _ in range(2)]
    with serving(settings, StandInExecutor) as server:
        assert [server.view(run)["status"] for run in runs] == ["interrupted"] * 2
        assert server.view(runs[1])["reason"] == "The server was stopped before this run began."
        assert server.call("POST", f"/api/runs/{runs[1]}/resume").json["status"] == "running"
