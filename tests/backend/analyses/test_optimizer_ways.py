"""Optimizers on test surfaces: the places are those of torch.optim, and they show what the lectures say."""

import math

import numpy as np
import pytest
import torch
from layerlab.analyses.optimizer_ways import CHOICES, OptimizerWaysParams, way
from layerlab.analyses.surfaces import SURFACES

from tests.backend.analyses.looking import MOONS, analysed, trained

CLASSES = {
    "gd": lambda w, lr: torch.optim.SGD(w, lr=lr),
    "momentum": lambda w, lr: torch.optim.SGD(w, lr=lr, momentum=0.9),
    "nesterov": lambda w, lr: torch.optim.SGD(w, lr=lr, momentum=0.9, nesterov=True),
    "adagrad": lambda w, lr: torch.optim.Adagrad(w, lr=lr),
    "rmsprop": lambda w, lr: torch.optim.RMSprop(w, lr=lr),
    "adadelta": lambda w, lr: torch.optim.Adadelta(w, lr=lr),
    "adam": lambda w, lr: torch.optim.Adam(w, lr=lr),
    "adamw": lambda w, lr: torch.optim.AdamW(w, lr=lr),
    "nadam": lambda w, lr: torch.optim.NAdam(w, lr=lr),
}


def places(surface: str, name: str, *, lr: float, **fields) -> np.ndarray:
    """[steps + 1, 2]."""
    params = OptimizerWaysParams(surface=surface, optimizers=[name], **fields)
    found = way(SURFACES[surface], name, params, lr=lr)
    return np.stack([np.frombuffer(axis.data, np.float32) for axis in (found.x, found.y)], axis=1).astype(float)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("surface", ["ravine", "himmelblau"])
def test_places_are_those_of_torch_optim(surface, name):
    lr = 0.01
    ours = places(surface, name, lr=lr, steps=40)
    weights = torch.tensor(SURFACES[surface].start, dtype=torch.float64, requires_grad=True)
    optimizer = CLASSES[name]([weights], lr)
    theirs = [weights.tolist()]
    for _ in range(40):
        optimizer.zero_grad()
        SURFACES[surface].value(*weights).backward()
        optimizer.step()
        theirs.append(weights.tolist())
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("surface", SURFACES.values(), ids=lambda surface: surface.title)
def test_the_minima_are_minima(surface):
    for place in surface.minima:
        weights = torch.tensor(place, dtype=torch.float64, requires_grad=True)
        value = surface.value(*weights)
        value.backward()
        assert weights.grad is not None
        assert float(weights.grad.abs().max()) < 1e-3
        hessian = torch.autograd.functional.hessian(lambda w: surface.value(*w), weights.detach())
        assert float(torch.linalg.eigvalsh(hessian).min()) > 0
        assert surface.x[0] < place[0] < surface.x[1]
        assert surface.y[0] < place[1] < surface.y[1]


def test_plain_descent_stalls_at_the_saddle_and_momentum_passes_it():
    slow, quick = (places("saddle", name, lr=0.03, steps=150)[-1] for name in ("gd", "momentum"))
    assert math.hypot(*slow) < 0.15
    assert SURFACES["saddle"].value(*torch.tensor(slow)) > -0.01
    assert abs(quick[1]) > 0.8
    assert SURFACES["saddle"].value(*torch.tensor(quick)) < -0.2


def test_the_steps_of_adagrad_shrink_and_plain_descent_zigzags():
    way_of_adagrad = places("ravine", "adagrad", lr=0.5, steps=60)
    lengths = np.linalg.norm(np.diff(way_of_adagrad, axis=0), axis=1)
    assert np.all(np.diff(lengths[:20]) < 0)
    across = places("ravine", "gd", lr=0.07, steps=10)[:, 1]
    assert np.all(across[:-1] * across[1:] < 0)


def test_rates_of_single_coordinates_differ_for_adam():
    """The ravine is 25 times as steep across; the first step of Adam is as long along both axes, that of GD is not."""
    first = np.abs(np.diff(places("ravine", "adam", lr=0.1, steps=1), axis=0))[0]
    assert first == pytest.approx([0.1, 0.1], rel=1e-4)
    first = np.abs(np.diff(places("ravine", "gd", lr=0.01, steps=1), axis=0))[0]
    assert first[1] / first[0] == pytest.approx(25 * 1.5 / 4.5, rel=1e-4)


def test_noise_is_on_sgd_alone_and_from_the_seed():
    plain, noisy = places("ravine", "gd", lr=0.01), places("ravine", "sgd", lr=0.01)
    assert np.array_equal(noisy, places("ravine", "sgd", lr=0.01))
    assert not np.allclose(noisy, plain)
    assert not np.array_equal(noisy, places("ravine", "sgd", lr=0.01, seed=1))
    np.testing.assert_array_equal(places("ravine", "sgd", lr=0.01, noise=0), plain)


def test_a_way_that_diverges_ends():
    found = places("rosenbrock", "gd", lr=1.0)
    assert 1 <= len(found) < 20
    assert np.isfinite(found).all()


def test_the_frame():
    _, context = trained(MOONS | {"training": {"max_steps": 0}})
    frame = analysed(context, "optimizer_ways", surface="beale", optimizers=["gd", "adam"], steps=5, start_x=2)
    (item,) = frame["items"]
    assert (frame["split"], frame["num_samples"]) == (None, 0)
    assert list(item["paths"]) == ["GD 0.002", "Adam 0.1"]
    assert item["paths"]["GD 0.002"]["steps"] == [0, 1, 2, 3, 4, 5]
    assert (item["paths"]["Adam 0.1"]["x"][0], item["paths"]["Adam 0.1"]["y"][0]) == (2, 1.5)
    row, column = 30, 50
    x, y = (torch.tensor(item[axis][place], dtype=torch.float64) for axis, place in (("x", column), ("y", row)))
    assert item["values"][row][column] == pytest.approx(float(SURFACES["beale"].value(x, y)), rel=1e-4)
    assert set(CHOICES) == set(OptimizerWaysParams.model_json_schema()["properties"]["optimizers"]["items"]["enum"])
