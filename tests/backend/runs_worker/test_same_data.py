"""A run that goes on trains on what it started with, or not at all."""

import pytest
from layerlab.runs.analysing import Desk
from layerlab.runs.folders import DATA
from layerlab.runs.inbox import Inbox
from layerlab.runs.same_data import OtherData, compare_data
from layerlab.shelf import ORIGINALS, UPLOADS
from layerlab.training.assemble import assemble

from tests.backend.runs_worker.listening import Listener, at_step, train
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


def test_nor_are_they_looked_at_as_those_of_the_run(tmp_path, monkeypatch):
    monkeypatch.setenv(ORIGINALS, str(tmp_path))
    write_idx_set(tmp_path / "mnist", parts=("t10k",))
    run, folder = spec(DENSE, "mnist", batch_size=4, max_steps=2), tmp_path / "run"
    train(run, folder)
    before = (folder / DATA).read_text("utf-8")
    compare_data(assemble(run).data, folder)
    write_idx_set(tmp_path / "mnist", parts=("train",))
    question = {"type": "analyse", "id": 1, "kind": "batch_noise", "params": {}, "sample": 0, "path": None, "stamp": 0}
    inbox = Inbox()
    inbox.put(question)
    listener = Listener(inbox)
    desk = Desk(listener, inbox, run="r", directory=folder, spec=run, is_fork=False)
    for place in range(2):  # asked again it is refused again
        if place:
            inbox.put(question)
        desk.answer_next()
        assert "This run started with" in str(listener.said[-1])
    assert (folder / DATA).read_text("utf-8") == before


def test_a_folder_without_data_is_left_without(tmp_path):
    compare_data(assemble(spec()).data, tmp_path)
    assert list(tmp_path.iterdir()) == []


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
