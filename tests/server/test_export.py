"""Export by REST and by the client, with the real inspector."""

import io
import json

import numpy as np
import pytest
from layerlab.client import Client, RequestFailed
from layerlab.export.script import python_script
from layerlab.runs.executor import LocalExecutor
from layerlab.settings import Settings
from layerlab_schemas.run import RunSpec

from tests.server.served import serving
from tests.server.specs import digits_spec


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    with serving(Settings(port=0, data_dir=tmp_path_factory.mktemp("data")), LocalExecutor) as served:
        yield served


def test_a_spec_gives_a_script(real):
    answer = real.call("POST", "/api/export/python", digits_spec(steps=5))
    assert (answer.status, answer.headers["content-type"]) == (200, "text/x-python; charset=utf-8")
    assert answer.body.decode() == python_script(RunSpec.model_validate(digits_spec(steps=5)))


def test_a_spec_with_problems_is_refused(real):
    answer = real.call("POST", "/api/export/python", {**digits_spec(steps=5), "graph": [{"kind": "linear"}]})
    assert (answer.status, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json["errors"][0]["path"] == "graph.0.out_features"


def test_a_run_gives_its_spec_script_and_samples(real):
    client = Client(real.listening.url, data_dir=real.data_dir)
    run = client.create_run(digits_spec(steps=3))
    run.wait()
    spec = json.loads(real.call("GET", f"/api/runs/{run.id}/export/spec").body)
    assert RunSpec.model_validate(spec) == run.view().spec
    script = real.call("GET", f"/api/runs/{run.id}/export/python").body.decode()
    assert script == run.python() == client.python(spec)
    with np.load(io.BytesIO(real.call("GET", f"/api/runs/{run.id}/export/data").body)) as found:
        assert found["inputs"].shape == (1797, 1, 8, 8)
        assert found["targets"].shape == (1797,)


def test_what_is_not_there_is_not_exported(real):
    for what in ("spec", "python", "data"):
        assert real.call("GET", f"/api/runs/nobody/export/{what}").status == 404
    with pytest.raises(RequestFailed) as refused:
        Client(real.listening.url, data_dir=real.data_dir).python({"graph": []})
    assert refused.value.problem["status"] == 422
