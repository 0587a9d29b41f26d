"""Painted points come back as they were painted, and what cannot be trained on is said in a sentence."""

import pytest
import torch
from layerlab.datasets import REGISTRY
from layerlab.errors import SpecError
from layerlab.training.data import prepare
from layerlab_schemas.run import DataSpec

PAINTED = [[-3, 1, 0], [2.5, -6, 2], [6, 0.25, 0], [1, 1, 2], [0, -1, 0]]


def load(points):
    kind = REGISTRY.get("painted")
    return kind.load(kind.Params.model_validate({"points": points}), seed=0)


def refusal(points) -> str:
    with pytest.raises(SpecError) as caught:
        prepare(DataSpec(dataset="painted", params={"points": points}), None, 0)
    (problem,) = caught.value.problems()
    assert problem.path == "data.params.points"
    return problem.message


def test_points_keep_place_class_and_order():
    loaded = load(PAINTED)
    assert torch.equal(loaded.inputs, torch.tensor([[-3, 1], [2.5, -6], [6, 0.25], [1, 1], [0, -1.0]]))
    assert loaded.targets.tolist() == [0, 2, 0, 2, 0]
    assert loaded.class_names == ("1", "2", "3")  # the second is there to be painted


def test_it_begins_with_two_classes_in_equal_parts():
    loaded = REGISTRY.get("painted").load(REGISTRY.get("painted").Params(), seed=0)
    assert loaded.targets.bincount().tolist() == [31, 31]
    upper, lower = loaded.inputs[:31], loaded.inputs[31:]
    assert torch.equal(upper[:, 0], lower[:, 0])
    torch.testing.assert_close(upper[:, 1] - lower[:, 1], torch.full((31,), 2.6), atol=0.011, rtol=0)


def test_both_parts_have_the_classes():
    points = [[x / 10, 0, x % 2] for x in range(-40, 40)]
    data = prepare(DataSpec(dataset="painted", params={"points": points}, validation_fraction=0.25), None, 0)
    assert data.train_targets.bincount().tolist() == [30, 30]
    assert data.validation_targets.bincount().tolist() == [10, 10]


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([], "must hold at least 4 points; paint some more"),
        ([[0, 0, 0]] * 3, "must hold at least 4 points"),
        ([[0, 0, 1]] * 9, "must hold points of two classes"),
        ([[0, 0, 0], [0, 7, 1]] * 3, "must be at most 6"),
        ([[0, 0, 0], [0, 0, 8]] * 3, "must be below 8"),
        ([[0, 0, 0], [0, 0, -1]] * 3, "must be at least 0"),
        ([[0, 0, 0], [0, 0, 0.5]] * 3, "must be a whole number"),
        ([[0, 0, 0], [0, 0, True]] * 3, "must be a number"),
        ([[0, 0, 0], ["0", 0, 1]] * 3, "must be a number"),
        ([[0, 0, 0], [0, 1]] * 3, "lacks a value"),
        ([[0, 0, 0], [0, 1, 1]] * 1001, "must have at most 2000 values"),
        ("points", "must be a list"),
    ],
)
def test_what_is_no_painting_is_refused(points, words):
    assert words in refusal(points)
