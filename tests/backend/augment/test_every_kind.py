"""What every augmentation keeps: shape, type, range, the given samples, and the draw of its generator."""

import pytest
import torch
from layerlab.augment import REGISTRY

from tests.backend.augment.changing import chance

KINDS = list(REGISTRY)
NAMES = [kind.kind for kind in KINDS]
SHAPES = {"image": [(16, 1, 8, 8), (16, 3, 12, 10), (16, 1, 28, 28)], "video": [(16, 6, 1, 8, 8), (16, 5, 3, 9, 12)]}
CASES = [(kind, shape) for kind in KINDS for input_kind in kind.takes for shape in SHAPES[input_kind]]


def example(kind, **more):
    return kind.Params(**{name: value for name, value in kind.example.items() if name != "kind"} | more)


def samples(shape):
    return torch.rand(shape, generator=chance(1))


@pytest.mark.parametrize(("kind", "shape"), CASES, ids=[f"{kind.kind}-{shape}" for kind, shape in CASES])
def test_samples_come_back_as_they_were_made(kind, shape):
    inputs = samples(shape)
    before = inputs.clone()
    changed = kind.apply(example(kind), inputs, generator=chance())
    assert torch.equal(inputs, before)
    assert (changed.shape, changed.dtype) == (inputs.shape, inputs.dtype)
    assert changed.min() >= -1e-6
    assert changed.max() <= 1 + 1e-6
    assert torch.equal(kind.apply(example(kind), inputs, generator=chance()), changed)


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_another_seed_draws_otherwise(kind):
    inputs = samples(SHAPES[kind.takes[0]][1])
    params = example(kind, p=0.5)
    first, second = (kind.apply(params, inputs, generator=chance(seed)) for seed in (1, 2))
    assert not torch.equal(first, second)


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_global_randomness_is_left_alone(kind):
    inputs = samples(SHAPES[kind.takes[0]][1])
    torch.manual_seed(3)
    before = torch.get_rng_state()
    first = kind.apply(example(kind), inputs, generator=chance())
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(4)
    assert torch.equal(kind.apply(example(kind), inputs, generator=chance()), first)


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_without_a_chance_nothing_changes_and_with_a_whole_one_all(kind):
    # Images that every operation can change: none of them is symmetric, even, or as bright as can be.
    inputs = 0.1 + 0.6 * samples((400, 3, 24, 24) if "image" in kind.takes else (400, 6, 1, 6, 6))
    assert torch.equal(kind.apply(example(kind, p=0), inputs, generator=chance()), inputs)
    share = (kind.apply(example(kind, p=1), inputs, generator=chance()) != inputs).flatten(1).any(1).double().mean()
    # Some draws leave a sample whole: the identity of RandAugment, a shift by no pixel, all frames kept.
    assert share > 0.5


@pytest.mark.parametrize("p", [0.25, 0.5])
def test_a_chance_is_one_of_each_sample(p):
    inputs = samples((4000, 1, 4, 4))
    flip = REGISTRY.get("horizontal_flip")
    is_changed = (flip.apply(example(flip, p=p), inputs, generator=chance()) != inputs).flatten(1).any(1)
    deviation = (p * (1 - p) / 4000) ** 0.5
    assert abs(is_changed.double().mean().item() - p) < 4 * deviation


GREY = [kind for kind in KINDS if kind.needs_colour]


@pytest.mark.parametrize("kind", GREY, ids=[kind.kind for kind in GREY])
def test_grey_has_no_colour_to_change(kind):
    inputs = samples((8, 1, 8, 8))
    assert torch.equal(kind.apply(example(kind), inputs, generator=chance()), inputs)
    grey_in_three = inputs.expand(-1, 3, -1, -1)
    torch.testing.assert_close(kind.apply(example(kind), grey_in_three, generator=chance()), grey_in_three)


def test_all_frames_of_a_clip_are_moved_alike():
    frame = samples((4, 1, 1, 16, 16))
    still = frame.expand(-1, 5, -1, -1, -1)
    for name in ("affine", "elastic", "random_crop", "random_resized_crop", "cutout", "gaussian_blur"):
        kind = REGISTRY.get(name)
        moved = kind.apply(example(kind, p=1), still, generator=chance())
        torch.testing.assert_close(moved, moved[:, :1].expand_as(moved))
        assert not torch.equal(moved, still)


def test_the_names_of_the_gallery_are_all_there():
    wanted = {
        "horizontal_flip", "vertical_flip", "rotate", "random_crop", "random_resized_crop", "translate", "affine",
        "stretch", "brightness", "contrast", "saturation", "hue", "cutout", "gaussian_noise", "gaussian_blur", "sobel",
        "elastic", "rand_augment", "trivial_augment", "mixup", "cutmix", "time_reversal", "speed_change",
        "frame_dropping", "temporal_crop",
    }  # fmt: skip
    assert wanted == set(NAMES)
