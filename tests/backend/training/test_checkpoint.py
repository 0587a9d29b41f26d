"""Checkpoints are whole or refused; the newest comes first."""

import json

import pytest
import torch
from layerlab.training import checkpoint
from layerlab.training.assemble import assemble
from layerlab.training.checkpoint import DamagedCheckpoint
from layerlab.training.state import State

from tests.backend.training.specs import digits


def state(step: int) -> State:
    return State(step=step, tensors={"network.weight": torch.full((3,), float(step))}, facts={"epoch": step})


def test_what_is_read_is_what_was_written(tmp_path):
    written = assemble(digits(optimizer={"kind": "adam"})).trainer
    for report in written.steps():
        if report.step == 5:
            break
    before = written.state()
    after = checkpoint.load(checkpoint.save(before, tmp_path))
    assert (after.step, after.facts) == (before.step, before.facts)
    assert after.tensors.keys() == before.tensors.keys()
    assert all(torch.equal(after.tensors[name], value) for name, value in before.tensors.items())
    assert all(after.tensors[name].dtype == value.dtype for name, value in before.tensors.items())


def test_no_pickle(tmp_path):
    folder = checkpoint.save(state(1), tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "state.json", "tensors.safetensors"]


def test_the_newest_comes_first(tmp_path):
    for step in (5, 900, 20, 1000, 7):
        checkpoint.save(state(step), tmp_path)
    assert [checkpoint.step_of(path) for path in checkpoint.checkpoints(tmp_path)] == [1000, 900, 20, 7, 5]
    newest = checkpoint.load_newest(tmp_path)
    assert newest is not None
    assert newest.step == 1000


def test_the_same_step_again_replaces(tmp_path):
    checkpoint.save(state(4), tmp_path)
    other = State(step=4, tensors={"network.weight": torch.ones(2)}, facts={})
    folder = checkpoint.save(other, tmp_path)
    assert checkpoint.load(folder).tensors["network.weight"].tolist() == [1, 1]


def test_nothing_yet(tmp_path):
    assert checkpoint.load_newest(tmp_path) is None
    assert checkpoint.load_newest(tmp_path / "never made") is None


@pytest.mark.parametrize("name", ["tensors.safetensors", "state.json", "manifest.json"])
@pytest.mark.parametrize("harm", ["missing", "cut off", "changed"])
def test_a_damaged_one_is_refused(tmp_path, name, harm):
    path = checkpoint.save(state(3), tmp_path) / name
    data = path.read_bytes()
    if harm == "missing":
        path.unlink()
    elif harm == "cut off":
        path.write_bytes(data[:-7])
    else:
        path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    with pytest.raises(DamagedCheckpoint, match="step-000000003 is damaged"):
        checkpoint.load(path.parent)


def test_a_damaged_newest_falls_back_on_the_one_before(tmp_path):
    checkpoint.save(state(3), tmp_path)
    newest = checkpoint.save(state(4), tmp_path)
    (newest / "state.json").write_bytes(b"{}")
    found = checkpoint.load_newest(tmp_path)
    assert found is not None
    assert found.step == 3
    (tmp_path / "step-000000003" / "tensors.safetensors").unlink()
    with pytest.raises(DamagedCheckpoint, match="step-000000004"):
        checkpoint.load_newest(tmp_path)


def test_a_later_format_is_refused_by_name(tmp_path):
    folder = checkpoint.save(state(3), tmp_path)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 2}))
    with pytest.raises(DamagedCheckpoint, match="its format is 2, and this version reads 1"):
        checkpoint.load(folder)


def test_a_failed_write_leaves_nothing_under_a_checkpoints_name(tmp_path, monkeypatch):
    checkpoint.save(state(1), tmp_path)

    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint.os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        checkpoint.save(state(2), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["step-000000001"]


def test_a_draft_left_by_a_kill_is_no_checkpoint(tmp_path):
    (tmp_path / ".draft-1-5").mkdir()
    checkpoint.save(state(1), tmp_path)
    assert [path.name for path in checkpoint.checkpoints(tmp_path)] == ["step-000000001"]
