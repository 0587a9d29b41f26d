"""Clips [T, C, H, W] for layers that read images: each frame is an image of its own."""

from collections.abc import Sequence

from torch import Tensor

from layerlab.layers.base.site import Shape

_CLIP = 4


def num_frames(shapes: Sequence[Shape]) -> int | None:
    """Frames of a clip that a layer reads, T of [T, C, H, W]; None where it reads no clip."""
    return shapes[0][0] if shapes and len(shapes[0]) == _CLIP else None


def frame_shapes(shapes: Sequence[Shape]) -> list[Shape]:
    """What a layer that works frame by frame reads at a time: [C, H, W] of a clip, all else as it is."""
    return [shape[1:] if len(shape) == _CLIP else shape for shape in shapes]


def as_images(x: Tensor) -> Tensor:
    """[N, T, C, H, W] → [N·T, C, H, W]: the frames of all clips, one clip behind the other; all else as it is."""
    return x.flatten(0, 1) if x.dim() == _CLIP + 1 else x


def as_clips(x: Tensor, frames: int) -> Tensor:
    """[N·T, …] → [N, T, …], the way back."""
    return x.reshape(-1, frames, *x.shape[1:])
