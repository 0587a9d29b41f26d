"""Curves in chunks: whole again when read, never a point twice, and thinned so that peaks stay."""

import math
from itertools import pairwise, product

import numpy as np
import pytest
from layerlab.store import curves, thin
from layerlab.store.curves import CHUNK_POINTS, OpenCurve, Stretch


def test_many_small_writes_read_as_one_curve(connection):
    curve = OpenCurve("train/loss")
    for step in range(1, 2 * CHUNK_POINTS + 10):
        _, _, changed = curve.append([step], [step / 3])
        curves.write(connection, "r1", changed)
    steps, values = curves.read(connection, "r1")["train/loss"]
    assert steps.tolist() == list(range(1, 2 * CHUNK_POINTS + 10))
    assert values.tolist() == [step / 3 for step in steps.tolist()]


def test_one_large_write_fills_several_chunks(connection):
    _, _, changed = OpenCurve("x").append(list(range(3000)), [0.5] * 3000)
    assert [chunk.number for chunk in changed] == [0, 1, 2]
    curves.write(connection, "r1", changed)
    assert curves.read(connection, "r1", ["x"])["x"][0].tolist() == list(range(3000))
    assert curves.read(connection, "r1", ["y"]) == {}


def test_points_that_are_there_already_are_not_taken_again():
    curve = OpenCurve("x")
    curve.append([1, 2, 3], [0.1, 0.2, 0.3])
    fresh_steps, fresh_values, _ = curve.append([2, 3, 4], [9.0, 9.0, 0.4])
    assert (fresh_steps, fresh_values) == ([4], [0.4])


def test_a_curve_goes_on_after_a_restart(connection):
    _, _, changed = OpenCurve("x").append([1, 2], [0.1, 0.2])
    curves.write(connection, "r1", changed)
    again = curves.reopen(connection, "r1")["x"]
    fresh, _, changed = again.append([2, 3], [9.0, 0.3])
    curves.write(connection, "r1", changed)
    assert fresh == [3]
    assert curves.read(connection, "r1")["x"][1].tolist() == [0.1, 0.2, 0.3]


def test_numbers_that_are_not_finite_are_kept_and_named(connection):
    _, _, changed = OpenCurve("x").append([1, 2, 3, 4], [1.0, math.nan, math.inf, -math.inf])
    curves.write(connection, "r1", changed)
    series = thin.series(curves.read(connection, "r1")["x"])
    assert series.values == [1.0, None, None, None]
    assert series.non_finite == {"2": "nan", "3": "inf", "4": "-inf"}


#: Ends of chunks and what lies beside them, between points, and beyond the curve.
EDGES = [None, 0, 6, 7, 8, 3071, 3072, 3076, 3077, 3079, 5000, 7500, 8990, 8997, 9004, 20_000]


def test_a_stretch_is_a_part_of_the_whole_curve_and_a_point_on_each_side(connection):
    whole = {"x": list(range(7, 9000, 3)), "y": [50, 60]}
    for name, steps in whole.items():
        _, _, changed = OpenCurve(name).append(steps, [step / 3 for step in steps])
        curves.write(connection, "r1", changed)
    for first, last in product(EDGES, EDGES):
        if first is not None and last is not None and first > last:
            continue
        found = curves.read(connection, "r1", stretch=Stretch(first, last))
        for name, steps in whole.items():
            before = [step for step in steps if first is not None and step < first]
            after = [step for step in steps if last is not None and step > last]
            wanted = [step for step in steps if step not in {*before[:-1], *after[1:]}]
            assert found[name][0].tolist() == wanted, (name, first, last)
            assert found[name][1].tolist() == [step / 3 for step in wanted]


def test_a_small_stretch_reads_the_chunks_around_it_only(connection, monkeypatch):
    _, _, changed = OpenCurve("x").append(list(range(20_000)), [0.5] * 20_000)
    curves.write(connection, "r1", changed)
    read: list[int] = []
    join = curves._join
    monkeypatch.setattr(curves, "_join", lambda pairs: read.append(len(pairs)) or join(pairs))
    middle = 10 * CHUNK_POINTS
    for first, last in [(middle + 5, middle + 8), (middle - 1, middle), (middle, middle), (30_000, 40_000)]:
        curves.read(connection, "r1", ["x"], Stretch(first, last))
    assert read == [2, 3, 2, 1], "of 20"


@pytest.mark.parametrize("count", [3, 50, 1000])
def test_thinning_keeps_ends_and_peaks(count):
    steps = np.arange(100_000)
    values = np.sin(steps / 5000)
    values[77_777], values[33_333] = 50.0, -50.0
    thin_steps, thin_values = thin.thin((steps, values), count)
    assert len(thin_steps) <= count
    assert (thin_steps[0], thin_steps[-1]) == (0, 99_999)
    assert (np.diff(thin_steps) > 0).all()
    assert (thin_values == values[thin_steps]).all()
    if count > 3:
        assert {50.0, -50.0} <= set(thin_values.tolist())


def test_thinning_keeps_where_it_broke():
    steps = np.arange(1000)
    values = np.ones(1000)
    values[-1] = np.nan
    thin_steps, thin_values = thin.thin((steps, values), 100)
    assert thin_steps[-1] == 999
    assert np.isnan(thin_values[-1])


def test_a_short_curve_is_left_alone():
    curve = (np.arange(10), np.ones(10))
    assert thin.thin(curve, 10) is curve


def test_a_thinned_curve_tells_from_how_many_points():
    curve = (np.arange(1000), np.ones(1000))
    told = thin.thinned(curve, 100)
    assert (len(told.steps), told.thinned_from) == (100, 1000)
    assert thin.thinned(curve, 1000).thinned_from is None


def test_a_thinned_curve_has_the_mean_of_each_piece_to_the_point_that_ends_it():
    values = np.random.default_rng(0).exponential(size=1000)
    values[[3, 500]] = [np.nan, np.inf]
    told = thin.thinned((np.arange(7, 3007, 3), values), 100)
    places = [(step - 7) // 3 for step in told.steps]
    pieces = [values[start:end] for start, end in pairwise([0, *(place + 1 for place in places)])]
    assert sum(map(len, pieces)) == 1000
    assert told.means == pytest.approx([piece[np.isfinite(piece)].mean() for piece in pieces])
    assert thin.thinned((np.arange(10), values[:10]), 10).means == []


def test_a_piece_without_a_mean_that_json_can_hold_has_none():
    values = np.full(1000, np.nan)
    values[500:] = 1.7e308
    values[[0, -1]] = [1.0, 4.0]
    told = thin.thinned((np.arange(1000), values), 5)
    of_step = dict(zip(told.steps, told.means, strict=True))
    assert (of_step[0], of_step[1]) == (1.0, None)
    assert of_step[999] is None, "a sum is too large"
