"""Which runs share a package."""

from pathlib import Path

import pytest
from layerlab.training.assemble import assemble

from tests.backend.training.engines.stepping import packages_of
from tests.backend.training.specs import PLANE, plane


def names(**parts) -> dict[int, str]:
    return {size: path.name for size, path in packages_of(assemble(plane(**parts)), Path("/packages")).items()}


SGD = {"kind": "sgd", "lr": 0.05, "momentum": 0.9}
WIDER = [{"kind": "linear", "out_features": 9}, *PLANE[1:]]


@pytest.mark.parametrize(
    "parts",
    [
        {"optimizer": SGD | {"lr": 0.2}},
        {"optimizer": SGD | {"momentum": 0.5}},
        {"training": {"seed": 3}},
        {"init": {"scheme": "zeros"}},
        {"schedule": {"kind": "cosine"}},
        {"graph": [{"id": "first", **PLANE[0]}, *PLANE[1:]]},
        {"data": {"params": {"samples": 120}}},
    ],
)
def test_the_same_package(parts):
    assert names(**{"optimizer": SGD} | parts) == names(optimizer=SGD)


@pytest.mark.parametrize(
    "parts",
    [
        {"optimizer": SGD | {"momentum": 0.0}},
        {"optimizer": SGD | {"nesterov": True}},
        {"optimizer": {"kind": "adam"}},
        {"regularization": {"l2": 0.1}},
        {"graph": WIDER},
        {"graph": [PLANE[0], {"kind": "sigmoid"}, PLANE[2]]},
        {"loss": {"kind": "mse"}},
        {"data": {"batch_size": 24}},
    ],
)
def test_another_package(parts):
    assert set(names(**{"optimizer": SGD} | parts).values()).isdisjoint(names(optimizer=SGD).values())


def test_strengths_of_penalties_share_one():
    assert names(regularization={"l2": 0.1}) == names(regularization={"l2": 0.2})


def test_a_smaller_last_batch_has_its_own():
    assert list(names(data={"batch_size": 10})) == [10, 8]  # of 48
    assert list(names(data={"batch_size": 12})) == [12]
    assert list(names(data={"batch_size": 47})) == [47]  # one is left over
    assert list(names(data={"batch_size": 500})) == [48]
