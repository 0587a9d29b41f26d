"""What holds for every dataset: shapes, ranges, classes, words about where it comes from."""

import pytest
import torch
from layerlab.datasets import REGISTRY

from tests.backend.datasets.test_datasets import load

#: Those that a user brings have tests of their own.
KINDS = [kind.kind for kind in REGISTRY if not kind.details.get("own_file")]
CLASSIFIED = [kind for kind in KINDS if REGISTRY.get(kind).task == "classification"]
#: Real ones, whose classes are not of one size: least and greatest share.
UNEVEN = {"wine": (0.26, 0.40), "breast_cancer": (0.37, 0.63)}
#: An answer at each step, or rules that make one class more likely.
NOT_COUNTED = ("copy", "reverse", "grammar_text", "noise", "parity")


def example(kind: str, **more):
    return load(kind, **{**REGISTRY.get(kind).example.get("params", {}), **more})


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_finite_and_in_their_range(kind):
    loaded = example(kind)
    assert loaded.inputs.dtype in (torch.float32, torch.int64, torch.uint8)
    assert loaded.targets.dtype in (torch.float32, torch.int64)
    assert loaded.inputs.isfinite().all()
    assert loaded.targets.isfinite().all()
    assert len(loaded.inputs) == len(loaded.targets) >= 10
    if loaded.value_range is not None:
        low, high = loaded.value_range
        assert low <= loaded.inputs.min()
        assert loaded.inputs.max() <= high
    if loaded.inputs.dtype == torch.int64:
        assert loaded.inputs.min() >= 0
        assert loaded.inputs.max() < loaded.num_tokens


@pytest.mark.parametrize("kind", KINDS)
def test_the_shape_is_that_of_the_catalogue(kind):
    found, loaded = REGISTRY.get(kind), example(kind)
    if "shape" in found.details:
        assert list(loaded.inputs.shape[1:]) == found.details["shape"]
    dimensions = {"image": {3}, "video": {4}, "points": {1}, "tabular": {1}, "sequence": {1, 2}}
    assert loaded.inputs.dim() - 1 in dimensions[loaded.input_kind]
    for other in (loaded.validation_inputs, loaded.inputs):
        assert other is None or (other.shape, other.dtype) == (loaded.inputs.shape, loaded.inputs.dtype)
    assert loaded.held_out is None or (loaded.held_out.shape, loaded.held_out.dtype) == (
        loaded.targets.shape[:1],
        torch.bool,
    )
    if loaded.feature_names:
        assert len(loaded.feature_names) == loaded.inputs.shape[-1]


@pytest.mark.parametrize("kind", CLASSIFIED)
def test_classes_are_those_that_are_named(kind):
    loaded = example(kind)
    answers = loaded.targets[loaded.targets != -100]
    found = answers.unique().tolist()
    assert set(found) <= set(range(len(loaded.class_names)))
    assert len(found) == len(loaded.class_names) or kind == "grammar_text"  # a rare letter may be missing
    assert len(set(loaded.class_names)) == len(loaded.class_names)


@pytest.mark.parametrize("kind", [kind for kind in CLASSIFIED if kind not in NOT_COUNTED])
def test_classes_are_even(kind):
    loaded = example(kind)
    shares = loaded.targets.bincount() / len(loaded.targets)
    even = 1 / len(loaded.class_names)
    low, high = UNEVEN.get(kind, (0.9 * even, 1.1 * even))
    assert low <= shares.min()
    assert shares.max() <= high


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_where_it_comes_from(kind):
    told = REGISTRY.get(kind).describe()
    assert len(told.details["licence"]) >= 3
    is_real = any(word in told.source for word in ("as bundled with scikit-learn", "UCI", "MNIST", "Krizhevsky"))
    assert not (is_real and told.details["licence"].endswith("(CC0)"))
