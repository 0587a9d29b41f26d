"""Light and colour against PIL, which these changes come from, on images of 8 bits."""

import colorsys

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance

from tests.backend.augment.changing import chance, changed, even

BRUSHES = {
    "brightness": ImageEnhance.Brightness,
    "contrast": ImageEnhance.Contrast,
    "saturation": ImageEnhance.Color,
}


def images(channels=3, num=6):
    """Of whole numbers from 0 to 255, over 255."""
    drawn = torch.randint(0, 256, (num, channels, 9, 11), generator=chance(1))
    return drawn.float() / 255


def as_pil(image_chw):
    pixels = (image_chw * 255).round().byte().permute(1, 2, 0).numpy()
    return Image.fromarray(pixels if pixels.shape[2] == 3 else pixels[..., 0])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", BRUSHES)
def test_a_factor_is_pils(name, channels):
    shown = images(channels)
    factors = even(0.2, 1.8, len(shown), chance())
    made = changed(name, shown, **{name: 0.8})
    for n, factor in enumerate(factors.tolist()):
        wanted = np.asarray(BRUSHES[name](as_pil(shown[n])).enhance(factor), dtype=float) / 255
        found = made[n].permute(1, 2, 0).numpy()
        # PIL rounds to 8 bits, and rounds the mean grey of the contrast too.
        np.testing.assert_allclose(found, wanted.reshape(found.shape), atol=2.01 / 255)


def test_a_hue_is_turned_as_by_colorsys():
    shown = images(num=3)
    turns = even(-0.4, 0.4, 3, chance())
    made = changed("hue", shown, hue=0.4)
    for n, turn in enumerate(turns.tolist()):
        for row, column in ((0, 0), (3, 7), (8, 10)):
            hue, saturation, value = colorsys.rgb_to_hsv(*shown[n, :, row, column].tolist())
            wanted = colorsys.hsv_to_rgb((hue + turn) % 1, saturation, value)
            torch.testing.assert_close(made[n, :, row, column], torch.tensor(wanted), atol=1e-4, rtol=0)
