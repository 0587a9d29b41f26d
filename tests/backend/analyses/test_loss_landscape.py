"""The loss landscape against losses that PyTorch computes directly."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from layerlab.analyses.base import Cancelled
from layerlab.analyses.directions import filter_normalised, moved, put, weights_of
from layerlab.errors import SpecError
from layerlab.seeding import generator
from layerlab.training.state import weights_digest

from tests.backend.analyses.looking import MOONS, analysed, trained

PLANE = {"resolution": 7, "num_samples": 100}


def direct_loss(assembly, inputs, targets) -> float:
    assembly.network.eval()
    with torch.no_grad():
        return float(torch.nn.functional.cross_entropy(assembly.network(inputs), targets))


def test_every_point_is_the_loss_at_those_weights():
    assembly, context = trained(MOONS)
    frame = analysed(context, "loss_landscape", seed=4, split="validation", num_samples=30, resolution=5)
    assert (frame["step"], frame["split"], frame["mode"], frame["num_samples"]) == (30, "validation", "eval", 30)
    (item,) = frame["items"]
    inputs, targets = assembly.data.validation_inputs[:30], assembly.data.validation_targets[:30]
    centre = weights_of(assembly.network)
    ahead = [filter_normalised(assembly.network, generator(4, f"loss_landscape.{place}")) for place in range(2)]
    assert item["value"] == direct_loss(assembly, inputs, targets)
    assert item["values"][2][2] == np.float32(item["value"])
    assert item["place"] == [0.0, 0.0]
    assert item["x"] == pytest.approx([-1, -0.5, 0, 0.5, 1])
    for row, y in enumerate(item["y"]):
        for column, x in enumerate(item["x"]):
            put(assembly.network, moved(centre, ahead, [x, y]))
            assert item["values"][row][column] == pytest.approx(direct_loss(assembly, inputs, targets), rel=1e-5)


def test_it_leaves_the_copy_as_it_was():
    assembly, context = trained(MOONS)
    before = weights_digest(assembly.network)
    analysed(context, "loss_landscape", **PLANE)
    assert weights_digest(assembly.network) == before


def test_filter_normalisation_does_not_see_the_scale_of_a_relu_net():
    """Li et al., section 4: weights times 10 before a ReLU and divided by 10 after it are the same function."""
    spec = MOONS | {"graph": [MOONS["graph"][0], {"kind": "relu"}, MOONS["graph"][-1]]}
    assembly, context = trained(spec)
    before = analysed(context, "loss_landscape", **PLANE)["items"][0]["values"]
    first, second = (module for module in assembly.network.modules() if isinstance(module, torch.nn.Linear))
    with torch.no_grad():
        first.weight *= 10
        first.bias *= 10
        second.weight /= 10
    after = analysed(context, "loss_landscape", **PLANE)["items"][0]["values"]
    np.testing.assert_allclose(before, after, rtol=1e-4)
    assert np.ptp(before) > 0.1


def test_back_to_the_start():
    assembly, context = trained(MOONS)
    (item,) = analysed(context, "loss_landscape", directions="start", over="line", resolution=31)["items"]
    assert item["x_title"] == "−1: step 0, 0: step 30"
    assert item["y"] == [0.0]
    inputs, targets = assembly.data.train_inputs, assembly.data.train_targets
    end = weights_of(assembly.network)
    assert item["values"][0][item["x"].index(0.0)] == pytest.approx(direct_loss(assembly, inputs, targets))
    start = context.start.part("network")
    put(assembly.network, [start[name] for name, _ in assembly.network.named_parameters()])
    nearest = min(range(31), key=lambda place: abs(item["x"][place] + 1))
    assert item["x"][nearest] == pytest.approx(-1, abs=0.06)
    path = item["paths"]["training"]
    assert (path["steps"], path["x"]) == ([0, 30], pytest.approx([-1, 0], abs=1e-6))
    assert path["values"][0] == pytest.approx(direct_loss(assembly, inputs, targets))
    assert path["away"] == pytest.approx([0, 0], abs=1e-3)
    put(assembly.network, end)


def test_the_way_is_projected_onto_its_main_directions(tmp_path):
    assembly, context = trained(MOONS, tmp_path)
    (item,) = analysed(context, "loss_landscape", directions="path", **PLANE)["items"]
    path = item["paths"]["training"]
    assert path["steps"] == [0, 5, 10, 15, 20, 25, 30]
    assert (path["x"][-1], path["y"][-1]) == pytest.approx((0, 0), abs=1e-6)
    assert 0 in item["x"]
    assert 0 in item["y"]
    assert min(item["x"]) < min(path["x"]) < max(path["x"]) < max(item["x"])
    # The two directions are orthonormal, so lengths in the plane are those of the weights, less what is off it.
    weights = [context.start.part("network")[name] for name, _ in assembly.network.named_parameters()]
    length = sum(float((a - b).square().sum()) for a, b in zip(weights, weights_of(assembly.network), strict=True))
    in_plane = path["x"][0] ** 2 + path["y"][0] ** 2
    assert in_plane == pytest.approx(length * (1 - path["away"][0] ** 2), rel=1e-4)
    assert path["away"][0] < 0.5


def test_what_is_not_finite_is_left_empty():
    _, context = trained(MOONS)
    (item,) = analysed(context, "loss_landscape", extent=20, over="line", resolution=5)["items"]
    assert all(value is not None for value in item["values"][0])
    with torch.no_grad():
        next(context.network.parameters()).fill_(float("nan"))
    (item,) = analysed(context, "loss_landscape", over="line", resolution=5)["items"]
    assert item["value"] is None
    assert item["values"] == [[None] * 5]


@pytest.mark.parametrize("directions", ["start", "path"])
def test_without_a_way_there_is_no_direction_along_it(directions):
    _, context = trained(MOONS | {"training": {"max_steps": 0}})
    with pytest.raises(SpecError, match=r"kept"):
        analysed(context, "loss_landscape", directions=directions)


def test_it_ends_when_nobody_wants_it():
    assembly, context = trained(MOONS)
    told: list[float] = []

    def progress(share: float) -> None:
        told.append(share)
        if share >= 0.5:
            raise Cancelled("Enough.")

    stop: Callable[[float], None] = progress
    object.__setattr__(context, "progress", stop)
    with pytest.raises(Cancelled):
        analysed(context, "loss_landscape", **PLANE)
    assert told == sorted(told)
    assert told[0] == 0
    assert 0.5 <= told[-1] < 0.6
    assert assembly.trainer.step == 30


def test_the_note_says_what_stands_still():
    _, context = trained(MOONS)
    (item,) = analysed(context, "loss_landscape", **PLANE)["items"]
    assert "Batch norm uses its present running statistics" in item["note"]
