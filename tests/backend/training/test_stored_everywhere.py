"""Pixels kept as they are stored: every probe and analysis gives what it gives of the same numbers as floats."""

import numpy as np
import pytest
from layerlab import analyses, probes
from layerlab.api.unpacking import unpack
from layerlab.runs.encode import pack_frame
from layerlab.training import reading

from tests.backend.analyses.looking import analysed, trained
from tests.backend.probes.watching import last, measure
from tests.backend.training.specs import spec
from tests.backend.training.stored import KIND, teach

NET = [
    {"id": "conv", "kind": "conv2d", "out_channels": 8, "kernel_size": 3},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "flatten"},
    {"kind": "dropout", "p": 0.2},
    {"id": "scores", "kind": "linear", "out_features": 2},
]
#: What stays as it is stored in memory, and what does not fit.
LIMITS = {"resident": 10**9, "streamed": 480_000}


def run(floats: bool):
    data = {"dataset": KIND, "batch_size": 16, "params": {"floats": floats}, "augment": [{"kind": "vertical_flip"}]}
    return spec(data=data, graph=NET, training={"epochs": 1})


@pytest.fixture(autouse=True)
def known(monkeypatch):
    reading._KEPT.clear()
    teach(monkeypatch)
    yield
    reading._KEPT.clear()


def alike(one, other) -> bool:
    """Equal in all numbers; what takes time or names the limit is left out."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[name], other[name]) for name in one if name != "seconds")
    if isinstance(one, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return np.isclose(one, other, rtol=1e-4, atol=1e-5, equal_nan=True)
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and np.allclose(one, other, rtol=1e-4, atol=1e-4, equal_nan=True)
    return one == other


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS.keys())
def test_every_probe(monkeypatch, limit):
    _, of_floats = last(run(floats=True))
    expected = {probe.kind: measure(probe.kind, of_floats) for probe in probes.REGISTRY}
    monkeypatch.setattr(reading, "data_limit", lambda: limit)
    _, of_stored = last(run(floats=False))
    for kind, frame in expected.items():
        found = measure(kind, of_stored)
        assert (found is None) == (frame is None), kind
        if frame is not None:
            assert alike(unpack(pack_frame(found)), unpack(pack_frame(frame))), kind


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS.keys())
def test_every_analysis(monkeypatch, limit):
    def all_of(floats: bool):
        assembly, context = trained(run(floats=floats).model_dump(mode="json"))
        applying = [one for one in analyses.REGISTRY if one.applies(assembly.plan)]
        return {one.kind: analysed(context, one.kind) for one in applying if one.kind not in ALONE}

    expected = all_of(True)
    assert len(expected) > 8
    monkeypatch.setattr(reading, "data_limit", lambda: limit)
    found = all_of(False)
    for kind, frame in expected.items():
        assert alike(found[kind], frame), kind


#: They need a run with steps left, or take the most time and read the data as others do.
ALONE = ("slow_motion", "optimizer_ways")
