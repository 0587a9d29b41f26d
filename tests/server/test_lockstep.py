"""Comparisons in lockstep, with real workers: one process for all members, each with its own books and its own end."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from layerlab.runs.executor import LocalExecutor
from layerlab.settings import Settings
from layerlab.training import checkpoint

from tests.backend.originals.publishing import wait_until
from tests.server.served import Served, serving, subscribe, text

GRAPH = [{"kind": "linear", "out_features": 8}, {"kind": "tanh"}, {"kind": "linear", "out_features": 2}]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = Settings(port=0, data_dir=tmp_path_factory.mktemp("data"))
    with serving(settings, LocalExecutor) as served:
        yield served


def base(*, steps: int = 60, graph: list[dict[str, Any]] = GRAPH, **training: Any) -> dict[str, Any]:
    return {
        "name": "Moons",
        "data": {"dataset": "moons", "batch_size": 10},
        "graph": graph,
        "optimizer": {"kind": "sgd", "lr": 0.1},
        "training": {"epochs": None, "max_steps": steps, "eval_every": 20, "device": "cpu", **training},
    }


def create(real: Served, vary: dict[str, list[Any]], **spec: Any) -> dict[str, Any]:
    answer = real.call("POST", "/api/comparisons", {"base": base(**spec), "vary": vary})
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.json
    return found


def endless(real: Served, *, speed: float | None = 200) -> dict[str, Any]:
    return create(real, {"optimizer.lr": [0.01, 0.1, 0.2]}, steps=100_000, max_steps_per_second=speed)


def runs_of(comparison: dict[str, Any]) -> list[str]:
    return [one["run"] for one in comparison["members"]]


def workers_of(real: Served) -> set[int]:
    """Processes of the server's that train."""
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                name = (folder / "comm").read_text().strip()
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                above = int((Path("/proc") / str(parent) / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError):
                continue
            if name.startswith("layerlab-worker") and os.getpid() in (parent, above):
                found.add(int(folder.name))
    return found


def test_members_train_as_runs_of_their_own(real):
    made = create(real, {"init.scheme": ["zeros", "xavier_normal"], "optimizer.lr": [0.05, 0.2]})
    assert (made["warnings"], [one["group"] for one in made["members"]]) == ([], [1, 1, 1, 1])
    for one in made["members"]:
        run = one["run"]
        view = real.wait_status(run, "completed")
        assert view["step"] == 60
        assert view["spec"]["optimizer"]["lr"] == one["varied"]["optimizer.lr"]
        spec = {**base(), "init": view["spec"]["init"], "optimizer": view["spec"]["optimizer"]}
        alone = real.create(spec)
        assert real.wait_status(alone, "completed")["reason"] == view["reason"]
        for name in ("train/loss", "val/loss", "val/accuracy", "optimizer/lr"):
            mine, theirs = real.curve(run, name), real.curve(alone, name)
            assert [step for step, _ in mine] == [step for step, _ in theirs]
            assert [value for _, value in mine] == pytest.approx([value for _, value in theirs], rel=1e-3, abs=1e-3)
    table = real.call("GET", f"/api/comparisons/{made['id']}").json["members"]
    for one in table:
        points = real.curve(one["run"], "val/loss")
        assert one["best"]["val/loss"]["value"] == min(value for _, value in points)
        assert one["best"]["val/accuracy"]["value"] == max(value for _, value in real.curve(one["run"], "val/accuracy"))


def recorded(real: Served, run: str, probe: str) -> list[int]:
    """Steps of the frames that are kept."""
    found: list[int] = real.call("GET", f"/api/runs/{run}/frames/recorded?probe={probe}").json["steps"]
    return found


def test_a_member_can_be_watched(real):
    made = endless(real)
    run = runs_of(made)[1]
    with real.stream() as socket:
        text(socket)
        subscribe(socket, run, probes=["weights", "gradients", "activations"])
        wait_until(lambda: len(recorded(real, run, "weights")) > 2, seconds=60)
    assert real.call("POST", f"/api/comparisons/{made['id']}/stop").status == 200


def test_pause_and_steps_are_for_all(real):
    made = endless(real)
    first, *others = runs_of(made)
    real.wait_for(first, lambda view: view["step"] > 5)
    assert real.call("POST", f"/api/runs/{first}/pause").status == 200
    step = real.view(first)["step"]
    for run in others:
        assert real.wait_status(run, "paused")["step"] == step
    assert real.call("POST", f"/api/runs/{others[0]}/step?count=3").json["step"] == step + 3
    assert [real.wait_for(run, lambda view: view["step"] == step + 3)["status"] for run in runs_of(made)] == [
        "paused"
    ] * 3
    assert real.call("POST", f"/api/runs/{first}/resume").status == 200
    for run in runs_of(made):
        real.wait_for(run, lambda view: view["status"] == "running" and view["step"] > step + 3)
    refused = real.call("PATCH", f"/api/runs/{first}", {"optimizer": {"lr": 0.5}})
    assert refused.status == 422
    assert "lockstep" in refused.json["detail"]
    real.call("POST", f"/api/comparisons/{made['id']}/stop")


def test_a_member_that_is_stopped_goes_on_alone_when_resumed(real):
    made = endless(real)
    first, *others = runs_of(made)
    real.wait_for(first, lambda view: view["step"] > 5)
    stopped = real.call("POST", f"/api/runs/{first}/stop").json
    assert stopped["status"] == "stopped"
    assert (
        checkpoint.step_of(checkpoint.checkpoints(real.data_dir / "runs" / first / "checkpoints")[0]) == stopped["step"]
    )
    real.wait_for(others[0], lambda view: view["status"] == "running" and view["step"] > stopped["step"] + 5)
    assert real.call("POST", f"/api/runs/{first}/resume").status == 200
    real.wait_for(first, lambda view: view["status"] == "running" and view["step"] > stopped["step"] + 5)
    assert real.call("PATCH", f"/api/runs/{first}", {"optimizer": {"lr": 0.5}}).status == 200
    real.call("POST", f"/api/comparisons/{made['id']}/stop")


def test_a_member_can_be_deleted_while_the_others_go_on(real):
    made = endless(real)
    first, second, _ = runs_of(made)
    real.wait_for(first, lambda view: view["step"] > 5)
    assert real.call("DELETE", f"/api/runs/{first}").status == 204
    step = real.view(second)["step"]
    real.wait_for(second, lambda view: view["status"] == "running" and view["step"] > step)
    assert real.call("DELETE", f"/api/comparisons/{made['id']}").status == 204
    assert not (real.data_dir / "runs" / second).exists()


def test_one_that_diverges_leaves_the_others_alone(real):
    made = create(
        real,
        {"optimizer.lr": [0.1, 1e6, 0.2]},
        graph=[{"kind": "linear", "out_features": 8}, {"kind": "relu"}, {"kind": "linear", "out_features": 2}],
    )
    first, bad, last = runs_of(made)
    view = real.wait_status(bad, "diverged")
    assert f"at step {view['step']}" in view["reason"]
    assert [real.wait_status(run, "completed")["step"] for run in (first, last)] == [60, 60]
    alone = real.create({**base(), "graph": view["spec"]["graph"], "optimizer": view["spec"]["optimizer"]})
    assert real.wait_status(alone, "diverged")["step"] == view["step"]


def test_a_killed_worker_is_told_of_by_every_member(real):
    made = endless(real)
    for run in runs_of(made):
        real.wait_for(run, lambda view: view["step"] > 5)
    wait_until(lambda: len(workers_of(real)) == 1)  # those of former tests may still be on their way out
    (pid,) = workers_of(real)
    os.kill(pid, signal.SIGKILL)
    for run in runs_of(made):
        assert "killed (signal 9)" in real.wait_status(run, "failed")["reason"]
    assert {one["status"] for one in real.call("GET", f"/api/comparisons/{made['id']}").json["members"]} == {"failed"}


def test_what_cannot_be_batched_is_trained_alone_and_said(real):
    graph = [GRAPH[0], {"kind": "dropout", "id": "drop", "p": 0.2}, GRAPH[2]]
    made = create(real, {"optimizer.lr": [0.1, 0.2]}, steps=5, graph=graph)
    assert [one["group"] for one in made["members"]] == [None, None]
    assert made["warnings"] == [
        "drop draws random numbers, which lockstep does not: members 1, 2 are trained on their own."
    ]
    for run in runs_of(made):
        real.wait_status(run, "completed")


def test_networks_that_differ_make_groups_of_their_own(real):
    made = create(real, {"graph.0.out_features": [4, 8], "optimizer.lr": [0.1, 0.2]}, steps=5)
    assert [one["group"] for one in made["members"]] == [1, 1, 2, 2]
    for run in runs_of(made):
        real.wait_status(run, "completed")


def test_after_a_restart_each_member_can_be_resumed(tmp_path):
    settings = Settings(port=0, data_dir=tmp_path)
    with serving(settings, LocalExecutor) as server:
        made = endless(server)
        for run in runs_of(made):
            server.wait_for(run, lambda view: view["step"] > 5)
    with serving(settings, LocalExecutor) as server:
        for run in runs_of(made):
            view = server.view(run)
            assert (view["status"], view["resumable"], view["comparison"]) == ("interrupted", True, made["id"])
        again = server.call("POST", f"/api/comparisons/{made['id']}/resume").json
        assert {one["status"] for one in again["members"]} == {"running"}
        for run in runs_of(made):
            step = server.view(run)["step"]
            server.wait_for(run, lambda view, step=step: view["step"] > step + 3)
