"""A run remembers which part of a set it was trained on: files that are fetched later change nothing in it."""

import pytest
from layerlab.runs.executor import LocalExecutor
from layerlab.settings import Settings

from tests.originals import NUM_TEST, NUM_TRAIN, write_idx_set
from tests.server.served import Served, serving

DENSE = [{"kind": "flatten"}, {"kind": "linear", "out_features": 10}]


@pytest.fixture
def real(tmp_path):
    """A server to which only the test files of MNIST were brought."""
    settings = Settings(port=0, data_dir=tmp_path / "data", originals_dir=tmp_path / "originals", answer_seconds=60)
    write_idx_set(settings.originals_folder / "mnist", parts=("t10k",))
    told = {"LAYERLAB_ORIGINALS_DIR": str(settings.originals_folder)}
    with serving(settings, lambda: LocalExecutor(environment=told)) as served:
        yield served


def spec(**params: object) -> dict:
    data = {"dataset": "mnist", "batch_size": 4, "params": params}
    return {"data": data, "graph": DENSE, "training": {"max_steps": 6}}


def looked_at(real: Served, run: str, part: str) -> list[dict]:
    """Some samples of a part, asked for as the page does under the lamp."""
    data = real.view(run)["spec"]["data"]
    body = {"data": data, "seed": 0, "part": part, "indices": [0, 3]}
    answer = real.call("POST", "/api/datasets/preview", body)
    assert answer.status == 200, answer.json
    return answer.json["samples"] + answer.json["validation"]


def num_samples(real: Served, run: str) -> int:
    data = real.view(run)["check"]["data"]
    return data["num_train"] + data["num_validation"]


def test_an_old_run_is_looked_at_and_gone_on_with_as_it_was(real, tmp_path):
    run = real.create(spec(), "?start=false")
    asked = real.create(spec(part="auto", samples=20), "?start=false")
    before = {part: looked_at(real, run, part) for part in ("train", "validation")}
    assert real.view(run)["spec"]["data"]["params"] == {"part": "test"}
    assert real.view(asked)["spec"]["data"]["params"] == {"part": "test", "samples": 20}

    write_idx_set(tmp_path / "originals" / "mnist", parts=("train",), seed=3)
    assert {part: looked_at(real, run, part) for part in ("train", "validation")} == before
    assert real.call("POST", f"/api/runs/{run}/resume").status == 200
    assert real.wait_status(run, "completed")["step"] == 6
    fork = real.call("POST", f"/api/runs/{run}/fork", {"at_step": 0}).json
    assert fork["spec"]["data"]["params"] == {"part": "test"}
    assert num_samples(real, fork["id"]) == num_samples(real, run) == NUM_TEST

    new = real.create(spec())
    assert real.view(new)["spec"]["data"]["params"] == {"part": "both"}
    assert num_samples(real, new) == NUM_TRAIN + NUM_TEST
    assert looked_at(real, new, "train") != before["train"]


def test_so_do_the_members_of_a_comparison(real):
    body = {"base": spec(), "vary": {"init.scheme": ["zeros", "kaiming_normal"]}}
    answer = real.call("POST", "/api/comparisons", body)
    assert answer.status == 201, answer.json
    members = [real.view(one["run"]) for one in answer.json["members"]]
    assert [one["spec"]["data"]["params"] for one in members] == [{"part": "test"}] * 2
