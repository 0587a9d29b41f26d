"""Frames: at most 200 a probe, spread over the run, the newest always there."""

from itertools import pairwise

import pytest
from layerlab.store import frames
from layerlab.store.frames import KEPT


@pytest.mark.parametrize("count", [1, 200, 201, 400, 401, 1234])
def test_few_are_kept_evenly_with_first_and_newest(connection, count):
    for step in range(count):
        frames.add(connection, "r1", "weights", step, str(step).encode())
    kept = frames.steps(connection, "r1", "weights")
    assert len(kept) <= KEPT + 1
    assert (kept[0], kept[-1]) == (0, count - 1)
    gaps = {later - earlier for earlier, later in pairwise(kept[:-1])}
    assert len(gaps) <= 1
    if count > KEPT:
        assert len(kept) >= KEPT // 2


def test_the_nearest_at_or_before(connection):
    for step in (0, 10, 20):
        frames.add(connection, "r1", "weights", step, str(step).encode())
    found = {step: frames.nearest(connection, "r1", "weights", step) for step in (0, 9, 10, 25, None)}
    assert found == {0: b"0", 9: b"0", 10: b"10", 25: b"20", None: b"20"}
    assert frames.nearest(connection, "r1", "filters", 5) is None


def test_a_step_measured_again_replaces(connection):
    for body in (b"one", b"two"):
        frames.add(connection, "r1", "weights", 7, body)
    assert frames.steps(connection, "r1", "weights") == [7]
    assert frames.bodies(connection, "r1", "weights", [7]) == [b"two"]
    assert frames.newest(connection, "r1", ["weights", "filters"]) == {"weights": (7, b"two")}
