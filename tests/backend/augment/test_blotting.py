"""Cutout, noise, blur and edges against closed forms and SciPy."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from tests.backend.augment.changing import chance, changed, even


def test_a_cutout_is_one_square_anywhere():
    images = torch.full((300, 2, 12, 12), 0.8)
    holes = changed("cutout", images, size=0.5, value=0.25) == 0.25
    assert torch.equal(holes[:, 0], holes[:, 1])
    rows, columns = holes[:, 0].any(2).sum(1), holes[:, 0].any(1).sum(1)
    assert torch.equal(holes[:, 0].sum((1, 2)), rows * columns)
    assert rows.max() == columns.max() == 6
    assert rows.min() == columns.min() == 3
    # Each pixel can be its middle, so that each pixel is cut sooner or later, the border less often.
    often = holes[:, 0].float().mean(0)
    assert often.min() > 0.02
    assert often[6, 6] > 2 * often[0, 0]


def test_noise_has_its_deviation_and_no_mean():
    noise = changed("gaussian_noise", torch.full((50, 3, 20, 20), 0.5), std=0.05) - 0.5
    assert abs(noise.std().item() / 0.05 - 1) < 0.02
    assert abs(noise.mean().item()) < 4 * 0.05 / 60000**0.5
    torch.testing.assert_close(noise, 0.05 * torch.randn(50, 3, 20, 20, generator=chance()))


def test_a_blur_is_scipys():
    images = torch.rand(4, 2, 14, 17)
    widths = even(0.1, 2.0, 4, chance())
    blurred = changed("gaussian_blur", images, sigma=2.0)
    for n, width in enumerate(widths.tolist()):
        wanted = ndimage.gaussian_filter(
            images[n].double().numpy(), (0, width, width), mode="nearest", radius=(0, 6, 6)
        )
        np.testing.assert_allclose(blurred[n].numpy(), wanted, atol=1e-5)


def test_edges_are_scipys():
    images = torch.rand(3, 2, 9, 13)
    pixels = images.double().numpy()
    across, along = (ndimage.sobel(pixels, axis, mode="nearest") for axis in (2, 3))
    smooth = [ndimage.correlate1d(one, [1, 2, 1], axis, mode="nearest") for one, axis in ((pixels, 3), (pixels, 2))]
    across, along = (
        ndimage.correlate1d(one, [-1, 0, 1], axis, mode="nearest") for one, axis in zip(smooth, (2, 3), strict=True)
    )
    wanted = np.minimum(np.hypot(across, along) / 4, 1)
    np.testing.assert_allclose(changed("sobel", images).numpy(), wanted, atol=1e-5)


@pytest.mark.parametrize("axis", [2, 3])
def test_a_full_step_is_a_white_edge(axis):
    image = torch.zeros(1, 1, 8, 8)
    image.narrow(axis, 4, 4).fill_(1)
    edges = changed("sobel", image)
    assert edges.narrow(axis, 3, 2).eq(1).all()
    assert edges.narrow(axis, 0, 3).eq(0).all()
