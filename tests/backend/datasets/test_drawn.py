"""Drawn images: forms of the right size at the right place, smooth edges, classes in equal parts."""

import math

import pytest
import torch

from tests.backend.datasets.test_datasets import load

STILL = {"position": 0, "scale": 0, "rotation": 0, "noise": 0}
DRAWN = ("shapes", "glyphs")


def cover(kind: str, name: str, **fields):
    """How far the first image of a class is covered, 0 to 1 for each pixel, without noise."""
    loaded = load(kind, **(STILL | {"samples": 50} | fields))
    image = loaded.inputs[loaded.targets == loaded.class_names.index(name)][0, 0]
    return (image - image.min()) / (image.max() - image.min())


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize(("colour", "channels"), [("grey", 1), ("colour", 3)])
@pytest.mark.parametrize("size", [8, 32, 64])
def test_shape_and_range(kind, colour, channels, size):
    loaded = load(kind, size=size, colour=colour, samples=60, classes=6)
    assert (loaded.inputs.shape, loaded.inputs.dtype) == ((60, channels, size, size), torch.float32)
    assert loaded.inputs.min() >= 0
    assert loaded.inputs.max() <= 1
    assert loaded.targets.bincount().tolist() == [10] * 6
    assert len(loaded.class_names) == 6


@pytest.mark.parametrize("kind", DRAWN)
def test_another_seed_draws_others(kind):
    assert not torch.equal(load(kind, samples=20).inputs, load(kind, samples=20, seed=1).inputs)


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("circle", math.pi * 0.9**2),
        ("square", 1.4**2),
        ("triangle", 3 * math.sqrt(3) * 0.48**2),
        ("cross", 2 * 1.84 * 0.48 - 0.48**2),
        ("ring", math.pi * (0.9**2 - 0.54**2)),
        ("bar", 1.9 * 0.44),
        ("star", 5 * 0.95 * 0.4 * math.sin(math.pi / 5)),
    ],
)
def test_a_form_covers_its_area(name, area):
    """On the form's own plane; 1 is 0.42 of the image's side."""
    covered = cover("shapes", name, size=64, classes=8).sum().item() / (0.42 * 64) ** 2
    assert covered == pytest.approx(area, rel=0.02)


def test_edges_are_smooth_and_the_inside_is_full():
    circle = cover("shapes", "circle", size=64)
    assert circle[32, 32] == 1
    assert circle[0, 0] == 0
    partly = ((circle > 0.02) & (circle < 0.98)).sum().item()
    circumference = 2 * math.pi * 0.9 * 0.42 * 64
    assert 0.5 * circumference < partly < 2 * circumference


def test_a_turn_by_a_right_angle_is_a_turn():
    upright, turned = cover("glyphs", "L", wobble=0, size=32), cover("glyphs", "L", wobble=0, size=32)
    assert torch.equal(upright, turned)
    letter = cover("glyphs", "L", wobble=0, size=32)
    # A stem on the left from top to bottom, a foot at the bottom.
    assert letter[16, 8:13].max() > 0.9
    assert letter[27:, 8:24].amax(0).min() > 0.5
    assert letter[:24, 14:].max() == 0


@pytest.mark.parametrize("name", ["circle", "square", "triangle", "cross", "ring", "star", "bar", "crescent"])
def test_a_form_is_whole_wherever_it_lies_and_however_it_is_turned(name):
    loaded = load("shapes", samples=400, noise=0, scale=0, classes=8)
    images = loaded.inputs[loaded.targets == loaded.class_names.index(name)].flatten(1)
    low, high = images.amin(1, keepdim=True), images.amax(1, keepdim=True)
    areas = ((images - low) / (high - low)).sum(1)
    assert areas.std() / areas.mean() < 0.03
    assert (high - low).min() > 0.15


def test_noise_has_the_stated_deviation():
    still, noisy = (load("shapes", samples=200, noise=noise) for noise in (0, 0.05))
    inside = (still.inputs > 0.2) & (still.inputs < 0.8)
    assert (noisy.inputs - still.inputs)[inside].std().item() == pytest.approx(0.05, rel=0.03)
