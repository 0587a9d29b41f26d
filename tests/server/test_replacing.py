"""A run that takes the place of another one: the old one ends, or goes on when the new one is refused."""

from collections.abc import Iterator

import pytest
from layerlab.runs.executor import LocalExecutor
from layerlab.settings import Settings

from tests.server.served import Served, serving
from tests.server.specs import digits_spec

LONG = 1_000_000


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(Settings(data_dir=tmp_path_factory.mktemp("data"), port=0), LocalExecutor) as running:
        yield running


def training(real) -> str:
    run = real.create(digits_spec(steps=LONG))
    real.wait_for(run, lambda view: view["step"] > 3)
    return run


def test_the_old_run_ends_and_the_new_one_trains(real):
    old = training(real)
    new = real.create(digits_spec(steps=LONG), f"?replaces={old}")
    ended = real.wait_status(old, "stopped")
    assert ended["reason"] == "Stopped: another run took its place."
    assert ended["resumable"]
    real.wait_for(new, lambda view: view["step"] > 3)
    real.call("POST", f"/api/runs/{new}/stop")


def test_the_old_run_goes_on_when_the_new_one_is_refused(real):
    old = training(real)
    broken = {**digits_spec(steps=LONG), "graph": [{"kind": "unknown_thing"}]}
    told = real.call("POST", f"/api/runs?lenient=true&replaces={old}", broken)
    assert told.status == 200
    assert not told.json["ok"]
    assert told.json["problems"][0]["path"] == "graph.0.kind"
    assert real.call("POST", f"/api/runs?replaces={old}", broken).status == 422
    before = real.view(old)["step"]
    assert real.wait_for(old, lambda view: view["step"] > before + 3)["status"] == "running"
    real.call("POST", f"/api/runs/{old}/stop")


def test_one_that_rests_ends_too(real):
    old = training(real)
    real.call("POST", f"/api/runs/{old}/pause")
    new = real.create(digits_spec(steps=LONG), f"?start=false&replaces={old}")
    real.wait_status(old, "stopped")
    assert real.view(new)["status"] == "paused"
    real.call("POST", f"/api/runs/{new}/stop")


def test_what_is_not_there_is_replaced_by_nothing(real):
    new = real.create(digits_spec(steps=5), "?replaces=nothing")
    assert real.wait_status(new, "completed")["step"] == 5
