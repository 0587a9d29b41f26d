"""Original files by REST: listed, fetched, given up; and then trained on."""

import time

import pytest
from layerlab.runs.executor import LocalExecutor
from layerlab.settings import Settings

from tests.backend.originals.publishing import Published, publishing, small_mnist
from tests.server.served import Served, serving


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    with publishing(Published(small_mnist(tmp_path_factory.mktemp("published")))) as found:
        yield found


@pytest.fixture(scope="module")
def real(tmp_path_factory, published):
    """A server to which the small set is the published one."""
    data_dir = tmp_path_factory.mktemp("data")
    settings = Settings(port=0, data_dir=data_dir, originals_dir=data_dir / "originals", answer_seconds=60)
    with pytest.MonkeyPatch.context() as patch:
        sets = (published.original(),)
        patch.setattr("layerlab.originals.fetcher.ORIGINALS", sets)
        with serving(settings, lambda: LocalExecutor(environment=told(settings))) as served:
            yield served


def told(settings: Settings) -> dict[str, str]:
    return {"LAYERLAB_ORIGINALS_DIR": str(settings.originals_folder)}


def listed(server: Served) -> dict:
    (found,) = server.call("GET", "/api/datasets").json["originals"]
    return found


def check(server: Served) -> dict:
    graph = [{"kind": "flatten"}, {"kind": "linear", "out_features": 10}]
    return server.call(
        "POST", "/api/graphs/check", {"data": {"dataset": "mnist", "batch_size": 16}, "graph": graph}
    ).json


def wait_for(server: Served, status: str) -> dict:
    until = time.monotonic() + 30
    while (found := listed(server))["status"] != status:
        assert time.monotonic() < until, found
        time.sleep(0.02)
    return found


def test_a_set_is_fetched_and_then_there(real, published):
    before = listed(real)
    assert (before["status"], before["received"], before["parts"]) == ("missing", 0, [])
    (problem,) = check(real)["problems"]
    assert (problem["code"], problem["path"]) == ("files_missing", "data.dataset")
    assert problem["message"] == "The files of MNIST are not there."
    assert before["folder"] in problem["hint"]

    published.stalls_after = 3000
    answer = real.call("POST", "/api/datasets/mnist/fetch")
    assert (answer.status, answer.json["status"]) == (202, "fetching")
    while listed(real)["received"] < 3000:
        time.sleep(0.02)
    answer = real.call("DELETE", "/api/datasets/mnist/fetch")
    assert (answer.status, answer.json["status"], answer.json["received"]) == (200, "missing", 3000)
    published.stalls_after = None
    published.goes_on.set()
    assert real.call("POST", "/api/datasets/mnist/fetch").status == 202
    after = wait_for(real, "ready")
    assert after["received"] == after["size"]
    assert after["parts"] == ["train", "test"]

    seen = check(real)
    assert (seen["ok"], seen["problems"]) == (True, [])
    assert seen["data"]["input_shape"] == [1, 28, 28]


def test_what_nobody_publishes_is_not_found(real):
    for method in ("POST", "DELETE"):
        answer = real.call(method, "/api/datasets/spiral/fetch")
        assert (answer.status, answer.json["code"]) == (404, "no_such_original")
    assert real.send("POST", "/api/datasets/mnist/fetch").status == 401
