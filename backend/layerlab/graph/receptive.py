"""How much of the input image, or of the input sequence, one place of a node's output sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from layerlab_schemas.graph import CheckedData

from layerlab.layers.base import Sliding, frame_shapes


@dataclass(frozen=True)
class Field:
    """Places of the input that one place sees, and how far apart neighbouring places look; by axis.

    Axes are height and width in pixels, or steps. After an upsampling, neighbours look at places less than 1 apart.
    As in the literature, a field may reach over the border, and what a norm's mean sees is not counted.
    """

    size: tuple[Fraction | int, ...]
    step: tuple[Fraction | int, ...]

    @property
    def places(self) -> list[int]:
        """The size in whole places."""
        return [ceil(size) for size in self.size]


def input_field(data: CheckedData) -> Field | None:
    """A pixel of an image (or of its frame, of a clip) or a step of a sequence sees itself; other data has no field."""
    (shape,) = frame_shapes([tuple(data.input_shape)])
    axes = len(shape) - (0 if data.input_is_index else 1)
    return Field((1,) * axes, (1,) * axes) if axes in (1, 2) else None


def grow(fields: Sequence[Field | None], window: Sliding | None) -> Field | None:
    """The field after a layer that slides a window (kernel, stride) over its inputs; of branches, the largest counts.

    Each kernel step widens the field by the step of what it reads: r + (k − 1)·j; each stride widens the step: j·s.
    """
    known = [field for field in fields if field is not None]
    if len(known) < len(fields) or len({len(field.size) for field in known}) > 1:
        return None
    axes = range(len(known[0].size))
    kernel, stride = window or ((1,) * len(axes), (1,) * len(axes))
    return Field(
        tuple(max(field.size[axis] + (kernel[axis] - 1) * field.step[axis] for field in known) for axis in axes),
        tuple(max(field.step[axis] for field in known) * stride[axis] for axis in axes),
    )
