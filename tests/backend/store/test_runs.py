"""Rows of runs as views, and what goes with a run when it is deleted."""

from datetime import UTC, datetime

import pytest
from layerlab.store import checkpoints, curves, events, frames, runs
from layerlab.store.curves import OpenCurve
from layerlab_schemas.run import CheckpointView, RunProgress, RunSpec, RunState
from sqlalchemy import text


def saved(step: int) -> CheckpointView:
    return CheckpointView(run="r1", step=step, epoch=step / 10, bytes=7, time=datetime(2026, 1, 1, tzinfo=UTC))


def test_progress_is_seen_in_the_view(connection):
    progress = RunProgress(status=RunState.RUNNING, step=7, epoch=1.4, latest={"train/loss": 0.5, "x": None})
    runs.set_progress(connection, "r1", progress)
    view = runs.get(connection, "r1")
    assert view is not None
    assert (view.status, view.step, view.epoch, view.latest) == ("running", 7, 1.4, {"train/loss": 0.5, "x": None})
    assert view.links["self"] == "/api/runs/r1"


def test_the_spec_in_force_and_the_posted_one(connection):
    posted = runs.original_spec(connection, "r1")
    changed = RunSpec.model_validate({**posted.model_dump(mode="json"), "name": "Other", "tags": ["b"]})
    runs.set_spec(connection, "r1", changed)
    view = runs.get(connection, "r1")
    assert view is not None
    assert (view.spec, view.name, view.tags) == (changed, "Other", ["b"])
    assert runs.original_spec(connection, "r1") == posted


@pytest.mark.parametrize(
    ("status", "without", "resumable"),
    [
        (RunState.STOPPED, True, True),
        (RunState.INTERRUPTED, True, True),
        (RunState.FAILED, False, True),
        (RunState.COMPLETED, False, False),
        (RunState.RUNNING, False, False),
    ],
)
def test_a_run_is_resumable_when_it_ended_early(connection, status, without, resumable):
    runs.set_columns(connection, "r1", status=status)
    assert runs.get(connection, "r1").resumable is without
    checkpoints.add(connection, saved(5), "folder", [5])
    assert runs.get(connection, "r1").resumable is resumable
    assert checkpoints.newest(connection, "r1") == 5


@pytest.mark.parametrize(("name", "total"), [("Unti", 1), ("%", 0), ("_", 0), ("r1", 1), ("'", 0)])
def test_a_name_is_searched_as_it_is_written(connection, name, total):
    assert runs.find(connection, name=name)[1] == total


@pytest.mark.parametrize(("tag", "total"), [("a", 1), ("b", 0), ('"', 0), ("", 1)])
def test_tags(connection, tag, total):
    assert runs.find(connection, tag=tag)[1] == total


def test_deleting_takes_all_that_belongs_to_the_run(connection):
    _, _, changed = OpenCurve("x").append([1], [1.0])
    curves.write(connection, "r1", changed)
    frames.add(connection, "r1", [frames.Taken("weights", 1, b"")])
    checkpoints.add(connection, saved(1), "folder", [1])
    runs.remove(connection, "r1")
    for table in ("runs", "chunks", "frames", "frame_series", "checkpoints", "events"):
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table
    assert events.read(connection, "r1") == []


def test_checkpoints_that_were_thinned_out_are_listed_no_more(connection):
    for step, kept in ((1, [1]), (2, [1, 2]), (3, [2, 3]), (3, [2, 3])):
        checkpoints.add(connection, saved(step), "folder", kept)
    assert checkpoints.read(connection, "r1") == [saved(2), saved(3)]
    assert checkpoints.at_or_before(connection, "r1", 1) is None
    assert [checkpoints.at_or_before(connection, "r1", step) for step in (2, 99, None)] == [
        saved(2),
        saved(3),
        saved(3),
    ]
