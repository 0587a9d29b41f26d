"""Real training by REST, the Python client and the command line: PyTorch workers, real digits."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from layerlab.client import Client, NoServer, RequestFailed
from layerlab.runs.executor import LocalExecutor
from layerlab.settings import Settings
from layerlab_schemas.frames import Frame

from tests.server.served import Served, serving
from tests.server.specs import digits_spec


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = Settings(port=0, data_dir=tmp_path_factory.mktemp("data"))
    with serving(settings, LocalExecutor) as served:
        yield served


@pytest.fixture
def client(real: Served) -> Client:
    return Client(real.listening.url, data_dir=real.data_dir)


#: What there is to see in a convolutional net with norms and dropout that learns classes.
OF_THE_FIRST = (
    *("activations", "activation_gradients", "weights", "weight_gradients", "updates", "gradient_norms"),
    *("optimizer_state", "filters", "feature_maps", "pixel_arithmetic", "norm_statistics", "dropout_masks"),
    *("dropout_scaling", "confusion", "examples", "class_accuracy", "roc"),
)


def test_the_first_experiment_learns_digits(client):
    catalog = client.call("GET", "/api/catalog")
    spec = catalog["experiments"][0]["spec"]
    spec["training"] = {**spec["training"], "epochs": 8}
    spec["schedule"] = {"kind": "constant"}
    run = client.create_run(spec)
    told = []
    view = run.wait(told.append)
    assert (view.status, view.step) == ("completed", view.num_steps)
    assert view.latest["val/accuracy"] >= 0.95
    assert [progress.step for progress in told] == sorted(progress.step for progress in told)
    loss = run.scalars("train/loss")["train/loss"]
    assert loss.steps == list(range(1, view.num_steps + 1))
    evaluations = run.scalars("val/accuracy")["val/accuracy"]
    assert evaluations.steps == [view.steps_per_epoch * epoch for epoch in range(9)]
    assert len(run.scalars("train/loss", max_points=50)["train/loss"].steps) == 50
    part = run.scalars("train/loss", from_step=20, to_step=30)["train/loss"]
    assert (part.steps, part.values) == (loss.steps[18:31], loss.values[18:31])
    for probe in OF_THE_FIRST:
        frame = run.frame(probe)
        assert frame["step"] == view.num_steps, probe
        assert Frame.model_validate(frame).items, probe


def test_control_by_the_client(client):
    run = client.create_run(digits_spec(steps=100_000), start=False)
    assert (run.view().status, run.view().step) == ("paused", 0)
    assert run.frame("weights")["step"] == 0  # measured at initialisation
    assert run.view().check.lacking["decision_surface"].text == "The data are not points in a plane."
    assert run.step(3).step == 3
    assert run.change({"optimizer": {"lr": 0.02}}).spec.optimizer.model_dump()["lr"] == 0.02
    assert run.resume().status == "running"
    assert run.pause().status == "paused"
    assert run.step().step > 3  # however soon the pause came, there is a step at the new rate
    with pytest.raises(RequestFailed, match="lr") as refused:
        run.change({"optimizer": {"lr": -1}})
    assert refused.value.problem["status"] == 422
    stopped = run.stop()
    assert (stopped.status, run.scalars()["train/loss"].steps[-1]) == ("stopped", stopped.step)
    assert run.id in [view.id for view in client.runs(status="stopped")]
    child = run.fork({"optimizer.lr": 0.5}, start=False)
    assert (child.view().parent, child.view().forked_at, child.step().step) == (run.id, stopped.step, stopped.step + 1)
    assert child.scalars("optimizer/lr")["optimizer/lr"].values[-2:] == [0.02, 0.5]
    child.delete()
    run.delete()
    with pytest.raises(RequestFailed, match="There is no run"):
        run.view()


def test_a_wrong_spec_is_refused_at_its_node(client):
    spec = digits_spec(steps=1)
    spec["graph"].insert(0, {"kind": "linear", "out_features": 3, "id": "fc", "in_features": 800})
    with pytest.raises(RequestFailed) as refused:
        client.create_run(spec)
    problem = refused.value.problem
    assert (problem["status"], problem["errors"][0]["node"]) == (422, "fc")


def test_check_and_preview(client):
    checked = client.call("POST", "/api/graphs/check", {name: digits_spec(steps=1)[name] for name in ("data", "graph")})
    assert checked["ok"] is True
    assert checked["nodes"][0]["output_shape"] == [4, 8, 8]
    seen = client.call("POST", "/api/datasets/preview", {"data": {"dataset": "digits"}, "num_samples": 3})
    assert len(seen["samples"]) == 3


def test_nobody_answers_elsewhere(tmp_path):
    with pytest.raises(NoServer, match="no token"):
        Client(data_dir=tmp_path)
    with pytest.raises(NoServer, match="No Layerlab server answers"):
        Client("http://127.0.0.1:1", token="x").runs()


def layerlab(real: Served, *words: str, sent: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "layerlab", *words, "--url", real.listening.url, "--data-dir", str(real.data_dir)]
    return subprocess.run(command, input=sent, capture_output=True, text=True, check=False, timeout=60)


def test_the_command_line(real):
    done = layerlab(real, "run", "-", sent=json.dumps(digits_spec(steps=40)))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("run r")
    assert lines[-1].startswith("completed at step 40")
    assert lines[0].removeprefix("run ") in layerlab(real, "runs").stdout
    assert layerlab(real, "link").stdout.startswith(f"{real.listening.url}/login?code=")
    wrong = layerlab(real, "run", "-", sent="{")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr.startswith("layerlab: the spec is not JSON")
