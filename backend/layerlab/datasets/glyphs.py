"""Drawn capital letters."""

from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import Fraction, NonNegative, Positive, PositiveCount
from pydantic import Field
from torch import Tensor

from layerlab.datasets.base import DatasetKind, LoadedData
from layerlab.datasets.drawing import DrawnParams, Placed, even_classes, paint, place
from layerlab.registry import Params

#: Strokes of each letter between points of a grid of 3 columns (0 to 2) and 5 rows (0 to 4, upwards).
STROKES = {
    "A": "00-14 14-20 02-22", "E": "00-04 04-24 02-12 00-20", "F": "00-04 04-24 02-12", "H": "00-04 20-24 02-22",
    "K": "00-04 02-24 02-20", "L": "04-00 00-20", "M": "00-04 04-12 12-24 24-20", "N": "00-04 04-20 20-24",
    "T": "04-24 14-10", "V": "04-10 10-24", "X": "00-24 04-20", "Z": "04-24 24-00 00-20",
}  # fmt: skip
Segment = tuple[float, float, float, float]


class GlyphsParams(DrawnParams):
    """Which letters, and how they are written."""

    classes: Annotated[PositiveCount, Field(ge=2, le=len(STROKES))] = Field(
        default=10, description=f"How many letters, the first of: {' '.join(STROKES)}."
    )
    rotation: Annotated[NonNegative, Field(le=180)] = Field(
        default=20, description="Degrees that a letter may be turned to either side; much of it turns Z into N."
    )
    scale: Fraction = Field(default=0.3, description="How much smaller a letter may be: 0 all of one size.")
    thickness: Annotated[Positive, Field(le=0.5)] = Field(
        default=0.14, description="Half the width of a stroke, as a share of half the letter's height."
    )
    wobble: Annotated[NonNegative, Field(le=0.3)] = Field(
        default=0.06, description="Standard deviation by which the end of each stroke is off, on the same scale."
    )


class Glyphs(DatasetKind):
    """Capitals of straight strokes, whose ends are off by chance as if written by hand."""

    kind = "glyphs"
    title = "Glyphs"
    help = "Drawn capital letters of straight strokes, each a little off, grey or in colour."
    formula = r"d(p) = \min_s \lVert p - a_s - t_s (b_s - a_s) \rVert - w"
    source = "Drawn here; distance to a segment after I. Quilez, 2D distance functions"
    group = "Images"
    task = "classification"
    input_kind = "image"
    Params: ClassVar[type[Params]] = GlyphsParams
    example: ClassVar[dict[str, Any]] = {"dataset": "glyphs", "params": {"size": 16, "samples": 200, "classes": 4}}

    def load(self, params: GlyphsParams, *, seed: int) -> LoadedData:
        """Images [N, 1 or 3, size, size] of 0…1."""
        generator = torch.Generator().manual_seed(seed)
        classes_n = even_classes(params.samples, params.classes, generator)
        placed = place(params, generator)
        distance_nhw = torch.empty_like(placed.x)
        letters = tuple(STROKES)[: params.classes]
        for number, letter in enumerate(letters):
            chosen_m = (classes_n == number).nonzero()[:, 0]
            part = placed.at(chosen_m)
            distances = [_to_segment(part, ends, params.wobble, generator) for ends in segments(letter)]
            distance_nhw[chosen_m] = torch.stack(distances).amin(0) - params.thickness
        return LoadedData(
            inputs=paint(distance_nhw, placed, params, generator),
            targets=classes_n,
            task="classification",
            input_kind="image",
            value_range=(0.0, 1.0),
            class_names=letters,
        )


def segments(letter: str) -> list[Segment]:
    """Both ends of each stroke, x from −0.55 to 0.55 and y from −0.85 to 0.85."""
    found = []
    for stroke in STROKES[letter].split():
        first, second = stroke.split("-")
        ends = [(int(point[0]) - 1) * 0.55 if axis == 0 else (int(point[1]) - 2) * 0.425
                for point in (first, second) for axis in (0, 1)]  # fmt: skip
        found.append((ends[0], ends[1], ends[2], ends[3]))
    return found


def _to_segment(placed: Placed, ends: Segment, wobble: float, generator: torch.Generator) -> Tensor:
    """[M, H, W]: distance of each pixel to a stroke, whose ends are off by chance in each sample."""
    off_4m11 = wobble * torch.randn(4, len(placed.x), 1, 1, generator=generator)
    from_x, from_y, to_x, to_y = (end + off for end, off in zip(ends, off_4m11, strict=True))
    way_x, way_y = to_x - from_x, to_y - from_y
    x, y = placed.x - from_x, placed.y - from_y
    share = ((x * way_x + y * way_y) / (way_x**2 + way_y**2)).clamp(0, 1)
    return torch.hypot(x - share * way_x, y - share * way_y)
