"""The operations of RandAugment against PIL and SciPy, and how they are drawn."""

import numpy as np
import pytest
import torch
from layerlab.augment.operations import OPERATIONS, operated
from PIL import Image, ImageEnhance, ImageOps

from tests.backend.augment.changing import chance, changed

SIZE = 32
#: At a level from 0 to 1, with sign 1.
PIL = {
    "identity": lambda image, level: image,
    "auto contrast": lambda image, level: ImageOps.autocontrast(image),
    "equalize": lambda image, level: ImageOps.equalize(image),
    "solarize": lambda image, level: ImageOps.solarize(image, 255 * (1 - level)),
    "posterize": lambda image, level: ImageOps.posterize(image, 8 - round(4 * level)),
    "colour": lambda image, level: ImageEnhance.Color(image).enhance(1 + 0.9 * level),
    "contrast": lambda image, level: ImageEnhance.Contrast(image).enhance(1 + 0.9 * level),
    "brightness": lambda image, level: ImageEnhance.Brightness(image).enhance(1 + 0.9 * level),
    "sharpness": lambda image, level: ImageEnhance.Sharpness(image).enhance(1 + 0.9 * level),
}


def images(channels=3, num=4):
    """Smooth ones with 8 bits, not from black to white."""
    wave = torch.linspace(0, 3, SIZE)
    planes = [(wave[:, None] * (1 + k) + wave[None, :] * (2 - 0.3 * k)).sin() for k in range(num * channels)]
    return ((torch.stack(planes).reshape(num, channels, SIZE, SIZE) * 100 + 128).round()) / 255


def pixels(image):
    made = np.asarray(image, dtype=float) / 255
    return made if made.ndim == 3 else made[..., None]


def as_pil(image_chw):
    whole = (image_chw * 255).round().byte().permute(1, 2, 0).numpy()
    return Image.fromarray(whole if whole.shape[2] == 3 else whole[..., 0])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", PIL)
def test_an_operation_is_pils(name, channels):
    shown = images(channels)
    levels = torch.tensor([0.0, 0.25, 0.75, 1.0])
    made = OPERATIONS[name](shown, levels, torch.ones(4))
    for n, level in enumerate(levels.tolist()):
        wanted = pixels(PIL[name](as_pil(shown[n]), level))
        found = made[n].permute(1, 2, 0).numpy()
        # Float32 times 255 may fall one short of a whole number, which shifts a level by one.
        off = np.abs(found - wanted)
        assert np.quantile(off, 0.95) <= 2.01 / 255, off.max()


@pytest.mark.parametrize(("name", "axis", "size"), [("translate x", 3, 331), ("translate y", 2, 331)])
def test_a_translation_goes_as_far_as_in_the_paper(name, axis, size):
    """150 of 331 pixels at the highest level."""
    image = torch.rand(1, 1, *((4, size) if axis == 3 else (size, 4)))
    moved = OPERATIONS[name](image, torch.ones(1), torch.ones(1))
    torch.testing.assert_close(
        moved.narrow(axis, 150, size - 150), image.narrow(axis, 0, size - 150), atol=1e-3, rtol=0
    )
    assert moved.narrow(axis, 0, 149).abs().max() < 1e-3


@pytest.mark.parametrize("name", ["shear x", "shear y", "rotate"])
def test_opposite_signs_are_mirror_images(name):
    shown = images(1, 2)
    ones = torch.ones(2)
    there, back = (OPERATIONS[name](one, ones, sign) for one, sign in ((shown, ones), (shown.flip(-1), -ones)))
    torch.testing.assert_close(there, back.flip(-1), atol=1e-4, rtol=0)
    assert (there - shown).abs().max() > 0.1


def test_a_shear_is_thirty_pixels_in_a_hundred():
    """A vertical line becomes one that leans by 0.3 pixels a pixel."""
    image = torch.zeros(1, 1, 41, 41)
    image[..., 20] = 1
    leaning = OPERATIONS["shear x"](image, torch.ones(1), torch.ones(1))[0, 0]
    columns = torch.arange(41.0)
    middles = (leaning * columns).sum(1) / leaning.sum(1)
    slopes = middles.diff()
    torch.testing.assert_close(slopes.abs(), torch.full_like(slopes, 0.3), atol=1e-3, rtol=0)


def test_each_image_draws_its_own_operation():
    shown = images(1, 1).expand(700, -1, -1, -1)
    made = operated(shown, torch.full((700,), 0.6), chance())
    different = {made[n].numpy().tobytes() for n in range(700)}
    # Eight operations have two sides (colour says nothing on grey), four have one, and identity changes nothing.
    assert 15 <= len(different) <= 22
    untouched = (made == shown).flatten(1).all(1).double().mean().item()
    # Identity and colour: 2 of 14.
    assert abs(untouched - 2 / 14) < 4 * (2 / 14 * 12 / 14 / 700) ** 0.5


def test_the_order_of_the_batch_does_not_matter_for_what_an_operation_does():
    shown = images(3, 4)
    for operation in OPERATIONS.values():
        levels, signs = torch.tensor([0.2, 0.4, 0.6, 0.8]), torch.tensor([1.0, -1.0, 1.0, -1.0])
        together = operation(shown, levels, signs)
        alone = torch.cat([operation(shown[n : n + 1], levels[n : n + 1], signs[n : n + 1]) for n in range(4)])
        torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)


def test_more_operations_change_more():
    shown = images(3, 4).repeat(25, 1, 1, 1)
    distances = [
        (changed("rand_augment", shown, num_ops=num, magnitude=magnitude) - shown).abs().mean().item()
        for num, magnitude in ((1, 4), (2, 9), (4, 20))
    ]
    assert distances == sorted(distances)
    assert distances[0] > 0
