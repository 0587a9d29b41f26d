"""Clips: the motion is what the class says, and no single frame tells it."""

import pytest
import torch
from layerlab.datasets.clips import MOTIONS, covers, states

from tests.backend.datasets.test_datasets import load


@pytest.mark.parametrize(("colour", "channels"), [("grey", 1), ("colour", 3)])
@pytest.mark.parametrize(("size", "frames"), [(8, 4), (20, 6)])
def test_shape_range_and_balance(colour, channels, size, frames):
    loaded = load("clips", size=size, frames=frames, colour=colour, samples=80, classes=8)
    assert (loaded.inputs.shape, loaded.inputs.dtype) == ((80, frames, channels, size, size), torch.float32)
    assert loaded.value_range == (0.0, 1.0)
    assert loaded.inputs.min() >= 0
    assert loaded.inputs.max() <= 1
    assert loaded.targets.bincount().tolist() == [10] * 8
    assert loaded.class_names == tuple(MOTIONS)


def test_another_seed_draws_others():
    assert not torch.equal(load("clips", samples=20).inputs, load("clips", samples=20, seed=1).inputs)


def film(motion: str, *, pace: float, frames: int, size: int = 32, count: int = 12):
    """State [N, T, 5] and covered part [N, T, H, W] of clips of one motion, without light and noise."""
    draws = torch.Generator().manual_seed(2)
    names, zeros_n = (motion,), torch.zeros(count, dtype=torch.long)
    state = states(zeros_n, names, torch.full((count,), pace), frames, draws)
    return state, covers(state, size, draws)


@pytest.mark.parametrize(("motion", "shift"), [("right", (0, 1)), ("left", (0, -1)), ("up", (-1, 0)), ("down", (1, 0))])
def test_a_moving_form_is_the_same_form_a_pixel_further(motion, shift):
    _, cover = film(motion, pace=1 / 32, frames=5)
    for before, after in zip(cover.unbind(1)[:-1], cover.unbind(1)[1:], strict=True):
        assert torch.allclose(before.roll(shift, (1, 2)), after, atol=2e-3)


def test_after_a_whole_turn_it_stands_as_before():
    _, cover = film("turning", pace=0.25, frames=5)
    assert torch.allclose(cover[:, 0], cover[:, 4], atol=1e-3)
    assert (cover[:, 0] - cover[:, 2]).abs().amax((1, 2)).max() > 0.5


@pytest.mark.parametrize(("motion", "way"), [("growing", 1), ("shrinking", -1)])
def test_a_growing_form_covers_more_until_it_starts_again(motion, way):
    state, cover = film(motion, pace=0.1, frames=6, size=64)
    grown = way * cover.sum((2, 3)).diff(dim=1)
    starts_again = (state[..., 3].diff(dim=1) * way) < 0
    assert torch.equal(grown < 0, starts_again)
    assert 0 < starts_again.sum() < starts_again.numel() / 2


def test_a_blinking_form_only_changes_its_light():
    still = load("clips", classes=7, samples=70, noise=0, size=16)
    blinking = still.inputs[still.targets == still.class_names.index("blinking")][:, :, 0]
    ground = blinking.amin((1, 2, 3), keepdim=True)
    bright = (blinking - ground).amax((2, 3))
    assert (bright.amax(1) - bright.amin(1)).min() > 0.05
    where_is_it = (blinking - ground) > 0.5 * bright[..., None, None]
    assert (where_is_it == where_is_it[:, :1]).float().mean() > 0.995


def test_no_frame_tells_the_class():
    """Each part of the state is uniform at every time for every class: Kolmogorov and Smirnov's distance is small."""
    count, frames = 2000, 4
    draws = torch.Generator().manual_seed(0)
    names = tuple(MOTIONS)
    classes = torch.arange(count * len(names)) % len(names)
    state = states(classes, names, torch.full(classes.shape, 0.13), frames, draws)
    assert ((state >= 0) & (state < 1)).all()
    even = (torch.arange(count) + 0.5) / count
    for number in range(len(names)):
        ranked = state[classes == number].sort(0).values
        distance = (ranked - even[:, None, None]).abs().max()
        assert distance < 1.95 / count**0.5  # passed by chance in less than one of 1 000
