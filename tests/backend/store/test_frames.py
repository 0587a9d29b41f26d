"""Frames: at most 200 a probe and a budget of bytes a run, spread over the run, the newest always there."""

from itertools import pairwise

import pytest
from layerlab.store import frames
from layerlab.store.frames import KEPT, Taken
from layerlab.store.tables import frame_series
from sqlalchemy import select


@pytest.mark.parametrize("count", [1, 200, 201, 400, 401, 1234])
def test_few_are_kept_evenly_with_first_and_newest(connection, count):
    for step in range(count):
        frames.add(connection, "r1", [Taken("weights", step, str(step).encode())])
    kept = frames.steps(connection, "r1", "weights")
    assert len(kept) <= KEPT + 1
    assert (kept[0], kept[-1]) == (0, count - 1)
    gaps = {later - earlier for earlier, later in pairwise(kept[:-1])}
    assert len(gaps) <= 1
    if count > KEPT:
        assert len(kept) >= KEPT // 2


def test_the_nearest_at_or_before(connection):
    for step in (0, 10, 20):
        frames.add(connection, "r1", [Taken("weights", step, str(step).encode())])
    found = {step: frames.nearest(connection, "r1", "weights", step) for step in (0, 9, 10, 25, None)}
    assert found == {0: b"0", 9: b"0", 10: b"10", 25: b"20", None: b"20"}
    assert frames.nearest(connection, "r1", "filters", 5) is None


def test_a_step_measured_again_replaces(connection):
    for body in (b"one", b"two"):
        frames.add(connection, "r1", [Taken("weights", 7, body)])
    assert frames.steps(connection, "r1", "weights") == [7]
    assert frames.bodies(connection, "r1", "weights", [7]) == [b"two"]
    assert frames.newest(connection, "r1", ["weights", "filters"]) == {"weights": (7, b"two")}


def stored(connection) -> dict[str, int]:
    """Bytes of the bodies that are there, by probe."""
    return {
        probe: sum(map(len, frames.bodies(connection, "r1", probe, frames.steps(connection, "r1", probe))))
        for probe in frames.probes(connection, "r1")
    }


def test_all_probes_of_a_run_keep_to_one_budget_and_the_largest_is_thinned_first(connection):
    for step in range(100):
        look = [Taken("small", step, bytes(10)), Taken("large", step, bytes(1000))]
        frames.add(connection, "r1", look, budget=20_000)
        assert sum(stored(connection).values()) <= 20_000
    assert frames.steps(connection, "r1", "small") == list(range(100))
    kept = frames.steps(connection, "r1", "large")
    assert (kept[0], kept[-1]) == (0, 99)
    assert len(kept) >= 8
    assert len({later - earlier for earlier, later in pairwise(kept[:-1])}) == 1
    for step in range(100):
        nearest = max(one for one in kept if one <= step)
        found = frames.nearest(connection, "r1", "large", step)
        assert found == frames.bodies(connection, "r1", "large", [nearest])[0]


def test_the_newest_stays_even_beyond_the_budget(connection):
    for step in range(5):
        for probe in ("one", "other"):
            frames.add(connection, "r1", [Taken(probe, step, bytes(500))], budget=100)
    assert [frames.steps(connection, "r1", probe) for probe in ("one", "other")] == [[4], [4]]


def test_sizes_are_counted_as_they_are(connection):
    for step in range(450):
        frames.add(connection, "r1", [Taken("weights", step, bytes(step))])
    size = select(frame_series.c.size).where(frame_series.c.probe == "weights")
    assert connection.execute(size).scalar_one() == stored(connection)["weights"]


def test_what_is_kept_is_told_as_it_lies_there(connection):
    for step in range(450):
        frames.add(connection, "r1", [Taken("weights", step, bytes(step))])
    frames.add(connection, "r1", [Taken("filters", 3, bytes(77))])
    filters, weights = frames.recording(connection, "r1")
    assert filters.model_dump() == {"probe": "filters", "num_measured": 1, "num_kept": 1, "every": 1, "bytes": 77}
    kept = frames.steps(connection, "r1", "weights")
    assert (weights.num_measured, weights.num_kept) == (450, len(kept))
    assert weights.bytes == sum(kept)
    assert kept == [*range(0, 449, weights.every), 449]
