"""The life of a run by REST: made, queued, controlled, changed, listed, deleted, and how it ends."""

import os
import signal
import time
from typing import Any

import ormsgpack
import pytest
from layerlab.settings import Settings

from tests.server.served import serving
from tests.server.specs import stand_in_spec
from tests.server.stand_in import StandInExecutor


def test_a_run_is_made_and_completes(server):
    answer = server.call("POST", "/api/runs", stand_in_spec(steps=30))
    assert answer.status == 201
    assert answer.headers["location"] == f"/api/runs/{answer.json['id']}"
    assert answer.json["num_steps"] == 30
    view = server.wait_status(answer.json["id"], "completed")
    assert (view["step"], view["latest"]["train/loss"]) == (30, 1 / 30)
    assert view["started"] <= view["ended"]
    assert view["device"] == "cpu"
    assert server.curve(view["id"]) == [(step, 1 / step) for step in range(1, 31)]


def test_a_spec_with_problems_is_refused(server):
    before = server.call("GET", "/api/runs").json["total"]
    answer = server.call("POST", "/api/runs", {**stand_in_spec(), "graph": [{"kind": "unknown_thing"}]})
    assert (answer.status, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json["errors"][0]["path"] == "graph.0.kind"
    assert answer.json["detail"] == "There is no layer called unknown_thing."
    assert server.call("GET", "/api/runs").json["total"] == before


def test_pause_step_resume_stop(server):
    run = server.create(stand_in_spec(steps=100_000, speed=200))
    server.wait_for(run, lambda view: view["step"] >= 10)
    paused = server.call("POST", f"/api/runs/{run}/pause").json
    assert paused["status"] == "paused"
    assert server.curve(run)[-1][0] == paused["step"]
    stepped = server.call("POST", f"/api/runs/{run}/step?count=3").json
    assert stepped["step"] == paused["step"] + 3
    assert server.curve(run)[-1][0] == stepped["step"]
    assert server.call("POST", f"/api/runs/{run}/resume").json["status"] == "running"
    refused = server.call("POST", f"/api/runs/{run}/step")
    assert refused.status == 409
    assert refused.json["detail"] == "The run is not paused. Pause it first, then take single steps."
    stopped = server.call("POST", f"/api/runs/{run}/stop").json
    assert stopped["status"] == "stopped"
    assert stopped["resumable"]
    steps = [step for step, _ in server.curve(run)]
    assert steps == list(range(1, stopped["step"] + 1))


def test_a_stopped_run_goes_on_without_a_gap(server):
    run = server.create(stand_in_spec(steps=100_000, speed=300))
    server.wait_for(run, lambda view: view["step"] >= 10)
    stopped = server.call("POST", f"/api/runs/{run}/stop").json
    assert stopped["status"] == "stopped"
    assert server.call("POST", f"/api/runs/{run}/resume").json["status"] == "running"
    server.wait_for(run, lambda view: view["step"] >= stopped["step"] + 50)
    last = server.call("POST", f"/api/runs/{run}/stop").json["step"]
    assert server.curve(run) == [(step, 1 / step) for step in range(1, last + 1)]


def test_made_paused(server):
    run = server.create(stand_in_spec(steps=20), "?start=false")
    view = server.view(run)
    assert (view["status"], view["step"]) == ("paused", 0)
    assert server.call("POST", f"/api/runs/{run}/step").json["step"] == 1
    server.call("POST", f"/api/runs/{run}/resume")
    assert server.wait_status(run, "completed")["step"] == 20


def test_a_completed_run_refuses_in_full_sentences(server):
    run = server.create(stand_in_spec(steps=1))
    server.wait_status(run, "completed")
    said = {word: server.call("POST", f"/api/runs/{run}/{word}") for word in ("pause", "resume", "step")}
    assert {word: answer.status for word, answer in said.items()} == dict.fromkeys(said, 409)
    assert said["pause"].json["detail"] == "The run is complete, so there is nothing to pause."
    assert all(answer.json["detail"].endswith(".") for answer in said.values())


def test_to_stop_a_run_that_has_ended_by_itself_is_no_mistake(server):
    run = server.create(stand_in_spec(steps=1))
    server.wait_status(run, "completed")
    answer = server.call("POST", f"/api/runs/{run}/stop")
    assert (answer.status, answer.json["status"]) == (200, "completed")


def test_the_same_key_makes_one_run(server):
    spec = stand_in_spec(steps=5)
    first = server.call("POST", "/api/runs", spec, Idempotency_Key="key-1")
    again = server.call("POST", "/api/runs", spec, Idempotency_Key="key-1")
    other = server.call("POST", "/api/runs", stand_in_spec(steps=6), Idempotency_Key="key-1")
    assert (first.status, again.status, other.status) == (201, 201, 422)
    assert again.json["id"] == first.json["id"]
    assert other.json["code"] == "idempotency_key_used"


def test_a_live_change_is_an_event_and_in_the_spec(server):
    run = server.create(stand_in_spec(steps=100_000, speed=100, optimizer={"kind": "sgd", "lr": 0.1}))
    view = server.call("PATCH", f"/api/runs/{run}", {"optimizer": {"lr": 0.05}}).json
    assert view["spec"]["optimizer"] == {"kind": "sgd", "lr": 0.05}
    with server.stream() as socket:
        from tests.server.served import subscribe, text

        text(socket)
        subscribe(socket, run, from_seq=None)
        events = text(socket)["events"]
    assert [(event["path"], event["after"]) for event in events if event["kind"] == "change"] == [
        ("optimizer.lr", 0.05)
    ]
    server.call("POST", f"/api/runs/{run}/stop")
    refused = server.call("PATCH", f"/api/runs/{run}", {"optimizer": {"lr": 0.01}})
    assert (refused.status, refused.json["detail"]) == (
        409,
        "The run was stopped, so only its name and tags can change.",
    )
    renamed = server.call("PATCH", f"/api/runs/{run}", {"name": "Better", "tags": ["a"]}).json
    assert (renamed["name"], renamed["tags"], renamed["spec"]["name"]) == ("Better", ["a"], "Better")


def test_a_stale_write_is_refused(server):
    run = server.create(stand_in_spec(steps=1))
    server.wait_status(run, "completed")
    etag = server.call("GET", f"/api/runs/{run}").headers["etag"]
    assert server.call("PATCH", f"/api/runs/{run}", {"name": "mine"}, If_Match=etag).status == 200
    assert server.call("PATCH", f"/api/runs/{run}", {"name": "theirs"}, If_Match=etag).status == 412
    assert server.view(run)["name"] == "mine"


def test_listing(server):
    runs = [server.create(stand_in_spec(f"listed {number}", steps=1, tags=[f"t{number}"])) for number in range(3)]
    for run in runs:
        server.wait_status(run, "completed")
    found = server.call("GET", "/api/runs?name=listed&sort=name&order=asc").json
    assert ([view["id"] for view in found["runs"]], found["total"]) == (runs, 3)
    page = server.call("GET", "/api/runs?name=listed&limit=1&offset=1").json
    assert ([view["id"] for view in page["runs"]], page["total"]) == ([runs[1]], 3)
    assert server.call("GET", "/api/runs?tag=t2").json["runs"][0]["id"] == runs[2]
    assert server.call("GET", "/api/runs?name=listed&status=running").json["total"] == 0
    assert server.call("GET", "/api/runs?name=li%25ed").json["total"] == 0


def test_deleting_ends_the_worker_and_takes_the_files(server):
    run = server.create(stand_in_spec(steps=100_000, speed=200))
    server.wait_for(run, lambda view: view["step"] >= 10)
    worker = server.executor.workers[-1]
    folder = server.data_dir / "runs" / run
    assert folder.exists()
    assert server.call("DELETE", f"/api/runs/{run}").status == 204
    assert not folder.exists()
    assert server.call("GET", f"/api/runs/{run}").status == 404
    assert server.call("DELETE", f"/api/runs/{run}").status == 404
    assert _is_gone(worker)


def _is_gone(pid: int) -> bool:
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_a_killed_worker_fails_with_a_reason_and_others_go_on(server):
    other = server.create(stand_in_spec(steps=100_000, speed=200))
    run = server.create(stand_in_spec(steps=100_000, speed=200))
    server.wait_for(run, lambda view: view["step"] >= 20)
    os.kill(server.executor.workers[-1], signal.SIGKILL)
    killed = time.monotonic()
    view = server.wait_status(run, "failed", seconds=10)
    assert time.monotonic() - killed < 2.0  # P3
    assert view["reason"] == "The worker was killed (signal 9), most often because memory ran out."
    before = server.view(other)["step"]
    server.wait_for(other, lambda view: view["step"] > before)
    assert server.call("POST", f"/api/runs/{run}/resume").json["status"] == "running"
    server.wait_for(run, lambda view: view["step"] >= 60)
    for each in (run, other):
        server.call("POST", f"/api/runs/{each}/stop")
    curve = server.curve(run)
    assert curve == [(step, 1 / step) for step in range(1, len(curve) + 1)]


def test_divergence_keeps_what_it_has(server):
    run = server.create(stand_in_spec("diverge at 5", steps=20))
    view = server.wait_status(run, "diverged")
    assert (view["step"], view["reason"]) == (5, "NaN.")
    series = server.call("GET", f"/api/runs/{run}/scalars").json["scalars"]["train/loss"]
    assert series["values"] == [1, 1 / 2, 1 / 3, 1 / 4, None]
    assert series["non_finite"] == {"5": "nan"}
    rows = server.call("GET", f"/api/runs/{run}/scalars?format=csv").body.decode().splitlines()
    assert (rows[0], rows[-1]) == ("step,train/loss", "5,nan")


def test_a_stretch_of_a_curve_is_told_alone(server):
    run = server.create(stand_in_spec(steps=60))
    server.wait_status(run, "completed")
    path = f"/api/runs/{run}/scalars"

    def told(query: str) -> dict[str, Any]:
        series: dict[str, Any] = server.call("GET", f"{path}?{query}").json["scalars"]["train/loss"]
        return series

    whole = told("")
    assert (whole["steps"], whole["thinned_from"]) == (list(range(1, 61)), None)
    part = told("from_step=20&to_step=30")
    assert (part["steps"], part["values"]) == (whole["steps"][18:31], whole["values"][18:31])
    assert told("from_step=50")["steps"] == whole["steps"][48:]
    assert told("to_step=10")["steps"] == whole["steps"][:11]
    thinned = told("from_step=20&to_step=30&max_points=5")
    assert (len(thinned["steps"]), thinned["thinned_from"]) == (5, 13)
    assert (thinned["steps"][0], thinned["steps"][-1]) == (19, 31)
    rows = server.call("GET", f"{path}?format=csv&from_step=20&to_step=30").body.decode().splitlines()
    assert [row.split(",")[0] for row in rows] == ["step", *map(str, range(19, 32))]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from_step=31&to_step=30", "empty_stretch"),
        ("from_step=-1", "invalid_request"),
        ("to_step=x", "invalid_request"),
    ],
)
def test_a_stretch_that_is_none_is_refused(server, query, code):
    run = server.create(stand_in_spec(steps=1))
    answer = server.call("GET", f"/api/runs/{run}/scalars?{query}")
    assert (answer.status, answer.json["code"]) == (422, code)
    assert answer.json["errors"][0]["path"] == query.split("=")[0]


def test_a_run_that_cannot_be_built_fails_with_the_reason(server):
    run = server.create(stand_in_spec("cannot be built"))
    assert server.wait_status(run, "failed")["reason"] == "It cannot be built."


def test_a_hanging_worker_is_noticed(tmp_path):
    settings = Settings(port=0, data_dir=tmp_path, hang_seconds=2)
    with serving(settings, StandInExecutor) as server:
        run = server.create(stand_in_spec("hang at 15", steps=100))
        view = server.wait_status(run, "failed", seconds=15)
        assert view["reason"] == "The worker gave no sign of life for 2 seconds, so it was ended."
        assert view["resumable"]
        assert _is_gone(server.executor.workers[-1])


def test_the_queue(tmp_path):
    settings = Settings(port=0, data_dir=tmp_path, max_running=1, max_waiting=3)
    with serving(settings, StandInExecutor) as server:
        runs = [server.create(stand_in_spec(steps=100_000, speed=100)) for _ in range(4)]
        reasons = [server.view(run)["reason"] for run in runs]
        assert reasons == [None, "First in the queue.", "Second in the queue.", "Third in the queue."]
        refused = server.call("POST", "/api/runs", stand_in_spec())
        assert (refused.status, refused.json["code"]) == (429, "too_many_runs")
        health = server.call("GET", "/api/health").json
        assert (health["runs_running"], health["runs_queued"]) == (1, 3)
        assert server.call("POST", f"/api/runs/{runs[1]}/stop").json["status"] == "stopped"
        server.call("POST", f"/api/runs/{runs[0]}/pause")
        server.wait_status(runs[2], "running")
        server.wait_for(runs[3], lambda view: view["reason"] == "First in the queue.")
        queued = server.call("POST", f"/api/runs/{runs[0]}/resume").json
        assert (queued["status"], queued["reason"]) == ("queued", "Second in the queue.")
        for run in (runs[2], runs[3]):
            server.wait_status(run, "running")
            server.call("POST", f"/api/runs/{run}/stop")
        assert server.wait_status(runs[0], "running")["reason"] is None


PARTS = ["", "/scalars", "/frames?probe=weights", "/frames/recorded?probe=weights", "/recording"]


@pytest.mark.parametrize("path", PARTS)
def test_there_is_no_such_run(server, path):
    answer = server.call("GET", f"/api/runs/nobody{path}")
    assert (answer.status, answer.json["code"]) == (404, "run_not_found")


def test_frames(server):
    run = server.create(stand_in_spec(steps=25))
    server.wait_status(run, "completed")
    assert server.call("GET", f"/api/runs/{run}/frames?probe=weights").json["step"] == 20
    old = server.call("GET", f"/api/runs/{run}/frames?probe=weights&step=19").json
    assert (old["step"], old["items"][0]["counts"]) == (10, [[0.0, 0.0], [0.0, 0.0]])
    for lacking in ("probe=filters", "probe=filters&step=20"):
        answer = server.call("GET", f"/api/runs/{run}/frames?{lacking}")
        assert (answer.status, answer.body) == (204, b"")
    listed = server.call("GET", f"/api/runs/{run}/frames/recorded?probe=weights&max=2").json
    assert (listed["steps"], [frame["step"] for frame in listed["frames"]]) == ([0, 10, 20], [0, 20])
    kept = server.call("GET", f"/api/runs/{run}/recording").json
    assert (kept["num_frames"], kept["most_bytes"], kept["most_frames"]) == (3, 100_000_000, 200)
    assert [(one["probe"], one["num_measured"], one["every"]) for one in kept["probes"]] == [("weights", 3, 1)]
    packed = server.call("GET", f"/api/runs/{run}/frames/recorded?probe=weights", Accept="application/x-msgpack")
    assert packed.headers["content-type"] == "application/x-msgpack"
    assert kept["bytes"] == sum(map(len, ormsgpack.unpackb(packed.body)))
