"""A run that goes on trains on what it started with, or not at all."""

import pytest
from layerlab.runs.same_data import OtherData
from layerlab.shelf import ORIGINALS, UPLOADS

from tests.backend.runs_worker.listening import at_step, train
from tests.backend.runs_worker.specs import spec
from tests.originals import write_idx_set
from tests.uploads import IRIS_HEAD, put

DENSE = [{"kind": "flatten"}, {"kind": "linear", "out_features": 10}]


def begun(run, directory) -> int:
    """The step at which a run was interrupted."""
    first = train(run, directory, react=at_step(3, {"type": "terminate"}))
    return first.said[-1]["step"]


def test_more_files_than_before_are_not_trained_on(tmp_path, monkeypatch):
    monkeypatch.setenv(ORIGINALS, str(tmp_path))
    write_idx_set(tmp_path / "mnist", parts=("t10k",))
    run = spec(DENSE, "mnist", batch_size=4, max_steps=2000)
    step = begun(run, tmp_path / "run")
    write_idx_set(tmp_path / "mnist", parts=("train",))
    with pytest.raises(OtherData, match=r"This run started with \d+ training and \d+ validation samples of MNIST"):
        train(run, tmp_path / "run", resume=True, recorded_step=step)


def test_the_same_samples_in_another_file_are_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv(UPLOADS, str(tmp_path))
    table = [{"kind": "linear", "out_features": 2}]
    run = spec(table, "csv", batch_size=4, max_steps=200)
    run = run.model_copy(update={"data": run.data.model_copy(update={"params": {"upload": "u0000000000000001"}})})
    put(tmp_path, "csv", IRIS_HEAD)
    step = begun(run, tmp_path / "run")
    for path in sorted((tmp_path / "u0000000000000001").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (tmp_path / "u0000000000000001").rmdir()
    put(tmp_path, "csv", IRIS_HEAD)
    assert train(run, tmp_path / "run", resume=True, recorded_step=step).said[-1]["status"] == "completed"


def test_other_samples_of_the_same_number_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.setenv(ORIGINALS, str(tmp_path))
    write_idx_set(tmp_path / "mnist", parts=("t10k",))
    run = spec(DENSE, "mnist", batch_size=4, max_steps=2000)
    step = begun(run, tmp_path / "run")
    write_idx_set(tmp_path / "mnist", parts=("t10k",), seed=5)
    with pytest.raises(OtherData, match="The samples of MNIST are not those that this run started with"):
        train(run, tmp_path / "run", resume=True, recorded_step=step)
