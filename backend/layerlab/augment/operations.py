"""The fourteen operations of RandAugment, each at a level from 0 to 1, in the ranges of the paper."""

from collections.abc import Callable

import torch
from torch import Tensor

from layerlab.augment.drawn import by_sample
from layerlab.augment.warping import warp

#: [M, C, H, W] from 0 to 1, levels [M] from 0 to 1, signs [M] ±1 → changed images.
Operation = Callable[[Tensor, Tensor, Tensor], Tensor]


def _identity(images: Tensor, level_m: Tensor, sign_m: Tensor) -> Tensor:
    return images


def _shear_x(images: Tensor, level_m: Tensor, sign_m: Tensor) -> Tensor:
    return _slanted(images, level_m * sign_m, 0)


def _shear_y(images: Tensor, level_m: Tensor, sign_m: Tensor) -> Tensor:
    return _slanted(images, level_m * sign_m, 1)


def _slanted(images: Tensor, level_m: Tensor, axis: int) -> Tensor:
    """Up to 0.3 pixels a pixel."""
    degrees_m = torch.rad2deg(torch.atan(0.3 * level_m))
    return warp(images, "zeros", shear_b2=_along(degrees_m, axis))


def _translate_x(images: Tensor, level_m: Tensor, sign_m: Tensor) -> Tensor:
    return warp(images, "zeros", shift_b2=_along(level_m * sign_m * _FARTHEST * images.shape[-1], 0))


def _translate_y(images: Tensor, level_m: Tensor, sign_m: Tensor) -> Tensor:
    return warp(images, "zeros", shift_b2=_along(level_m * sign_m * _FARTHEST * images.shape[-2], 1))


#: 150 of 331 pixels.
_FARTHEST = 150 / 331


def _along(number_m: Tensor, axis: int) -> Tensor:
    """[M, 2] with the numbers along one axis."""
    nothing = torch.zeros_like(number_m)
    return torch.stack([number_m, nothing] if axis == 0 else [nothing, number_m], 1)


def _rotate(images: Tensor, level_m: Tensor, sign_m: Tensor) -> Tensor:
    return warp(images, "zeros", angle_b=30 * level_m * sign_m)


def _brightness(images: Tensor, level_m: Tensor, sign_m: Tensor) -> Tensor:
    from kornia.enhance import adjust_brightness_accumulative

    return adjust_brightness_accumulative(images, 1 + 0.9 * level_m * sign_m)


def _colour(images: Tensor, level_m: Tensor, sign_m: Tensor) -> Tensor:
    from kornia.enhance import adjust_saturation_with_gray_subtraction

    if images.shape[-3] != 3:
        return images
    return adjust_saturation_with_gray_subtraction(images, 1 + 0.9 * level_m * sign_m)


def _contrast(images: Tensor, level_m: Tensor, sign_m: Tensor) -> Tensor:
    from kornia.enhance import adjust_contrast_with_mean_subtraction

    return adjust_contrast_with_mean_subtraction(images, 1 + 0.9 * level_m * sign_m)


def _sharpness(images: Tensor, level_m: Tensor, sign_m: Tensor) -> Tensor:
    from kornia.enhance import sharpness

    return sharpness(images, 1 + 0.9 * level_m * sign_m) if min(images.shape[-2:]) >= 3 else images


def _posterize(images: Tensor, level_m: Tensor, sign_m: Tensor) -> Tensor:
    """8 to 4 bits a channel are left."""
    from kornia.enhance import posterize

    return posterize(images.clamp(0, 1), (8 - (4 * level_m).round()).int())


def _solarize(images: Tensor, level_m: Tensor, sign_m: Tensor) -> Tensor:
    """Pixels at or above a threshold, which falls from white to black, become their negative."""
    return torch.where(images >= 1 - by_sample(level_m, images), 1 - images, images)


def _auto_contrast(images: Tensor, level_m: Tensor, sign_m: Tensor) -> Tensor:
    """In each channel the darkest pixel becomes black and the brightest white; an even one stays as it is."""
    low, high = images.amin((-2, -1), keepdim=True), images.amax((-2, -1), keepdim=True)
    return torch.where(high > low, (images - low) / (high - low).clamp(min=1e-12), images)


def _equalize(images: Tensor, level_m: Tensor, sign_m: Tensor) -> Tensor:
    """In each channel all of 256 levels equally often, as far as pixels allow; images of up to 255 pixels stay."""
    from kornia.enhance import equalize

    return equalize(images.clamp(0, 1))


OPERATIONS: dict[str, Operation] = {
    "identity": _identity, "auto contrast": _auto_contrast, "equalize": _equalize, "rotate": _rotate,
    "solarize": _solarize, "colour": _colour, "posterize": _posterize, "contrast": _contrast,
    "brightness": _brightness, "sharpness": _sharpness, "shear x": _shear_x, "shear y": _shear_y,
    "translate x": _translate_x, "translate y": _translate_y,
}  # fmt: skip


def operated(images: Tensor, level_b: Tensor, generator: torch.Generator) -> Tensor:
    """Each image changed by one operation, drawn for it, at its level [B] from 0 to 1, to a drawn side."""
    chosen_b = torch.randint(len(OPERATIONS), (len(images),), generator=generator)
    sign_b = (torch.randint(2, (len(images),), generator=generator) * 2 - 1).to(images.device)
    changed = images.clone()
    for number, operation in enumerate(OPERATIONS.values()):
        # Found on the CPU: on a graphics card every such look would wait for it.
        places_m = (chosen_b == number).nonzero()[:, 0].to(images.device)
        if len(places_m) > 0:
            changed[places_m] = operation(images[places_m], level_b[places_m], sign_b[places_m])
    return changed
