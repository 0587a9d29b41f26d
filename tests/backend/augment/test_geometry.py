"""Flips, affine maps, crops and elastic fields against numpy, SciPy and PyTorch, with the drawn numbers known."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from layerlab.augment.warping import warp
from scipy import ndimage

from tests.backend.augment.changing import blob, chance, changed, even

SIZE = 21
MODES = {"zeros": "grid-constant", "border": "nearest"}


def scipy_warp(image_hw, matrix, shift, mode):
    """By the inverse of u → matrix · (u − middle) + middle + shift, with u = (row, column)."""
    middle = (np.array(image_hw.shape) - 1) / 2
    inverse = np.linalg.inv(matrix)
    offset = middle - inverse @ (middle + shift)
    return ndimage.affine_transform(image_hw.double().numpy(), inverse, offset, order=1, mode=MODES[mode])


def rotation(degrees):
    """Clockwise as seen, for (row, column)."""
    angle = math.radians(degrees)
    return np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])


def assert_like_scipy(moved, images, matrices, shifts, mode="zeros", channel=0):
    for n, (matrix, shift) in enumerate(zip(matrices, shifts, strict=True)):
        wanted = scipy_warp(images[n, channel], matrix, shift, mode)
        np.testing.assert_allclose(moved[n, channel].numpy(), wanted, atol=1e-4)


def test_flips_are_numpys():
    images = torch.rand(3, 2, 5, 7)
    np.testing.assert_array_equal(changed("horizontal_flip", images), images.numpy()[..., ::-1])
    np.testing.assert_array_equal(changed("vertical_flip", images), images.numpy()[..., ::-1, :])


def test_a_rotation_is_scipys():
    images = blob(6, SIZE, 2)
    angles = even(-40, 40, 6, chance())
    moved = changed("rotate", images, degrees=40)
    for channel in (0, 1):
        assert_like_scipy(moved, images, [rotation(angle) for angle in angles.tolist()], [(0, 0)] * 6, channel=channel)


def test_a_quarter_turn_is_exact():
    images = torch.rand(2, 3, 9, 9)
    turned = warp(images, "zeros", angle_b=torch.tensor([90.0, 180.0]))
    torch.testing.assert_close(turned[0], images[0].rot90(-1, (1, 2)))
    torch.testing.assert_close(turned[1], images[1].rot90(2, (1, 2)))


def test_a_translation_is_scipys_and_one_by_whole_pixels_is_a_roll():
    images = blob(5, SIZE)
    generator = chance()
    x_b, y_b = even(-0.2 * SIZE, 0.2 * SIZE, 5, generator), even(-0.2 * SIZE, 0.2 * SIZE, 5, generator)
    moved = changed("translate", images, translate=0.2)
    assert_like_scipy(moved, images, [np.eye(2)] * 5, torch.stack([y_b, x_b], 1).numpy())
    whole = warp(images, "zeros", shift_b2=torch.tensor([[2.0, -3.0]]).expand(5, 2))
    torch.testing.assert_close(whole[..., :-3, 2:], images[..., 3:, :-2])
    assert (whole[..., -3:, :] == 0).all()


@pytest.mark.parametrize("mode", MODES)
def test_a_stretch_is_scipys(mode):
    images = blob(5, SIZE)
    generator = chance()
    x_b, y_b = (1.5 ** even(-1, 1, 5, generator) for _ in "xy")
    moved = changed("stretch", images, stretch=0.5, padding_mode=mode)
    matrices = [np.diag([y, x]) for x, y in zip(x_b.tolist(), y_b.tolist(), strict=True)]
    assert_like_scipy(moved, images, matrices, [(0, 0)] * 5, mode)


def test_an_affine_map_is_scipys():
    images = blob(6, SIZE)
    generator = chance()
    shear_x, shear_y = even(-15, 15, 6, generator), even(-15, 15, 6, generator)
    angle = even(-20, 20, 6, generator)
    x, y = even(-0.1 * SIZE, 0.1 * SIZE, 6, generator), even(-0.1 * SIZE, 0.1 * SIZE, 6, generator)
    scale = 1.2 ** even(-1, 1, 6, generator)
    matrices = []
    for n in range(6):
        across = np.array([[1, 0], [-math.tan(math.radians(shear_x[n])), 1]])
        along = np.array([[1, -math.tan(math.radians(shear_y[n]))], [0, 1]])
        matrices.append(scale[n].item() * rotation(angle[n].item()) @ along @ across)
    moved = changed("affine", images, degrees=20, translate=0.1, scale=0.2, shear=15)
    assert_like_scipy(moved, images, matrices, torch.stack([y, x], 1).numpy())


@pytest.mark.parametrize(("mode", "pad"), [("zeros", "constant"), ("border", "replicate"), ("reflection", "reflect")])
def test_a_random_crop_is_a_window_of_the_padded_image(mode, pad):
    images = torch.rand(12, 3, 8, 10)
    generator = chance()
    rows, columns = (torch.randint(-size, size + 1, (12,), generator=generator) for size in (2, 2))
    cropped = changed("random_crop", images, padding=0.2, padding_mode=mode)
    padded = F.pad(images, (2, 2, 2, 2), mode=pad)
    for n, (row, column) in enumerate(zip((rows + 2).tolist(), (columns + 2).tolist(), strict=True)):
        assert torch.equal(cropped[n], padded[n, :, row : row + 8, column : column + 10])


def test_a_resized_crop_is_a_part_scaled_up():
    size = 32
    images = blob(6, size)
    generator = chance()
    area, aspect = even(0.3, 1, 6, generator), 1.5 ** even(-1, 1, 6, generator)
    x, y = even(-0.5, 0.5, 6, generator), even(-0.5, 0.5, 6, generator)
    cropped = changed("random_resized_crop", images, scale=0.3, ratio=1.5, padding_mode="border")
    width, height = (area * aspect).sqrt().clamp(max=1), (area / aspect).sqrt().clamp(max=1)
    assert (width * height >= 0.3 * 0.99).all()
    for n in range(6):
        left, top = (0.5 + x[n] * (1 - width[n]) - width[n] / 2), (0.5 + y[n] * (1 - height[n]) - height[n] / 2)
        assert min(left, top) >= -1e-6
        assert max(left + width[n], top + height[n]) <= 1 + 1e-6
        # PyTorch's own sampling over that rectangle; edges of pixels lie at −1 and 1.
        theta = torch.tensor([[width[n], 0, 2 * left + width[n] - 1], [0, height[n], 2 * top + height[n] - 1]])
        grid = F.affine_grid(theta[None], [1, 1, size, size], align_corners=False)
        wanted = F.grid_sample(images[n : n + 1], grid, padding_mode="border", align_corners=False)
        torch.testing.assert_close(cropped[n], wanted[0], atol=1e-5, rtol=0)


def test_a_crop_of_everything_changes_nothing():
    images = torch.rand(4, 3, 11, 8)
    torch.testing.assert_close(changed("random_resized_crop", images, scale=1, ratio=1), images)
    torch.testing.assert_close(changed("affine", images, degrees=0, translate=0, scale=0, shear=0), images)
    torch.testing.assert_close(changed("elastic", images, alpha=0), images)


def test_an_elastic_deformation_is_scipys():
    """The field of the paper: uniform, smoothed by a Gaussian with zeros around; pixels read between pixels."""
    size, sigma = 32, 4.0
    images = blob(3, size)
    field = torch.rand(3, 2, size, size, generator=chance()).double().numpy() * 2 - 1
    bent = changed("elastic", images, alpha=0.04, sigma=sigma / size, padding_mode="border")
    taps = np.exp(-(np.arange(-12, 13) ** 2) / (2 * sigma**2))
    taps /= taps.sum()
    deviation = (taps**2).sum() / math.sqrt(3)
    rows, columns = np.mgrid[:size, :size].astype(float)
    for n in range(3):
        x, y = (
            0.04
            * size
            / deviation
            * ndimage.convolve1d(ndimage.convolve1d(one, taps, 0, mode="constant"), taps, 1, mode="constant")
            for one in field[n]
        )
        places = [rows + y, columns + x]
        wanted = ndimage.map_coordinates(images[n, 0].double().numpy(), places, order=1, mode="nearest")
        np.testing.assert_allclose(bent[n, 0].numpy(), wanted, atol=1e-4)


@pytest.mark.parametrize("size", [8, 32, 64])
def test_an_elastic_deformation_is_as_strong_at_any_size(size):
    """Read off the shifts of a ramp: away from the border their standard deviation is alpha sides."""
    ramp = torch.arange(size).float().expand(200, 1, size, size) / size
    middle = slice(size // 2 - 1, size // 2 + 1)
    shifts = (changed("elastic", ramp, alpha=0.03, sigma=0.1) - ramp)[..., middle, middle]
    assert abs(shifts.std().item() / 0.03 - 1) < 0.15
