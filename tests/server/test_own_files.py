"""Files of the user's own through the whole of it: brought by a script, read by a real reader, trained on."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from layerlab.client import Client, RequestFailed
from layerlab.runs.executor import LocalExecutor
from layerlab.settings import Settings
from layerlab.shelf import UPLOADS
from layerlab_schemas.dataset import TableForm
from sklearn.datasets import load_iris

from tests.pictures import packed, picture
from tests.server.served import Served, serving
from tests.uploads import arrays


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = Settings(port=0, data_dir=tmp_path_factory.mktemp("data"))
    environment = {UPLOADS: str(settings.uploads_folder)}
    with serving(settings, lambda: LocalExecutor(environment=environment)) as served:
        yield served


@pytest.fixture
def client(real: Served) -> Client:
    return Client(real.listening.url, data_dir=real.data_dir)


def iris_table() -> bytes:
    iris = load_iris()
    rows = [
        ",".join([*map(str, row), iris.target_names[kind]]) for row, kind in zip(iris.data, iris.target, strict=True)
    ]
    return "\n".join(["sepal length,sepal width,petal length,petal width,species", *rows]).encode()


def striped_images() -> bytes:
    """Stripes that lie and stripes that stand, thick and thin, moved by chance."""
    generator = np.random.default_rng(0)
    files = {}
    for number in range(60):
        stripes = (np.arange(12) + generator.integers(6)) // 3 % 2 * 200
        image = np.tile(stripes.astype(np.uint8), (12, 1))
        files[f"standing/{number}.png"] = picture(image)
        files[f"lying/{number}.png"] = picture(np.ascontiguousarray(image.T))
    return packed(files)


def two_clouds() -> bytes:
    generator = np.random.default_rng(0)
    y = generator.integers(0, 2, 200)
    return arrays(x=generator.normal(size=(200, 3)) + 3 * y[:, None], y=y)


LINEAR = [{"kind": "flatten"}, {"kind": "linear", "out_features": 2}]
LETTERS = [
    {"kind": "embedding", "embedding_dim": 8},
    {"kind": "gru", "hidden_size": 16, "output": "sequence"},
    {"kind": "linear", "out_features": 8},
]
EDGES = [{"kind": "conv2d", "out_channels": 4, "kernel_size": 3}, {"kind": "relu"}, *LINEAR]
CASES = {
    "iris.csv": (iris_table, [{"kind": "linear", "out_features": 3}], 0.85),
    "stripes.zip": (striped_images, EDGES, 0.9),
    "clouds.npz": (two_clouds, LINEAR, 0.9),
    "song.txt": (lambda: b"abcdefg\n" * 100, LETTERS, 0.9),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_file_is_brought_seen_and_learnt(client, tmp_path, name):
    content, graph, least = CASES[name]
    (tmp_path / name).write_bytes(content())
    upload = client.upload(tmp_path / name)
    assert (upload.name, upload.size) == (name, len(content()))
    assert client.upload(tmp_path / name, name="another " + name) == upload
    seen = client.call("GET", f"/api/datasets/{upload.id}/preview?num_samples=4")
    assert len(seen["samples"]) == 4
    assert sum(seen["class_counts"].values()) > 100
    data = {"dataset": upload.dataset, "params": upload.params, "batch_size": 16}
    run = client.create_run(
        {"data": data, "graph": graph, "optimizer": {"kind": "adam", "lr": 0.05}, "training": {"epochs": 12}}
    )
    view = run.wait()
    assert view.status == "completed", view.reason
    assert view.latest["val/accuracy"] >= least


def uploads(real: Served) -> set[str]:
    return {path.name for path in (real.data_dir / "uploads").rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bomb.zip", packed({"a/1.png": bytes(30_000_000), "b/1.png": b""}), "times its size"),
        ("out.zip", packed({"../../token": b"x"}), "leads out of it"),
        ("ragged.csv", b"a,b\n1,2\n3\n", "Line 3 has 1 value"),
        ("object.npz", arrays(x=np.zeros(3), y=np.array([{}, 1, 2], object)), "Python objects"),
        ("noise.txt", bytes(range(256)) * 10, "control character"),
    ],
)
def test_a_hostile_file_is_refused_and_leaves_nothing(real, client, tmp_path, name, content, words):
    before = uploads(real)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RequestFailed, match=words) as refused:
        client.upload(tmp_path / name)
    assert refused.value.problem["status"] == 422
    assert uploads(real) == before
    assert client.call("GET", "/api/health")["status"] == "ok"


def test_a_file_that_was_deleted_is_missed_and_can_come_again(client, tmp_path):
    (tmp_path / "a.csv").write_bytes(b"x,y\n" + b"1,a\n2,b\n" * 20)
    upload = client.upload(tmp_path / "a.csv")
    request = {"data": {"dataset": "csv", "params": upload.params}, "graph": LINEAR}
    assert client.call("POST", "/api/graphs/check", request)["ok"]
    client.call("DELETE", f"/api/datasets/{upload.id}")
    refused = client.call("POST", "/api/graphs/check", request)
    assert [problem["path"] for problem in refused["problems"]] == ["data.params.upload"]
    with pytest.raises(RequestFailed, match="There is no upload called"):
        client.create_run(request)
    assert client.upload(tmp_path / "a.csv").id == upload.id
    assert client.call("POST", "/api/graphs/check", request)["ok"]


def test_the_command_line_brings_a_file(real, tmp_path: Path):
    (tmp_path / "wörter.csv").write_bytes("größe,art\n".encode() + b"1,a\n2,b\n" * 20)
    command = [sys.executable, "-m", "layerlab", "upload", str(tmp_path / "wörter.csv")]
    command += ["--url", real.listening.url, "--data-dir", str(real.data_dir)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
    assert told[0] == "wörter.csv: 40 rows, 2 columns"
    assert json.loads(told[-1])["params"]["features"] == ["größe"]


GERMAN = b"jahr;plz;preis\n" + b"2001;01234;1,5\n2002;01235;2,5\n2003;01234;3,5\n2004;01235;4,5\n" * 5


def test_a_table_is_read_otherwise_and_both_readings_stay(real: Served, client: Client, tmp_path: Path):
    file = tmp_path / "prices.csv"
    file.write_bytes(GERMAN)
    found = client.upload(file)
    assert found.form is not None
    assert (found.file, found.form.decimal) == (found.id, "comma")
    form = {"types": {"plz": "category"}}
    made = client.call("POST", f"/api/datasets/{found.id}/readings", form)
    assert (made["file"], made["asked"]["types"]) == (found.id, form["types"])
    assert made["id"] != found.id
    assert [column["type"] for column in made["columns"]] == ["number", "category", "number"]
    assert client.call("POST", f"/api/datasets/{made['id']}/readings", form)["id"] == made["id"]
    assert client.call("POST", f"/api/datasets/{made['id']}/readings", {})["id"] == found.id
    assert client.upload(file, form=TableForm(types={"plz": "category"})).id == made["id"]
    client.call("DELETE", f"/api/datasets/{found.id}")
    data = {"dataset": "csv", "params": made["params"]}
    assert client.call("POST", "/api/datasets/preview", {"data": data})["data"]["feature_names"] == [
        "jahr", "plz = 01234", "plz = 01235",
    ]  # fmt: skip
    before = sorted(path.name for path in (real.data_dir / "uploads").iterdir())
    with pytest.raises(RequestFailed, match="preis cannot be read as numbers"):
        client.call("POST", f"/api/datasets/{made['id']}/readings", {"decimal": "point", "types": {"preis": "number"}})
    assert sorted(path.name for path in (real.data_dir / "uploads").iterdir()) == before
    client.call("DELETE", f"/api/datasets/{made['id']}")


def test_what_is_no_table_has_no_form(client: Client, tmp_path: Path):
    (tmp_path / "clouds.npz").write_bytes(two_clouds())
    found = client.upload(tmp_path / "clouds.npz")
    assert [array.name for array in found.arrays] == ["x", "y"]
    with pytest.raises(RequestFailed, match="no table"):
        client.call("POST", f"/api/datasets/{found.id}/readings", {"delimiter": "tab"})
    with pytest.raises(RequestFailed, match="no table"):
        client.upload(tmp_path / "clouds.npz", form=TableForm(decimal="comma"))


@pytest.mark.parametrize("query", ["delimiter=dot", "type=plz%3Dplace", "type=plz", "has_names=perhaps"])
def test_a_form_that_is_none_is_refused(real: Served, query: str):
    headers = {"Authorization": f"Bearer {real.token}", "Content-Type": "application/octet-stream"}
    assert real.send("POST", f"/api/datasets?name=a.csv&{query}", GERMAN, headers).status == 422


def test_the_command_says_how_a_table_is_read(real: Served, tmp_path: Path):
    (tmp_path / "prices.csv").write_bytes(GERMAN)
    command = [sys.executable, "-m", "layerlab", "upload", str(tmp_path / "prices.csv"), "--url", real.listening.url]
    command += ["--data-dir", str(real.data_dir), "--delimiter", "semicolon", "--names", "--type", "plz=category"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[-1])["params"]["features"] == ["jahr", "plz"]
    done = subprocess.run([*command, "--decimal", "dot"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "decimal" in done.stderr


def test_a_real_reader_is_ended_by_its_processor_time(tmp_path: Path):
    settings = Settings(port=0, data_dir=tmp_path, reading_seconds=1)
    with serving(settings, LocalExecutor) as served:
        client = Client(served.listening.url, data_dir=served.data_dir)
        (tmp_path / "digits.csv").write_bytes(b"1;2;3;4;5;6;7;8;9;0\n" * 2_000_000)
        with pytest.raises(RequestFailed, match=r"more processor time than the 1 second that"):
            client.upload(tmp_path / "digits.csv")
        (tmp_path / "iris.csv").write_bytes(iris_table())
        assert client.upload(tmp_path / "iris.csv").name == "iris.csv"
