"""When probes are measured, with a clock of our own."""

from itertools import pairwise

import pytest
from layerlab.runs.cadence import (
    UNWATCHED_SHARE,
    WATCHED_SECONDS,
    WATCHED_SHARE,
    WELCOME,
    Cadence,
    SaveCadence,
    pauses,
)

TICK = 0.02


def simulate(cadence: Cadence, cost: dict[str, float], seconds: float = 60) -> tuple[dict[str, list[float]], float]:
    """Times of each probe's measurements, and the share of the time that they took."""
    now, spent, times = 0.0, 0.0, {probe: [] for probe in cadence.probes}
    while now < seconds:
        for probe in cadence.due(now, now):
            if cadence.can_pay(probe):
                cadence.measured(probe, now, cost[probe])
                times[probe].append(now)
                spent += cost[probe]
                now += cost[probe]
        now += TICK
    return times, spent / now


def test_cheap_probes_come_ten_times_a_second_when_watched_and_once_when_not():
    cadence = Cadence(("a", "b"), watched=frozenset("a"))
    times, _ = simulate(cadence, {"a": 1e-4, "b": 1e-4})
    gaps = [later - before for before, later in zip(times["a"], times["a"][1:], strict=False)]
    assert min(gaps) >= WATCHED_SECONDS - 1e-9
    assert len(times["a"]) == pytest.approx(600, rel=0.25)
    assert len(times["b"]) == pytest.approx(60, rel=0.1)


def test_dear_probes_keep_to_their_share():
    cadence = Cadence(("a", "b", "c"), watched=frozenset("ab"))
    dearest = 10 * UNWATCHED_SHARE  # whose debt is just what ten seconds bring
    times, share = simulate(cadence, {"a": 0.05, "b": 0.2, "c": dearest}, seconds=600)
    assert 0.7 * (WATCHED_SHARE + UNWATCHED_SHARE) < share < 1.1 * (WATCHED_SHARE + UNWATCHED_SHARE)
    assert len(times["b"]) > 30, "the dear one must not starve"
    assert len(times["a"]) > 0.9 * len(times["b"]), "nor starve the other"
    assert len(times["c"]) > 10


def test_a_dear_probe_does_not_slow_down_cheap_ones():
    found = pauses({"dear": 0.05, "cheap": 0.0001, "other": 0.0002}, WATCHED_SHARE)
    assert found["cheap"] == found["other"] == WATCHED_SECONDS
    assert found["dear"] == pytest.approx(WATCHED_SECONDS * 2**5)
    assert sum(cost / found[probe] for probe, cost in (("dear", 0.05), ("cheap", 0.0001))) < WATCHED_SHARE


def test_probes_with_the_same_pause_are_looked_at_together():
    cadence = Cadence(("a", "b"), watched=frozenset("ab"))
    times, _ = simulate(cadence, {"a": 0.004, "b": 0.003})
    assert len(times["a"]) > 100
    together = sum(any(abs(one - other) < 0.01 for other in times["b"]) for one in times["a"])
    assert together > 0.9 * len(times["a"])


def test_what_is_due_is_measured_in_one_look_although_it_makes_a_debt():
    cadence = Cadence(("a", "b", "c"), watched=frozenset("abc"))
    cadence.due(0.0, 0.0)
    cadence.due(1.0, 1.0)
    cadence.measured("a", 1.0, WELCOME + 0.1 * WATCHED_SHARE)
    assert not cadence.due(1.001, 1.001), "a look begins only with money"
    assert cadence.can_pay("b")
    cadence.measured("b", 1.0, WATCHED_SHARE)
    assert not cadence.can_pay("c"), "a debt has its bound"


def test_on_a_busy_machine_the_share_is_that_of_the_working_time():
    cadence, now, worked, spent = Cadence(("a",), watched=frozenset("a")), 0.0, 0.0, 0.0
    while now < 300:
        for probe in cadence.due(now, worked):
            cadence.measured(probe, now, 0.02)
            spent, worked, now = spent + 0.02, worked + 0.02, now + 0.08
        worked, now = worked + TICK / 4, now + TICK
    assert spent / worked == pytest.approx(WATCHED_SHARE, rel=0.1)


def test_what_nobody_watches_takes_nothing_from_what_is_watched():
    alone, _ = simulate(Cadence(("a",), watched=frozenset("a")), {"a": 0.02})
    beside, _ = simulate(Cadence(("a", "b"), watched=frozenset("a")), {"a": 0.02, "b": 1.0})
    assert len(beside["a"]) >= 0.9 * len(alone["a"])


def test_only_one_that_is_not_watched_at_a_time():
    cadence = Cadence(("a", "b", "c"))
    assert len(cadence.due(0.0, 0.0)) == 1


def test_a_pause_earns_nothing():
    cadence = Cadence(("a",), watched=frozenset("a"))
    cadence.due(0.0, 0.0)
    cadence.measured("a", 0.0, 1.0)
    cadence.rest()
    assert cadence.due(1000.0, 1000.0) == []
    assert cadence.due(1009.9, 1009.9) == []
    assert cadence.due(1010.1, 1010.1) == ["a"]


def test_a_single_slow_look_does_not_empty_the_purse():
    cadence = Cadence(("a",), watched=frozenset("a"))
    cadence.due(0.0, 0.0)
    cadence.measured("a", 0.0, 0.001)
    cadence.due(1.0, 1.0)
    cadence.measured("a", 1.0, 5.0)
    assert cadence.due(1.2, 1.2) == ["a"]


def test_the_dearest_probe_still_comes_every_ten_seconds():
    times, _ = simulate(Cadence(("a",), watched=frozenset("a")), {"a": 2.0}, seconds=100)
    gaps = [later - before for before, later in zip(times["a"], times["a"][1:], strict=False)]
    assert max(gaps) < 2.0 + 10.1


def test_a_long_quiet_time_buys_no_burst():
    cadence = Cadence(("a",))
    cadence.due(0.0, 0.0)
    cadence.due(1000.0, 1000.0)
    cadence.watched = frozenset("a")
    spent = 0.0
    while cadence.can_pay("a"):
        cadence.measured("a", 1000.0, 0.01)
        spent += 0.01
    assert spent <= WELCOME + 0.011


def test_forgetting_makes_it_due_at_once():
    cadence = Cadence(("a",), watched=frozenset("a"))
    cadence.due(0.0, 0.0)
    cadence.measured("a", 0.0, 0.0)
    assert cadence.due(0.01, 0.01) == []
    cadence.forget(["a"])
    assert cadence.due(0.02, 0.02) == ["a"]


def test_checkpoints_come_often_at_first_then_every_five_seconds():
    cadence = SaveCadence()
    times = []
    for tick in range(100_0, 200_0):
        now = tick / 10
        if cadence.is_due(now):
            cadence.saved(now, 0.001)
            times.append(now)
    assert times[:4] == [100.5, 101.0, 101.5, 102.0]
    gaps = [later - before for before, later in pairwise(times)]
    assert max(gaps) == pytest.approx(5.0, abs=0.11)
    assert all(later >= before - 0.11 for before, later in pairwise(gaps))


def test_dear_checkpoints_wait_twenty_times_their_cost():
    cadence = SaveCadence()
    assert not cadence.is_due(100.0)
    cadence.saved(100.6, 0.1)
    assert not cadence.is_due(102.5)
    assert cadence.is_due(102.6)
    cadence.saved(104.6, 2.0)
    assert not cadence.is_due(144.5)
    assert cadence.is_due(144.6)
