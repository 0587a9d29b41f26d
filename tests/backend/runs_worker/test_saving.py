from itertools import pairwise

import pytest
import torch
from layerlab.runs.changes_log import FILE, ChangesLog
from layerlab.runs.folders import CHECKPOINTS
from layerlab.runs.saving import Saver, find_start
from layerlab.runs.thinning import KEPT, surplus
from layerlab.training.assemble import assemble
from layerlab.training.checkpoint import TENSORS, DamagedCheckpoint, checkpoints, num_bytes
from layerlab_schemas.run import RunChange

from tests.backend.runs_worker.specs import POINTS_NET, spec


@pytest.fixture
def trainer():
    return assemble(spec(POINTS_NET, "spiral")).trainer


def trained(trainer, tmp_path, *steps):
    """Checkpoints at these steps."""
    saver = Saver(tmp_path, trainer)
    for report in trainer.steps():
        if report.step in steps:
            assert saver.save() is not None
    return saver


def test_the_same_state_is_not_saved_twice(trainer, tmp_path):
    saver = trained(trainer, tmp_path, 3, trainer.num_steps)
    assert saver.save() is None
    saver.changed()
    assert saver.save() is not None


def test_weights_that_are_not_finite_are_not_saved(trainer, tmp_path):
    saver = trained(trainer, tmp_path, 3)
    with torch.no_grad():
        next(trainer.network.parameters())[0] = float("nan")
    assert saver.save() is None
    assert [path.name for path in checkpoints(tmp_path / CHECKPOINTS)] == ["step-000000003"]


def test_it_goes_on_from_the_newest_checkpoint_that_is_recorded(trainer, tmp_path):
    trained(trainer, tmp_path, 4, 8, 12)
    assert find_start(tmp_path, 100).step == 12
    assert find_start(tmp_path, 9).step == 8
    assert [path.name[-2:] for path in checkpoints(tmp_path / CHECKPOINTS)] == ["08", "04"], "the later ones are gone"


def test_where_all_are_beyond_the_record_the_newest_is_better_than_none(trainer, tmp_path):
    trained(trainer, tmp_path, 4, 8)
    assert find_start(tmp_path, 2).step == 8


def test_a_damaged_checkpoint_is_passed_over(trainer, tmp_path):
    trained(trainer, tmp_path, 4, 8)
    newest, older = checkpoints(tmp_path / CHECKPOINTS)
    (newest / TENSORS).write_bytes(b"damaged")
    assert find_start(tmp_path, 10).step == 4
    (older / TENSORS).unlink()
    with pytest.raises(DamagedCheckpoint):
        find_start(tmp_path, 10)


def test_without_a_checkpoint_there_is_nothing_to_go_on_from(tmp_path):
    assert find_start(tmp_path, 10) is None


def test_changes_are_kept_and_a_line_that_was_cut_off_is_left_out(tmp_path):
    log = ChangesLog(tmp_path)
    assert log.since(0) == []
    for step in (3, 7, 7):
        log.add(step, RunChange.model_validate({"optimizer": {"lr": step / 10}}))
    with (tmp_path / FILE).open("a") as file:
        file.write('{"step": 9, "cha')
    assert [(step, change.optimizer.fields_of_kind()) for step, change in log.since(7)] == [(7, {"lr": 0.7})] * 2


def test_checkpoints_stay_within_the_budget_and_the_newest_always(trainer, tmp_path):
    steps = trainer.steps()
    assert [next(steps).step, next(steps).step] == [0, 1]
    one = num_bytes(Saver(tmp_path / "measured", trainer).save())
    saver = Saver(tmp_path, trainer, budget=int(5.5 * one))
    for report in steps:
        if report.step in range(2, 21, 2):
            saver.save()
    sizes = [num_bytes(path) for path in checkpoints(tmp_path / CHECKPOINTS)]
    assert sum(sizes) <= 5.5 * one
    assert saver.kept()[0] == 2
    assert saver.kept()[-3:] == [16, 18, 20]
    tiny = Saver(tmp_path, trainer, budget=1)
    assert tiny.save() is not None
    assert tiny.kept() == [trainer.step]


@pytest.mark.parametrize("count", [3, 40, 41, 100, 1000])
def test_few_checkpoints_are_kept_evenly_with_the_first_and_the_newest(count):
    kept: dict[int, int] = {}
    for step in range(0, 10 * count, 10):
        kept[step] = 1
        for gone in surplus(kept, budget=10**9):
            del kept[gone]
    steps = sorted(kept)
    assert len(steps) == min(count, KEPT)
    assert steps[0] == 0
    assert steps[-3:] == [10 * (count - 3), 10 * (count - 2), 10 * (count - 1)]
    gaps = [later - earlier for earlier, later in pairwise(steps[:-3])]
    assert not gaps or max(gaps) <= 2 * min(gaps)


def test_large_ones_are_fewer():
    sizes = dict.fromkeys(range(10), 100)
    assert sorted(set(sizes) - set(surplus(sizes, budget=250))) == [8, 9]
    assert sorted(set(sizes) - set(surplus(sizes, budget=99))) == [9]
