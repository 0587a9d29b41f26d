"""Hub, outbox and history: each viewer gets each numbered message once and in order, and bounded memory."""

import random

import pytest
from layerlab.runs.history import History
from layerlab.runs.hub import Hub, Viewer, Watch
from layerlab.runs.outbox import Outbox


def viewer(limit: int = 10_000) -> Viewer:
    return Viewer(Outbox(limit), lambda: None)


def drain(one: Viewer) -> list[str | bytes]:
    taken = []
    while (message := one.outbox.take()) is not None:
        taken.append(message)
    return taken


def hub_with(run: str = "r", last_seq: int = 0, **options) -> Hub:
    hub = Hub(history_bytes=options.pop("history_bytes", 10_000), **options)
    hub.open(run, last_seq, live=True)
    return hub


def test_a_viewer_gets_the_rest_and_then_what_comes():
    hub = hub_with()
    for seq in (1, 2, 3):
        hub.publish_text("r", seq, f"m{seq}")
    one = viewer()
    assert hub.subscribe(one, "r", probes=(), sample=None, from_seq=1)
    hub.publish_text("r", 4, "m4")
    assert drain(one) == ["m2", "m3", "m4"]


@pytest.mark.parametrize("from_seq", [None, 0, 9, 11])
def test_what_is_not_held_needs_a_snapshot(from_seq):
    hub = hub_with(last_seq=10)  # as after a restart: nothing held
    one = viewer()
    assert not hub.subscribe(one, "r", probes=(), sample=None, from_seq=from_seq)
    hub.publish_text("r", 11, "m11")
    assert drain(one) == []
    assert hub.admit(one, "r", 10, "snapshot")
    hub.publish_text("r", 12, "m12")
    assert drain(one) == ["snapshot", "m11", "m12"]


def test_the_newest_number_after_a_restart_needs_no_snapshot():
    hub = hub_with(last_seq=10)
    one = viewer()
    assert hub.subscribe(one, "r", probes=(), sample=None, from_seq=10)
    hub.publish_text("r", 11, "m11")
    assert drain(one) == ["m11"]


def test_a_snapshot_that_knows_more_than_was_published_repeats_nothing():
    hub = hub_with()
    hub.publish_text("r", 1, "m1")
    one = viewer()
    hub.subscribe(one, "r", probes=(), sample=None, from_seq=None)
    assert hub.admit(one, "r", 3, "snapshot")  # 2 and 3 are committed, not yet published
    for seq in (2, 3, 4):
        hub.publish_text("r", seq, f"m{seq}")
    assert drain(one) == ["snapshot", "m4"]


def test_a_snapshot_too_old_for_the_history_is_not_used():
    hub = hub_with(history_bytes=10)
    one = viewer()
    hub.subscribe(one, "r", probes=(), sample=None, from_seq=None)
    for seq in range(1, 20):
        hub.publish_text("r", seq, "xxxxx")
    assert not hub.admit(one, "r", 3, "snapshot")
    assert drain(one) == []


def test_any_order_of_joining_and_publishing_gives_each_message_once():
    for seed in range(300):
        chance = random.Random(seed)
        hub = hub_with(history_bytes=chance.choice([30, 10_000]))
        committed = published = seen = 0
        one = viewer()
        joined = False
        for _ in range(60):
            match chance.randrange(4):
                case 0:
                    committed += 1
                case 1 if published < committed:
                    published += 1
                    hub.publish_text("r", published, str(published))
                case 2 if not joined:
                    joined = hub.subscribe(one, "r", probes=(), sample=None, from_seq=chance.choice([seen, None]))
                    joined = joined or hub.admit(one, "r", committed, f"snapshot {committed}")
                case 3 if joined and chance.random() < 0.3:
                    hub.leave(one)
                    joined, one.outbox = False, Outbox(10_000)
            for message in drain(one):
                kind, _, number = str(message).rpartition(" ")
                assert int(number) == seen + 1 or kind == "snapshot", (seed, message, seen)
                assert int(number) >= seen
                seen = int(number)
    assert seen > 0


def test_frames_go_only_to_those_who_watch_and_only_the_newest():
    hub = hub_with()
    watching, other = viewer(), viewer()
    hub.subscribe(watching, "r", probes=["weights"], sample=None, from_seq=0)
    hub.subscribe(other, "r", probes=["filters"], sample=None, from_seq=0)
    for number in range(5):
        hub.publish_frame("r", "weights", bytes([number]))
    assert drain(watching) == [bytes([4])]
    assert drain(other) == []
    late = viewer()
    hub.subscribe(late, "r", probes=["weights"], sample=None, from_seq=0)
    assert drain(late) == [bytes([4])]


def test_text_goes_before_frames():
    hub = hub_with()
    one = viewer()
    hub.subscribe(one, "r", probes=["weights"], sample=None, from_seq=0)
    hub.publish_frame("r", "weights", b"frame")
    hub.publish_text("r", 1, "m1")
    assert drain(one) == ["m1", b"frame"]


def test_a_second_subscription_adds_frames_and_repeats_no_text():
    hub = hub_with()
    one = viewer()
    hub.subscribe(one, "r", probes=(), sample=None, from_seq=0)
    hub.publish_text("r", 1, "m1")
    hub.publish_frame("r", "weights", b"frame")
    assert hub.subscribe(one, "r", probes=["weights"], sample=None, from_seq=0)
    assert drain(one) == ["m1", b"frame"]


def test_the_watch_is_the_union_with_the_sample_chosen_last():
    told: list[tuple[str, Watch]] = []
    hub = hub_with(on_watch=lambda run, watch: told.append((run, watch)))
    first, second = viewer(), viewer()
    hub.subscribe(first, "r", probes=["a"], sample=3, from_seq=0)
    hub.subscribe(second, "r", probes=["b"], sample=5, from_seq=0)
    hub.subscribe(first, "r", probes=["a", "c"], sample=None, from_seq=0)
    assert told[-1] == ("r", Watch(frozenset("abc"), 5))
    hub.subscribe(first, "r", probes=["a"], sample=4, from_seq=0)
    assert told[-1] == ("r", Watch(frozenset("ab"), 4))
    hub.leave(second)
    assert told[-1] == ("r", Watch(frozenset("a"), 4))
    hub.leave(first)
    assert told[-1] == ("r", Watch())


def test_a_crowd_is_told_of_and_so_is_its_end(monkeypatch):
    monkeypatch.setattr("layerlab.runs.hub.MANY", 2)
    told: list[bool] = []
    hub = hub_with(on_watch=lambda run, watch: told.append(watch.in_crowd))
    viewers = [viewer() for _ in range(3)]
    for one in viewers:
        hub.subscribe(one, "r", probes=["a"], sample=None, from_seq=0)
    hub.leave(viewers[0])
    assert told == [False, False, True, False]


def test_a_viewer_of_a_deleted_run_is_told_and_nothing_else_comes():
    hub = hub_with()
    one = viewer()
    hub.subscribe(one, "r", probes=(), sample=None, from_seq=0)
    hub.publish_text("r", 1, "m1")
    hub.remove("r", "gone")
    hub.publish_text("r", 2, "m2")
    assert drain(one) == ["gone"]
    hub.leave(one)


def test_few_channels_of_ended_runs_are_kept():
    hub = Hub(history_bytes=100)
    for number in range(100):
        hub.open(str(number), 0, live=True)
        hub.retire(str(number))
    assert len(hub._channels) <= 33
    assert "99" in hub._channels


def test_the_outbox_overflows_by_text_and_never_by_frames():
    box = Outbox(100)
    for number in range(1000):
        box.put_frame("r", "weights", bytes(1000))
        box.put_frame("r", str(number % 3), bytes(1000))
    assert not box.overflowed
    assert len(box) == 4
    box.put_text("x" * 1000, counted=False)
    box.put_text("x" * 100)
    assert not box.overflowed
    box.put_text("x")
    assert box.overflowed
    assert box.take() is None
    box.put_text("y")
    assert len(box) == 0


def test_the_history_is_bounded_and_never_leaves_a_gap():
    history = History(5, limit=50)
    for seq in range(6, 40):
        history.append(seq, "ten letter")
    held = history.since(34)
    assert held is not None
    assert [seq for seq, _ in held] == [35, 36, 37, 38, 39]
    assert history.since(33) is None
    assert history.since(39) == []
    assert history.since(40) is None
    with pytest.raises(AssertionError):
        history.append(41, "gap")
