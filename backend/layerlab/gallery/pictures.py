"""Samples as pictures of a frame: images as they are, a clip as a strip of its frames."""

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
import torch.nn.functional as functional
from layerlab_schemas.frames import DataShape, Frame, ImageGridItem, PackedArray
from layerlab_schemas.graph import CheckedData
from layerlab_schemas.problems import Problem
from torch import Tensor

from layerlab.errors import SpecError
from layerlab.losses.base import NO_ANSWER
from layerlab.probes.base import pack
from layerlab.training.data import PICTURES, TrainingData

#: Of a side of a picture.
MOST_PIXELS = 96


def check_pictures(data: TrainingData) -> None:
    """Refuse what cannot be shown.

    Raises:
        SpecError: The data are not made of pixels.
    """
    facts = data.facts
    if facts.input_kind in PICTURES:
        return
    message = f"{facts.title} has no pixels, and augmentations change images and clips."
    hint = "Take a dataset of images or clips."
    raise SpecError([Problem(code="augment_does_not_fit", path="data.dataset", message=message, hint=hint)])


def item(
    name: str, samples: Tensor, names: Sequence[str], *, low: float, high: float, signed: bool = False, total: int
) -> ImageGridItem:
    """Samples [N, C, H, W], or clips [N, T, C, H, W] as strips, as an item of a frame.

    Args:
        name: Of the item.
        samples: What to show; large ones are shown smaller.
        names: One a sample.
        low: The value that is drawn black.
        high: The value that is drawn white.
        signed: Whether 0 is a middle, and values below it are drawn in a colour of their own.
        total: How many there are.
    """
    images = strips(smaller(samples))
    return ImageGridItem(
        node=name,
        images=pack_levels(images) if (low, high) == (0.0, 255.0) else pack(images),
        total=total,
        signed=signed,
        low=low,
        high=high,
        in_colour=images.shape[1] == 3,
        names=list(names),
    )


def smaller(samples: Tensor) -> Tensor:
    """The samples, with at most so many pixels a side: means of squares where there are more."""
    longest = max(samples.shape[-2:])
    if longest <= MOST_PIXELS:
        return samples
    height, width = (max(1, round(side * MOST_PIXELS / longest)) for side in samples.shape[-2:])
    small = functional.adaptive_avg_pool2d(samples.float().flatten(0, -4), (height, width))
    return small.reshape(*samples.shape[:-2], height, width)


def strips(samples: Tensor) -> Tensor:
    """[N, C, H, W]; the frames of a clip [T, C, H, W] side by side."""
    if samples.ndim == 4:
        return samples
    return torch.cat(samples.unbind(1), -1)


def pack_levels(images: Tensor) -> PackedArray:
    """Values from 0 to 255 as whole numbers: a quarter of the bytes, and all that a screen shows."""
    array = images.detach().cpu().round().clamp(0, 255).to(torch.uint8).contiguous().numpy()
    return PackedArray(dtype="uint8", shape=list(array.shape), data=array.tobytes())


def label_of(target: Tensor, data: CheckedData) -> str:
    """The class, or the number to tell; of a sample that is its own target nothing."""
    if target.ndim > 0 and target.numel() != 1:
        return ""
    if data.class_names:
        return data.class_names[int(target)] if int(target) != NO_ANSWER else ""
    return f"{float(target):.3g}".replace("-", "−")


def told_shares(weights: Mapping[str, float]) -> str:
    """``70 % O + 30 % Q``, the largest first; what rounds to nothing is left out."""
    listed = sorted(weights.items(), key=lambda pair: -pair[1])
    told = [f"{round(100 * weight)} % {label}" for label, weight in listed if round(100 * weight) > 0]
    return listed[0][0] if len(told) == 1 else " + ".join(told)


def frame(name: str, items: list[ImageGridItem], *, part: Literal["train", "validation"], num_samples: int) -> Frame:
    """A frame of no run: what is before step 0."""
    return Frame(
        run="none",
        probe=name,
        data_shape=DataShape.IMAGE_GRID,
        step=0,
        split=part,
        mode=None,
        num_samples=num_samples,
        items=items,
    )
