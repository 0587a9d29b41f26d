"""The journal: stored before shown, in order, and patient when nothing can be stored."""

import asyncio
import json

import ormsgpack
import pytest
from layerlab.runs.hub import Hub, Viewer
from layerlab.runs.journal import Journal
from layerlab.runs.outbox import Outbox
from layerlab.runs.recorder import Measured, Recorder, Scalars, Stands
from layerlab.runs.standing import Standing, event
from layerlab_schemas.run import EventKind, RunProgress, RunState
from sqlalchemy.exc import OperationalError


class StoreThatFails:
    """Refuses as often as it is told to, then counts commits."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.shown_before: list[int] = []
        """Messages that were shown when each commit was done."""
        self.outbox = Outbox(100_000)

    async def write(self, *operations) -> list:
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise OperationalError("INSERT", {}, Exception("database or disk is full"))
        self.shown_before.append(len(self.outbox))
        return []


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("layerlab.runs.journal._RETRY_SECONDS", 0.001)


def journal_of(store: StoreThatFails) -> Journal:
    hub = Hub(history_bytes=100_000)
    hub.open("r", 0, live=True)
    viewer = Viewer(store.outbox, lambda: None)
    hub.subscribe(viewer, "r", probes=["weights"], sample=None, from_seq=0)
    return Journal(Recorder("r", last_seq=0, open_curves={}), store, hub)  # type: ignore[arg-type]


def shown(store: StoreThatFails) -> list[dict]:
    found = []
    while (message := store.outbox.take()) is not None:
        found.append(json.loads(message) if isinstance(message, str) else ormsgpack.unpackb(message))
    return found


PICTURE = Measured("weights", 2, b"body")


def points(*steps: int) -> Scalars:
    return Scalars(steps[-1], {"train/loss": (list(steps), [step / 2 for step in steps])})


def test_a_page_is_one_commit_and_numbered_in_order():
    store = StoreThatFails()
    progress = Stands(RunProgress(status=RunState.RUNNING, step=2))
    entries = [points(1, 2), PICTURE, event(EventKind.WARNING, 2, "hot"), progress]
    asyncio.run(journal_of(store).write(*entries))
    assert store.shown_before == [1], "the picture alone"
    messages = shown(store)
    assert [(message["type"], message["seq"]) for message in messages] == [
        ("scalars", 1),
        ("event", 2),
        ("progress", 3),
        ("frame", 0),
    ]


def test_in_a_crowd_a_picture_is_shown_with_the_points_it_came_with(monkeypatch):
    monkeypatch.setattr("layerlab.runs.hub.MANY", 0)
    store = StoreThatFails()
    asyncio.run(journal_of(store).write(points(1, 2), PICTURE))
    assert store.shown_before == [0]
    assert [(message["type"], message["seq"]) for message in shown(store)] == [("scalars", 1), ("frame", 1)]


def test_points_that_are_known_are_neither_stored_nor_shown_again():
    store = StoreThatFails()

    async def work():
        journal = journal_of(store)
        await journal.write(points(1, 2))
        first = shown(store)
        await journal.write(points(1, 2))
        await journal.write(points(2, 3))
        return first

    first = asyncio.run(work())
    assert first[0]["scalars"]["train/loss"]["steps"] == [1, 2]
    (second,) = shown(store)
    assert (second["seq"], second["scalars"]["train/loss"]["steps"]) == (2, [3])


@pytest.mark.usefixtures("quick")
def test_when_the_disk_is_full_nothing_is_shown_and_nothing_is_lost():
    store = StoreThatFails(failures=3)
    troubles: list[bool] = []

    async def work():
        journal = journal_of(store)
        journal.on_trouble = troubles.append
        await asyncio.gather(journal.write(points(1)), journal.write(points(2)))

    asyncio.run(work())
    assert troubles == [True, True, True, False]
    assert store.shown_before == [0, 1]
    assert [message["scalars"]["train/loss"]["steps"] for message in shown(store)] == [[1], [2]]


@pytest.mark.usefixtures("quick")
def test_a_picture_waits_neither_for_the_disk_nor_for_what_is_being_written():
    store = StoreThatFails(failures=10**9)

    async def work():
        journal = journal_of(store)
        writing = [asyncio.create_task(journal.write(points(1))), asyncio.create_task(journal.write(PICTURE))]
        await asyncio.sleep(0.01)
        seen = shown(store)
        await journal.close()
        await asyncio.gather(*writing)
        await journal.write(PICTURE)
        return seen

    (message,) = asyncio.run(work())
    assert (message["type"], message["seq"], message["step"], message["body"]) == ("frame", 0, 2, b"body")
    assert shown(store) == [], "a closed journal shows nothing"


@pytest.mark.usefixtures("quick")
def test_a_closed_journal_gives_up_and_shows_nothing():
    store = StoreThatFails(failures=10**9)

    async def work():
        journal = journal_of(store)
        writing = asyncio.create_task(journal.write(points(1)))
        await asyncio.sleep(0.01)
        await journal.close()
        await writing
        await journal.write(points(2))

    asyncio.run(work())
    assert shown(store) == []


def moved(status: str, step: int = 5) -> dict:
    return {"type": "progress", "status": status, "reason": None, "step": step, "epoch": 0.5, "latest": {}, "rates": {}}


def test_a_stop_by_us_means_what_we_meant():
    standing = Standing("r", RunProgress(status=RunState.RUNNING))
    standing.fate = (RunState.INTERRUPTED, "The server was stopped.")
    (entry,) = standing.entries(moved("stopped"))
    assert isinstance(entry, Stands)
    assert (entry.progress.status, entry.progress.reason) == ("interrupted", "The server was stopped.")
    assert entry.columns.keys() == {"ended"}
    assert standing.entries({"type": "ended", "status": "stopped", "reason": "", "step": 5}) == []
    assert standing.broke_off("gone") == []


def test_an_impossible_move_is_not_made():
    standing = Standing("r", RunProgress(status=RunState.COMPLETED, step=9))
    assert standing.entries(moved("running")) == []
    assert standing.status is RunState.COMPLETED


def test_a_loss_that_is_not_finite_is_null_in_the_newest_values():
    standing = Standing("r", RunProgress(status=RunState.RUNNING))
    standing.entries({**moved("running"), "latest": {"train/loss": float("nan"), "optimizer/lr": 0.1}})
    assert standing.progress.latest == {"train/loss": None, "optimizer/lr": 0.1}
