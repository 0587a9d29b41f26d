"""The preview of a schedule and the range test by REST, with real workers."""

from collections.abc import Iterator

import pytest
from layerlab.runs.executor import LocalExecutor
from layerlab.settings import Settings

from tests.server.served import Served, serving
from tests.server.specs import Spec


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = Settings(port=0, data_dir=tmp_path_factory.mktemp("data"), answer_seconds=60)
    with serving(settings, LocalExecutor) as served:
        yield served


def spec(**parts) -> Spec:
    graph = [{"kind": "flatten"}, {"kind": "linear", "out_features": 32}, {"kind": "relu"}]
    body = {
        "name": "Mine",
        "data": {"dataset": "digits"},
        "graph": [*graph, {"kind": "linear", "out_features": 10}],
        "optimizer": {"kind": "sgd", "lr": 0.05, "momentum": 0.9},
        "training": {"epochs": 2},
    }
    return body | parts


def test_the_preview_is_what_the_run_records(real):
    body = spec(schedule={"kind": "one_cycle"})
    asked = {name: body[name] for name in ("data", "optimizer", "schedule", "training")}
    answer = real.call("POST", "/api/schedules/preview", asked)
    assert answer.status == 200, answer.body
    shown = answer.json
    run = real.create(body)
    view = real.wait_status(run, "completed")
    assert (view["num_steps"], view["steps_per_epoch"]) == (shown["num_steps"], shown["steps_per_epoch"])
    assert real.curve(run, "optimizer/lr") == list(zip(shown["steps"], shown["rates"], strict=True))


def test_a_preview_with_a_mistake_names_its_place(real):
    asked = {"data": {"dataset": "digits"}, "schedule": {"kind": "cosine_restarts", "T_0": 0}}
    answer = real.call("POST", "/api/schedules/preview", asked)
    assert answer.status == 422
    (problem,) = answer.json["errors"]
    assert (problem["path"], problem["field"]) == ("schedule.T_0", "T_0")
    assert real.call("POST", "/api/schedules/preview", {"schedule": {"kind": "constant"}}).status == 422


def test_a_range_test_suggests_a_rate_that_trains(real):
    answer = real.call("POST", "/api/runs/range_test?num_steps=120&min_lr=1e-5&max_lr=100", spec(tags=["a"]))
    assert answer.status == 201, answer.body
    run = answer.json["id"]
    assert answer.json["name"] == "Range test of Mine"
    assert answer.json["tags"] == ["a", "range test"]
    assert answer.json["num_steps"] == 120
    real.wait_status(run, "completed", "diverged")
    rates = real.curve(run, "optimizer/lr")
    assert rates[0][1] == pytest.approx(1e-5)
    found = real.call("GET", f"/api/runs/{run}/suggested_rate").json
    assert 1e-3 < found["rate"] < 1
    assert found["burst_at"] > found["rate"]
    assert found["curve"]["rates"] == [rate for _, rate in rates[: len(found["curve"]["rates"])]]
    assert found["curve"]["losses"][0] == dict(real.curve(run))[1]
    trained = real.create(spec(optimizer={"kind": "sgd", "lr": found["rate"], "momentum": 0.9}))
    assert real.wait_status(trained, "completed")["latest"]["val/accuracy"] > 0.85


def test_a_run_that_is_no_range_test_has_no_suggestion(real):
    run = real.create(spec(training={"max_steps": 1}))
    answer = real.call("GET", f"/api/runs/{run}/suggested_rate")
    assert (answer.status, answer.json["code"]) == (409, "no_range_test")
    assert "/api/runs/range_test" in answer.json["errors"][0]["hint"]
    assert real.call("GET", "/api/runs/nobody/suggested_rate").status == 404


def test_too_few_steps_are_told(real):
    run = real.create(spec(schedule={"kind": "range_test"}, training={"max_steps": 5}))
    real.wait_status(run, "completed")
    answer = real.call("GET", f"/api/runs/{run}/suggested_rate")
    assert (answer.status, answer.json["code"]) == (409, "too_few_points")
    assert answer.json["detail"] == "The test has 5 steps so far, and a suggestion needs 20."


def test_a_range_test_with_a_mistake_names_its_place(real):
    answer = real.call("POST", "/api/runs/range_test", spec(optimizer={"kind": "sgd", "lr": -1}))
    assert [problem["path"] for problem in answer.json["errors"]] == ["optimizer.lr"]
    answer = real.call("POST", "/api/runs/range_test?min_lr=1&max_lr=0.1", spec())
    assert [problem["path"] for problem in answer.json["errors"]] == ["schedule.max_lr"]
    assert real.call("POST", "/api/runs/range_test?num_steps=3", spec()).status == 422


def test_a_repeated_range_test_with_one_key_makes_one_run(real):
    path, key = "/api/runs/range_test?num_steps=20", {"Idempotency_Key": "test-1"}
    first, second = (real.call("POST", path, spec(), **key) for _ in range(2))
    assert first.json["id"] == second.json["id"]
    assert real.call("POST", "/api/runs/range_test?num_steps=30", spec(), **key).json["code"] == "idempotency_key_used"


def test_full_batches_are_planned_right_from_the_start(real):
    run = real.create(spec(optimizer={"kind": "lbfgs", "max_iter": 3}, training={"epochs": 4}), "?start=false")
    view = real.view(run)
    assert (view["num_steps"], view["steps_per_epoch"]) == (4, 1)
    real.call("POST", f"/api/runs/{run}/resume")
    view = real.wait_status(run, "completed")
    assert (view["step"], view["epoch"]) == (4, 4.0)
