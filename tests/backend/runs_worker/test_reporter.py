"""What a worker sends: points first, alone now and then, and in a crowd along with pictures."""

from datetime import UTC, datetime
from typing import Any

import pytest
from layerlab.runs import reporter as module
from layerlab.runs.reporter import CROWD_SECONDS, Reporter
from layerlab.training.logbook import Logbook
from layerlab.training.report import BlockReport, StepReport
from layerlab_schemas.frames import Frame
from layerlab_schemas.run import EventKind, Rates, RunEvent, RunState

FLUSH_SECONDS = 0.05
EVENT = RunEvent(kind=EventKind.WARNING, step=3, time=datetime(2026, 1, 1, tzinfo=UTC), text="hot")
PICTURE = Frame(run="r", probe="text", data_shape="text", step=3, split=None, mode=None, num_samples=0, items=[])


class Outlet:
    """Keeps what is sent together."""

    def __init__(self) -> None:
        self.sent: list[list[Any]] = []

    def send(self, *messages: Any) -> None:
        self.sent.append(list(messages))

    def has_room(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch):
    """Readings of the clock, and the pause of a worker that is not tested."""
    now = [100.0]
    monkeypatch.setattr(module, "perf_counter", lambda: now[0])
    monkeypatch.setattr(module, "FLUSH_SECONDS", FLUSH_SECONDS)
    return now


def made(recorded_step: int = 0) -> tuple[Outlet, Logbook, Reporter]:
    outlet, logbook = Outlet(), Logbook()
    return outlet, logbook, Reporter(outlet, logbook=logbook, recorded_step=recorded_step)


def step(number: int, *events: RunEvent) -> StepReport:
    return StepReport(
        step=number, epoch=number / 10, loss=1 / number, learning_rate=0.1, batch_size=4, events=tuple(events)
    )


def kinds(sent: list[list[Any]]) -> list[list[str]]:
    return [[message["type"] for message in together] for together in sent]


@pytest.mark.parametrize(("in_crowd", "pause"), [(False, FLUSH_SECONDS), (True, CROWD_SECONDS)])
def test_points_wait_so_long_for_others(clock, in_crowd, pause):
    outlet, logbook, reporter = made()
    reporter.in_crowd = in_crowd
    reporter.flush(clock[0])
    logbook.note(step(1))
    reporter.flush(clock[0] + 0.9 * pause, at_once=False)
    assert outlet.sent == []
    logbook.note(step(2))
    reporter.flush(clock[0] + 1.1 * pause, at_once=False)
    assert outlet.sent == [[{
        "type": "scalars", "step": 2,
        "scalars": {
            "train/loss": {"steps": [1, 2], "values": [1.0, 0.5]},
            "optimizer/lr": {"steps": [1, 2], "values": [0.1, 0.1]},
        },
    }]]  # fmt: skip


def test_pictures_take_the_points_along_and_the_next_wait_from_then_on(clock):
    outlet, logbook, reporter = made()
    reporter.in_crowd = True
    logbook.note(step(3, EVENT))
    reporter.frames([PICTURE])
    assert kinds(outlet.sent) == [["scalars", "event", "frame"]]
    logbook.note(step(4))
    reporter.flush(clock[0] + 0.9 * CROWD_SECONDS, at_once=False)
    assert len(outlet.sent) == 1


def test_what_a_worker_before_has_told_is_not_told_again_but_known(clock):
    outlet, logbook, reporter = made(recorded_step=3)
    logbook.note(step(2))
    logbook.note(step(3, EVENT))
    reporter.flush(clock[0])
    assert outlet.sent == []
    told = reporter.progress(RunState.RUNNING, None, step=3, epoch=0.3, rates=Rates())
    assert told["latest"]["train/loss"] == 1 / 3
    curves = {"train/loss": [1 / 3, 1 / 4, 1 / 5], "optimizer/lr": [0.1, 0.1, 0.1]}
    logbook.note(BlockReport(step=5, epoch=0.5, curves=curves, batch_size=4))
    reporter.flush(clock[0])
    assert outlet.sent[0][0]["scalars"]["train/loss"] == {"steps": [4, 5], "values": [1 / 4, 1 / 5]}


def test_how_a_run_stands_knows_the_newest_step(clock):
    _, logbook, reporter = made()
    logbook.note(step(7))
    assert reporter.progress(RunState.RUNNING, None, step=7, epoch=0.7, rates=Rates())["latest"]["train/loss"] == 1 / 7
