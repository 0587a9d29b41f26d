"""How much of the input image one place of a node's output sees."""

from collections.abc import Sequence
from dataclasses import dataclass

from layerlab_schemas.graph import CheckedData


@dataclass(frozen=True)
class Field:
    """Height and width in the input that one place sees, and how far apart neighbouring places look, in pixels.

    As in the literature, a field may reach over the border, and what a norm's mean sees is not counted.
    """

    size: tuple[int, int]
    step: tuple[int, int]


def input_field(data: CheckedData) -> Field | None:
    """A pixel of the input sees itself; other data has no field."""
    return Field((1, 1), (1, 1)) if len(data.input_shape) == 3 else None


def grow(fields: Sequence[Field | None], window: tuple[tuple[int, int], tuple[int, int]] | None) -> Field | None:
    """The field after a layer that slides a window (kernel, stride) over its inputs; of branches, the largest counts.

    Each kernel step widens the field by the step of what it reads: r + (k − 1)·j; each stride widens the step: j·s.
    """
    known = [field for field in fields if field is not None]
    if len(known) < len(fields):
        return None
    kernel, stride = window or ((1, 1), (1, 1))
    height, width = (
        (
            max(field.size[axis] + (kernel[axis] - 1) * field.step[axis] for field in known),
            max(field.step[axis] for field in known) * stride[axis],
        )
        for axis in (0, 1)
    )
    return Field((height[0], width[0]), (height[1], width[1]))
