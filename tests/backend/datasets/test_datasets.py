"""Each dataset is what its words say: shapes, classes, geometry, and the same for the same seed."""

import numpy as np
import pytest
import torch
from layerlab.datasets import REGISTRY
from sklearn.datasets import load_digits, make_moons

POINTS = ("spiral", "circle", "xor", "gaussians", "moons")


def load(kind: str, seed: int = 0, **fields):
    found = REGISTRY.get(kind)
    return found.load(found.Params.model_validate(fields), seed=seed)


@pytest.mark.parametrize("kind", [kind.kind for kind in REGISTRY if not kind.details.get("own_file")])
def test_the_same_seed_gives_the_same_samples(kind):
    first, again = load(kind), load(kind)
    assert torch.equal(first.inputs, again.inputs)
    assert torch.equal(first.targets, again.targets)
    assert len(first.inputs) == len(first.targets)
    assert first.task == REGISTRY.get(kind).task == REGISTRY.get(kind).describe().details["task"]
    assert first.input_kind == REGISTRY.get(kind).input_kind


@pytest.mark.parametrize("kind", [*POINTS, "plane_regression", "parity"])
def test_another_seed_gives_others(kind):
    assert not torch.equal(load(kind).inputs, load(kind, seed=1).inputs)


@pytest.mark.parametrize("kind", POINTS)
@pytest.mark.parametrize("samples", [10, 501])
def test_points_are_of_two_classes_in_equal_parts(kind, samples):
    loaded = load(kind, samples=samples)
    assert (loaded.inputs.shape, loaded.inputs.dtype) == ((samples, 2), torch.float32)
    assert loaded.targets.bincount().tolist() == [samples - samples // 2, samples // 2]
    assert loaded.inputs.abs().max() < 8
    assert len(set(loaded.targets[:10].tolist())) == 2  # mixed


@pytest.mark.parametrize("kind", POINTS)
def test_noise_has_the_stated_deviation(kind):
    still, noisy = load(kind, samples=20_000, noise=0), load(kind, samples=20_000, noise=0.5)
    moved = noisy.inputs - still.inputs
    assert torch.equal(still.targets, noisy.targets)
    assert moved.std().item() == pytest.approx(0.5, rel=0.02)


def test_without_noise_the_rules_hold_exactly():
    xor = load("xor", noise=0)
    assert torch.equal(xor.inputs.prod(1) > 0, xor.targets == 1)
    assert xor.inputs.abs().min() >= 0.3
    circle = load("circle", noise=0)
    assert torch.equal(circle.inputs.norm(dim=1) < 3, circle.targets == 1)
    spiral = load("spiral", noise=0)
    radius = spiral.inputs.norm(dim=1)
    angle = torch.atan2(spiral.inputs[:, 0], spiral.inputs[:, 1])
    turned = angle - 3.5 * torch.pi * radius / 5 - torch.pi * spiral.targets
    assert (1 - turned.cos()[radius > 0.01]).max() < 1e-4
    gaussians = load("gaussians", noise=0, samples=20_000)
    centre = gaussians.inputs[gaussians.targets == 1]
    assert centre.mean(0).tolist() == pytest.approx([2, 2], abs=0.03)
    assert centre.std(0).tolist() == pytest.approx([0.7, 0.7], rel=0.03)


def test_moons_are_those_of_scikit_learn():
    ours = load("moons", noise=0, samples=100)
    theirs, classes = make_moons(100, shuffle=False)
    expected = torch.tensor((theirs - [0.5, 0.25]) * 4, dtype=torch.float32)
    for number in (0, 1):
        mine = ours.inputs[ours.targets == number]
        order = mine[:, 0].argsort()
        wanted = expected[torch.tensor(classes) == number]
        torch.testing.assert_close(mine[order], wanted[wanted[:, 0].argsort()], atol=1e-5, rtol=0)


def test_digits_are_those_of_scikit_learn():
    ours, theirs = load("digits"), load_digits()
    assert np.array_equal(ours.inputs[:, 0].numpy(), theirs.images)
    assert np.array_equal(ours.targets.numpy(), theirs.target)
    assert (ours.inputs.shape, ours.inputs.min(), ours.inputs.max()) == ((1797, 1, 8, 8), 0, 16)


def test_a_plane_is_a_tenth_of_the_sum():
    loaded = load("plane_regression", surface="plane", noise=0)
    assert loaded.targets.shape == (500, 1)
    torch.testing.assert_close(loaded.targets[:, 0], loaded.inputs.sum(1) / 10)


def test_peaks_are_cones():
    loaded = load("plane_regression", surface="peaks", noise=0, samples=20_000)
    heights = loaded.targets[:, 0]
    at_top = (loaded.inputs - torch.tensor([4.0, 2.5])).norm(dim=1)
    torch.testing.assert_close(heights[at_top < 2], 1 - at_top[at_top < 2] / 2, atol=1e-5, rtol=0)
    assert heights.max() > 0.97
    assert heights.min() < -0.97
    assert (heights == 0).float().mean().item() == pytest.approx(1 - 6 * 4 * torch.pi / 144, abs=0.02)


@pytest.mark.parametrize("length", [4, 16, 48])
def test_parity_counts_ones(length):
    numbers = load("parity", length=length, samples=400)
    tokens = load("parity", length=length, samples=400, encoding="token")
    assert (numbers.inputs.shape, numbers.inputs.dtype) == ((400, length, 1), torch.float32)
    assert (tokens.inputs.shape, tokens.inputs.dtype, tokens.num_tokens) == ((400, length), torch.int64, 2)
    assert torch.equal(numbers.inputs[:, :, 0].long(), tokens.inputs)
    assert torch.equal(numbers.targets, tokens.inputs.sum(1) % 2)
    assert numbers.inputs.unique().tolist() == [0, 1]


def test_sequences_have_all_shares_of_ones():
    share = load("parity", samples=20_000).inputs.mean((1, 2))
    assert np.quantile(share.numpy(), [0.1, 0.5, 0.9]).tolist() == pytest.approx([0.1, 0.5, 0.9], abs=0.05)
