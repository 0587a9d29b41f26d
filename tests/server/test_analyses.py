"""Analyses by REST, with real children: computed once, streamed, cancelled, and never noticed by the run."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ormsgpack
import pytest
from layerlab.runs.executor import LocalExecutor
from layerlab.settings import Settings
from layerlab_schemas.frames import Frame

from tests.server.served import Served, serving, subscribe
from tests.server.specs import digits_spec

QUICK = {"over": "line", "resolution": 5, "num_samples": 64}
LONG = {"over": "plane", "resolution": 101, "num_samples": 20_000}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = Settings(port=0, data_dir=tmp_path_factory.mktemp("data"), max_analysts=1)
    with serving(settings, LocalExecutor) as served:
        yield served


@pytest.fixture(scope="module")
def done(real: Served) -> str:
    run = real.create(digits_spec(steps=30))
    real.wait_status(run, "completed")
    return run


def ask(server: Served, run: str, params: dict[str, Any], query: str = "", **fields: Any) -> dict[str, Any]:
    body = {"kind": "loss_landscape", "params": params, **fields}
    answer = server.call("POST", f"/api/runs/{run}/analyses{query}", body)
    assert answer.status in (200, 202), answer.body
    found: dict[str, Any] = answer.json
    assert (answer.status == 200) == (found["status"] == "done")
    assert answer.headers["location"].endswith(found["id"])
    return found


def wait_over(server: Served, run: str, analysis: str, *statuses: str) -> dict[str, Any]:
    until = time.monotonic() + 60
    while (view := server.call("GET", f"/api/runs/{run}/analyses/{analysis}?wait=5").json)["status"] not in statuses:
        assert time.monotonic() < until, view
    return dict(view)


def done_of(server: Served, run: str, params: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """What was asked for, once it is done."""
    return wait_over(server, run, ask(server, run, params, **fields)["id"], "done")


def test_a_frame_is_computed_kept_and_streamed(real, done):
    with real.stream() as socket:
        subscribe(socket, done, probes=["loss_landscape"])
        view = ask(real, done, QUICK)
        view = wait_over(real, done, view["id"], "done")
        message: Any = None
        while not isinstance(message, bytes):
            message = socket.recv(timeout=20)
    assert (view["step"], view["progress"], view["reason"]) == (30, 1.0, None)
    assert view["seconds"] > 0
    assert view["params"] == {**QUICK, "directions": "random", "extent": 1.0, "split": "train", "seed": 0}
    streamed = ormsgpack.unpackb(message)
    assert (streamed["probe"], streamed["step"]) == ("loss_landscape", 30)
    by_id = real.call("GET", f"/api/runs/{done}/analyses/{view['id']}/frame").json
    assert by_id == real.call("GET", f"/api/runs/{done}/frames?probe=loss_landscape").json
    assert Frame.model_validate(by_id).params == view["params"]
    packed = real.call("GET", f"/api/runs/{done}/analyses/{view['id']}/frame", Accept="application/x-msgpack")
    assert packed.body == streamed["body"]


def test_equal_requests_share_one_computation(real, done):
    first = ask(real, done, LONG)
    again = ask(real, done, {**LONG, "seed": 0, "extent": 1})
    other = ask(real, done, {**LONG, "seed": 1})
    assert again["id"] == first["id"] != other["id"]
    listed = real.call("GET", f"/api/runs/{done}/analyses").json["analyses"]
    assert [one["id"] for one in listed][:2] == [other["id"], first["id"]]
    for view in (other, first):
        assert real.call("DELETE", f"/api/runs/{done}/analyses/{view['id']}").status == 204
        found = wait_over(real, done, view["id"], "cancelled")
        assert found["reason"] == "It was cancelled."
    refused = real.call("GET", f"/api/runs/{done}/analyses/{first['id']}/frame")
    assert (refused.status, refused.json["code"]) == (409, "no_frame_yet")
    assert ask(real, done, LONG)["id"] != first["id"]  # what was cancelled is computed anew
    real.call("DELETE", f"/api/runs/{done}/analyses/{ask(real, done, LONG)['id']}")


def test_progress_is_told(real, done):
    view = ask(real, done, LONG)
    until = time.monotonic() + 60
    while not (seen := real.call("GET", f"/api/runs/{done}/analyses/{view['id']}").json)["progress"]:
        assert time.monotonic() < until
    assert seen["status"] == "running"
    assert 0 < seen["progress"] < 1
    real.call("DELETE", f"/api/runs/{done}/analyses/{view['id']}")


def test_a_state_at_or_before_a_step_and_the_run_built_anew(real):
    run = real.create(digits_spec(steps=6))
    real.wait_status(run, "completed")
    assert done_of(real, run, QUICK)["step"] == 6
    assert done_of(real, run, QUICK, at_step=5)["step"] == 0
    by_step = [real.call("GET", f"/api/runs/{run}/frames?probe=loss_landscape&step={step}").json for step in (0, 6)]
    assert [frame["step"] for frame in by_step] == [0, 6]
    assert by_step[0]["items"] != by_step[1]["items"]


@pytest.mark.parametrize(
    ("body", "status", "code", "path"),
    [
        ({"kind": "los_landscape"}, 422, "unknown_kind", ""),
        ({"kind": "loss_landscape", "params": {"resolution": 2}}, 422, "invalid_spec", "params.resolution"),
        ({"kind": "loss_landscape", "params": {"size": 2}}, 422, "invalid_spec", "params.size"),
        ({"kind": "loss_landscape", "at_step": -1}, 422, "invalid_request", "at_step"),
    ],
)
def test_what_cannot_be_asked(real, done, body, status, code, path):
    answer = real.call("POST", f"/api/runs/{done}/analyses", body)
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.json["errors"][0]["path"] == path


def test_what_turns_out_to_be_impossible_fails_in_words(real):
    run = real.create(digits_spec(steps=0))
    real.wait_status(run, "completed")
    view = ask(real, run, {**QUICK, "directions": "start"})
    view = wait_over(real, run, view["id"], "failed")
    assert (view["status"], view["reason"]) == (
        "failed",
        "No earlier weights of this run are kept. Choose random, or train on first.",
    )


def test_nothing_there(real, done):
    for path in ("/api/runs/nobody/analyses", "/api/runs/nobody/analyses/a1"):
        assert real.call("GET", path).json["code"] == "run_not_found"
    answer = real.call("GET", f"/api/runs/{done}/analyses/a1")
    assert (answer.status, answer.json["code"]) == (404, "analysis_not_found")
    assert answer.json["detail"].startswith("There is no analysis called a1.")


def test_too_many_wait(real, done):
    views = [ask(real, done, {**LONG, "seed": seed}) for seed in range(8)]
    answer = real.call("POST", f"/api/runs/{done}/analyses", {"kind": "loss_landscape", "params": {**LONG, "seed": 8}})
    assert (answer.status, answer.json["code"]) == (429, "too_many_runs")
    for view in views:
        real.call("DELETE", f"/api/runs/{done}/analyses/{view['id']}")


def children_of(pid: int) -> dict[int, str]:
    """Children of a process, with their names."""
    pids = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child): Path(f"/proc/{child}/comm").read_text().strip() for child in pids}


def analysts(server: Served) -> list[int]:
    zygote = server.executor.zygote_pid  # type: ignore[attr-defined]
    return [pid for pid, name in children_of(zygote).items() if name.startswith("layerlab-analys")]


def test_a_killed_analyst_is_a_sentence_and_nothing_else(real, done):
    view = ask(real, done, LONG)
    until = time.monotonic() + 60
    while real.call("GET", f"/api/runs/{done}/analyses/{view['id']}").json["status"] != "running":
        assert time.monotonic() < until
    # Its process may still be on the way, and one of a former test not yet gone.
    while real.call("GET", f"/api/runs/{done}/analyses/{view['id']}").json["status"] == "running":
        assert time.monotonic() < until
        for pid in analysts(real):
            os.kill(pid, signal.SIGKILL)
    view = wait_over(real, done, view["id"], "failed")
    assert view["reason"] == (
        "The process that made the analysis was killed (signal 9), most often because memory ran out. "
        "Ask again, or ask for less."
    )
    assert done_of(real, done, {**QUICK, "seed": 5})["reason"] is None
    assert real.view(done)["status"] == "completed"


def test_one_process_at_most_and_the_idle_one_makes_room(real, done):
    other = real.create(digits_spec(steps=3))
    real.wait_status(other, "completed")
    done_of(real, done, {**QUICK, "seed": 6})
    (first,) = analysts(real)
    done_of(real, other, QUICK)
    until = time.monotonic() + 20
    while len(analysts(real)) != 1 or first in analysts(real):
        assert time.monotonic() < until
    real.call("DELETE", f"/api/runs/{other}")
    while analysts(real):
        assert time.monotonic() < until


def test_a_run_that_trains_does_not_notice(real):
    spec = digits_spec(steps=100_000)
    # In slow motion, so that it does not come far meanwhile; the speed changes no bit of a run.
    seen = real.create({**spec, "training": {**spec["training"], "max_steps_per_second": 50}})
    steps = set()
    while len(steps) < 3:
        steps.add(done_of(real, seen, {**QUICK, "seed": len(steps)})["step"])
        assert real.view(seen)["status"] == "running"
    last = real.call("POST", f"/api/runs/{seen}/pause").json["step"]
    alone = real.create(spec, "?start=false")
    assert real.call("POST", f"/api/runs/{alone}/step?count={last}").json["step"] == last > max(steps) > 0
    for name in ("train/loss", "val/loss"):
        assert real.curve(seen, name) == real.curve(alone, name)
    for run in (seen, alone):
        real.call("POST", f"/api/runs/{run}/stop")
