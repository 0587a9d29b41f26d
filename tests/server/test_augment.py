"""The gallery and the first batch by REST, with a real inspector."""

from collections.abc import Iterator

import numpy as np
import ormsgpack
import pytest
from layerlab.runs.executor import LocalExecutor
from layerlab.settings import Settings

from tests.server.served import Served, serving


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = Settings(port=0, data_dir=tmp_path_factory.mktemp("data"), answer_seconds=60)
    with serving(settings, LocalExecutor) as served:
        yield served


def test_a_gallery_is_a_frame_of_images(real):
    body = {"data": {"dataset": "digits"}, "kinds": [{"kind": "elastic"}, {"kind": "vertical_flip"}], "index": 1}
    answer = real.call("POST", "/api/augment/gallery", body, Accept="application/x-msgpack")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/x-msgpack")
    frame = ormsgpack.unpackb(answer.body)
    assert (frame["data_shape"], [item["node"] for item in frame["items"]]) == (
        "image_grid",
        ["elastic", "vertical_flip"],
    )
    packed = frame["items"][1]["images"]
    images = np.frombuffer(packed["data"], packed["dtype"]).reshape(packed["shape"])
    np.testing.assert_array_equal(images[3], images[0][:, ::-1])
    as_json = real.call("POST", "/api/augment/gallery", body).json
    assert as_json["items"][1]["images"] == images.tolist()


def test_a_batch_is_one_too(real):
    body = {"data": {"dataset": "digits", "batch_size": 8, "augment": [{"kind": "rotate"}]}, "seed": 3}
    answer = real.call("POST", "/api/augment/batch", body)
    assert answer.status == 200, answer.body
    assert [(item["node"], len(item["images"])) for item in answer.json["items"]] == [
        ("stored", 8), ("augmented", 8), ("read", 8),
    ]  # fmt: skip


def test_mistakes_come_back_with_their_places(real):
    answer = real.call("POST", "/api/augment/gallery", {"data": {"dataset": "digits"}, "kinds": [{"kind": "spin"}]})
    assert (answer.status, answer.json["errors"][0]["path"]) == (422, "kinds.0.kind")
    answer = real.call("POST", "/api/augment/batch", {"data": {"dataset": "moons"}})
    assert (answer.status, answer.json["errors"][0]["path"]) == (422, "data.dataset")
    assert "Take a dataset of images" in answer.json["errors"][0]["hint"]
    assert real.call("POST", "/api/augment/gallery", {"data": {"dataset": "digits"}, "index": -1}).status == 422
