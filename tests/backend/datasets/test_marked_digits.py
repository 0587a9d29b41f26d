"""Digits with a spurious mark: who bears it in training, and who in validation."""

import pytest
import torch
from sklearn.datasets import load_digits
from torch import Tensor

from tests.backend.datasets.test_datasets import load

PLAIN = torch.tensor(load_digits().images, dtype=torch.float32)
CLASSES = torch.tensor(load_digits().target)
CORNERS = {
    "top_left": (slice(0, 2), slice(0, 2)),
    "top_right": (slice(0, 2), slice(6, 8)),
    "bottom_left": (slice(6, 8), slice(0, 2)),
    "bottom_right": (slice(6, 8), slice(6, 8)),
}
OPPOSITE = {"top_left": "bottom_right", "top_right": "bottom_left"}


def bears(images_n1hw: Tensor, place: str) -> Tensor:
    """[N] True where all pixels of that corner are as dark as can be."""
    rows, columns = CORNERS[place]
    return (images_n1hw[:, 0, rows, columns] == 16).flatten(1).all(1)


@pytest.mark.parametrize("place", CORNERS)
def test_only_the_mark_differs_from_the_digits(place):
    loaded = load("marked_digits", place=place, digit=7, validation="same")
    rows, columns = CORNERS[place]
    expected = PLAIN.clone()
    expected[CLASSES == 7, rows, columns] = 16
    assert torch.equal(loaded.inputs[:, 0], expected)
    assert torch.equal(loaded.validation_inputs, loaded.inputs)
    assert torch.equal(loaded.targets, CLASSES)
    assert loaded.value_range == (0, 16)


def test_absent_is_the_plain_digits():
    assert torch.equal(load("marked_digits", validation="absent").validation_inputs[:, 0], PLAIN)


@pytest.mark.parametrize("place", OPPOSITE)
def test_the_other_corner_is_across(place):
    loaded = load("marked_digits", place=place, validation="other_corner")
    assert torch.equal(bears(loaded.inputs, place), CLASSES == 3)
    assert torch.equal(bears(loaded.validation_inputs, OPPOSITE[place]), CLASSES == 3)
    assert not bears(loaded.validation_inputs, place).any()


def test_moved_is_onto_all_the_others():
    loaded = load("marked_digits", digit=0)
    assert torch.equal(bears(loaded.inputs, "top_left"), CLASSES == 0)
    assert torch.equal(bears(loaded.validation_inputs, "top_left"), CLASSES != 0)
    assert torch.equal(loaded.validation_inputs[CLASSES == 0, 0], PLAIN[CLASSES == 0])


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 1.0])
def test_a_share_of_them_bears_it(share):
    loaded = load("marked_digits", share=share)
    own, others = CLASSES == 3, CLASSES != 3
    assert bears(loaded.inputs, "top_left")[own].sum().item() == round(share * own.sum().item())
    assert bears(loaded.validation_inputs, "top_left")[others].sum().item() == round(share * others.sum().item())
    assert not bears(loaded.inputs, "top_left")[others].any()


def test_who_bears_it_is_by_chance():
    first, second = (bears(load("marked_digits", share=0.5, seed=seed).inputs, "top_left") for seed in (0, 1))
    assert first.sum() == second.sum()
    assert not torch.equal(first, second)


@pytest.mark.parametrize(("size", "pixels"), [(1, 1), (2, 4), (3, 9)])
def test_the_mark_has_a_size(size, pixels):
    loaded = load("marked_digits", size=size, place="bottom_right")
    changed = (loaded.inputs[:, 0] != PLAIN).any(0)
    assert changed[8 - size :, 8 - size :].all()
    assert changed.sum().item() == pixels
