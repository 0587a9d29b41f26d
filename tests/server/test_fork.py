"""Forks of real runs by REST: exact when nothing changes, whole curves, and what is refused."""

from collections.abc import Iterator
from typing import Any

import ormsgpack
import pytest
import torch
from layerlab.runs.executor import LocalExecutor
from layerlab.settings import Settings
from layerlab.training import checkpoint

from tests.server.served import Answer, Served, serving, subscribe, text
from tests.server.specs import digits_spec


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = Settings(port=0, data_dir=tmp_path_factory.mktemp("data"))
    with serving(settings, LocalExecutor) as served:
        yield served


def steps(real: Served, run: str, count: int) -> None:
    assert real.call("POST", f"/api/runs/{run}/step?count={count}").status == 200


def fork(real: Served, run: str, query: str = "", **wish: Any) -> dict[str, Any]:
    answer = real.call("POST", f"/api/runs/{run}/fork{query}", wish)
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.json
    return found


def refusal(real: Served, run: str, **wish: Any) -> dict[str, Any]:
    answer = real.call("POST", f"/api/runs/{run}/fork", wish)
    assert answer.status in (409, 422), answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json
    return found


def tensors(real: Served, run: str) -> dict[str, torch.Tensor]:
    """All that the newest checkpoint of a run holds: weights, buffers, memory of the optimizer, generators."""
    state = checkpoint.load_newest(real.data_dir / "runs" / run / "checkpoints")
    assert state is not None
    return state.tensors


def assert_same_bits(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert value.numpy().tobytes() == other[name].numpy().tobytes(), name


@pytest.fixture(scope="module")
def parent(real: Served) -> str:
    """40 steps with dropout and batch norm; at step 15 another rate, p and L2; rests at 25 and at 40."""
    run = real.create(digits_spec(steps=200), "?start=false")
    steps(real, run, 15)
    change = {"optimizer": {"lr": 0.004}, "dropout": 0.6, "regularization": {"l2": 0.01}}
    assert real.call("PATCH", f"/api/runs/{run}", change).status == 200
    steps(real, run, 10)
    steps(real, run, 15)
    return run


def test_an_unchanged_fork_trains_on_as_its_parent_did(real, parent):
    child = fork(real, parent, "?start=false", at_step=25)
    assert (child["parent"], child["forked_at"], child["step"], child["status"]) == (parent, 25, 25, "paused")
    assert child["spec"]["optimizer"]["lr"] == 0.004
    assert child["spec"]["graph"][5]["p"] == 0.6
    assert child["latest"]["train/loss"] == dict(real.curve(parent))[25]
    steps(real, child["id"], 15)
    assert_same_bits(tensors(real, parent), tensors(real, child["id"]))
    for name in ("train/loss", "train/accuracy", "optimizer/lr"):
        assert real.curve(child["id"], name) == real.curve(parent, name), name


def listed(real: Served, run: str) -> list[dict[str, Any]]:
    """The checkpoints that a run can be forked from. A slow machine writes some between the rests as well."""
    found: list[dict[str, Any]] = real.call("GET", f"/api/runs/{run}/checkpoints").json["checkpoints"]
    return found


def test_a_fork_of_a_step_between_goes_on_from_the_checkpoint_before(real, parent):
    before = max(one["step"] for one in listed(real, parent) if one["step"] <= 39)
    assert 25 <= before < 39
    assert fork(real, parent, "?start=false", at_step=39)["forked_at"] == before


def test_what_its_parent_recorded_up_to_there_is_its_own(real, parent):
    child = fork(real, parent, "?start=false", at_step=25, name="Other")
    assert child["name"] == "Other"
    mine, theirs = (
        real.call("GET", f"/api/runs/{run}/frames/recorded?probe=weights&max=0").json["steps"]
        for run in (child["id"], parent)
    )
    assert mine[0] == 0
    assert mine == [step for step in theirs if step <= 25]
    one, other = (
        real.call("GET", f"/api/runs/{run}/frames?probe=weights&step={mine[-1]}").json for run in (child["id"], parent)
    )
    assert one == other
    assert [step for step, _ in real.curve(child["id"])] == list(range(1, 26))
    with real.stream() as socket:
        subscribe(socket, child["id"], probes=["weights"])
        while (told := text(socket))["type"] == "hello":
            pass
        while isinstance(frame := socket.recv(timeout=20), str):
            pass
    assert ormsgpack.unpackb(frame)["probe"] == "weights", "its viewers see at once what is recorded"
    assert told["type"] == "snapshot"
    events = [(event["step"], event["path"] or event["text"]) for event in told["events"]]
    number = real.view(parent)["number"]
    changed = [(15, path) for path in ("optimizer.lr", "regularization.l2", "dropout")]
    assert sorted(events) == sorted([*changed, (25, f"forked from run {number}")])


def test_a_fork_with_changes_goes_another_way_from_there(real, parent):
    changes = {"optimizer.lr": 0.1, "graph.5.p": 0.2, "data.batch_size": 32, "schedule": {"kind": "cosine"}}
    child = fork(real, parent, "?start=false", at_step=25, changes=changes)
    assert child["spec"]["data"]["batch_size"] == 32
    steps(real, child["id"], 1)
    rates = dict(real.curve(child["id"], "optimizer/lr"))
    assert rates[25] == 0.004
    assert rates[26] == pytest.approx(0.1, rel=0.1)
    assert dict(real.curve(child["id"]))[26] != dict(real.curve(parent))[26]


def test_a_run_that_trains_saves_first(real):
    run = real.create(digits_spec(steps=100_000))
    real.wait_for(run, lambda view: view["step"] > 20)
    child = fork(real, run, "?start=false")
    assert child["forked_at"] > 20
    assert real.view(run)["status"] == "running"
    assert [step for step, _ in real.curve(child["id"])] == list(range(1, child["forked_at"] + 1))
    real.call("POST", f"/api/runs/{run}/stop")


def test_another_optimizer_begins_with_an_empty_memory(real, parent):
    child = fork(real, parent, "?start=false", at_step=25, changes={"optimizer.kind": "sgd", "optimizer.momentum": 0.5})
    assert child["spec"]["optimizer"] == {"kind": "sgd", "momentum": 0.5}
    steps(real, child["id"], 2)
    assert any(name.endswith("momentum_buffer") for name in tensors(real, child["id"]))


def test_at_step_0_everything_may_change(real, parent):
    graph = [{"kind": "flatten"}, {"kind": "linear", "out_features": 10}]
    changes = {"graph": graph, "training.seed": 8, "training.max_steps": 3, "init.scheme": "zeros"}
    child = fork(real, parent, at_step=0, changes=changes)
    view = real.wait_status(child["id"], "completed")
    assert (view["parent"], view["forked_at"], view["step"]) == (parent, 0, 3)
    assert view["spec"]["optimizer"] == {"kind": "adam"}, "the change at step 15 came later"


def test_a_fork_of_a_fork_reaches_before_it_began(real, parent):
    child = fork(real, parent, "?start=false", at_step=40, changes={"optimizer.lr": 0.5})
    steps(real, child["id"], 2)
    found = listed(real, child["id"])
    owners = {one["step"]: one["run"] == parent for one in found}
    assert list(owners) == sorted(owners)
    assert {0: True, 15: True, 25: True, 40: False, 42: False}.items() <= owners.items()
    assert all(is_parents == (step < 40) for step, is_parents in owners.items())
    assert all(one["bytes"] > 1000 for one in found)
    grandchild = fork(real, child["id"], "?start=false", at_step=25)
    assert (grandchild["parent"], grandchild["forked_at"]) == (child["id"], 25)
    assert grandchild["spec"]["optimizer"]["lr"] == 0.004
    steps(real, grandchild["id"], 15)
    assert_same_bits(tensors(real, parent), tensors(real, grandchild["id"]))


def test_it_lives_on_when_its_parent_is_deleted_and_when_it_is_resumed(real):
    run = real.create(digits_spec(steps=100), "?start=false")
    steps(real, run, 10)
    child = fork(real, run, "?start=false", changes={"optimizer.lr": 0.02})["id"]
    assert real.call("DELETE", f"/api/runs/{run}").status == 204
    assert not (real.data_dir / "runs" / run).exists()
    steps(real, child, 5)
    real.call("POST", f"/api/runs/{child}/stop")
    real.call("POST", f"/api/runs/{child}/resume")
    view = real.wait_status(child, "completed")
    assert (view["step"], view["spec"]["optimizer"]["lr"]) == (100, 0.02)
    assert [step for step, _ in real.curve(child)] == list(range(1, 101))
    problem = refusal(real, child, at_step=5)
    assert "went with the run" in problem["detail"]
    assert "at step 0" in problem["detail"]


def test_weights_set_by_hand_at_that_step_are_set_in_the_fork(real):
    run = real.create(digits_spec(steps=100), "?start=false")
    steps(real, run, 5)
    node = real.view(run)["check"]["nodes"][-1]["id"]
    wish = {"weights": [{"node": node, "parameter": "bias", "index": [0], "value": 3.5}]}
    assert real.call("PATCH", f"/api/runs/{run}", wish).status == 200
    child = fork(real, run, "?start=false", at_step=5)["id"]
    for one in (run, child):
        steps(real, one, 1)
    assert_same_bits(tensors(real, run), tensors(real, child))


CHANGES: list[tuple[dict[str, Any], str, str]] = [
    ({"optimizer.rate": 1}, "optimizer.rate", ""),
    ({"optimiser.lr": 1}, "optimiser.lr", "Did you mean optimizer?"),
    ({"graph.99.p": 0.5}, "graph.99.p", ""),
    ({"graph.5.p": 1.5}, "graph.5.p", ""),
    ({"data.batch_size": 0}, "data.batch_size", ""),
    ({"regularization.l2": "much"}, "regularization.l2", ""),
    ({"training.seed": 9}, "training.seed", "Fork at step 0."),
    ({"data.dataset": "iris"}, "", ""),
    ({"data.preprocess": "none"}, "data.preprocess", "Fork at step 0."),
    ({"data.split_seed": 5}, "data.split_seed", "Fork at step 0."),
    ({"data.oversample": True}, "data.oversample", "Fork at step 0."),
    ({"init.scheme": "zeros"}, "init", "Fork at step 0."),
    ({"graph.0.out_channels": 5}, "graph.0", "Fork at step 0."),
    ({"graph.1": {"kind": "identity"}}, "graph", "Fork at step 0."),
    ({"training.max_steps": 20}, "training.max_steps", "Set training.max_steps to more than 25"),
]


@pytest.mark.parametrize(("changes", "path", "hint"), CHANGES)
def test_what_cannot_be_is_refused_with_its_path_and_a_remedy(real, parent, changes, path, hint):
    before = len(real.call("GET", "/api/runs").json["runs"])
    problem = refusal(real, parent, at_step=25, changes=changes)
    assert path in [error["path"] for error in problem["errors"]] or not path
    assert hint in " ".join(error["hint"] or "" for error in problem["errors"])
    assert len(real.call("GET", "/api/runs").json["runs"]) == before


def test_layers_without_weights_may_come_and_go(real, parent):
    graph = real.view(parent)["spec"]["graph"]
    check = real.view(parent)["check"]["nodes"]
    named = [{**node, "id": found["id"]} for node, found in zip(graph, check, strict=True)]
    named[2] = {"kind": "gelu"}
    named[5] = {"kind": "dropout2d", "p": 0.1} if len(check[5]["output_shape"]) == 3 else {"kind": "identity"}
    child = fork(real, parent, "?start=false", at_step=25, changes={"graph": named})["id"]
    steps(real, child, 1)
    assert real.view(child)["check"]["nodes"][2]["kind"] == "gelu"


def test_a_repeated_request_makes_one_fork(real, parent):
    def ask(**wish: Any) -> Answer:
        return real.call("POST", f"/api/runs/{parent}/fork?start=false", wish, Idempotency_Key="k1")

    one, again = ask(at_step=25), ask(at_step=25)
    assert (one.status, one.json["id"]) == (201, again.json["id"])
    assert ask(at_step=15).json["code"] == "idempotency_key_used"
    folders = {folder.name for folder in (real.data_dir / "runs").iterdir()}
    assert folders <= {run["id"] for run in real.call("GET", "/api/runs?limit=500").json["runs"]}, "nothing lies about"


def test_no_such_run(real):
    assert real.call("POST", "/api/runs/nope/fork", {}).status == 404
    assert real.call("GET", "/api/runs/nope/checkpoints").status == 404
