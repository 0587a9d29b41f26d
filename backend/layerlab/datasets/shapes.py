"""Drawn circles, squares, triangles and the like."""

import math
from collections.abc import Callable
from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import PositiveCount
from pydantic import Field
from torch import Tensor

from layerlab.datasets.base import DatasetKind, LoadedData
from layerlab.datasets.drawing import DrawnParams, even_classes, paint, place


def _circle(x: Tensor, y: Tensor) -> Tensor:
    return torch.hypot(x, y) - 0.9


def _square(x: Tensor, y: Tensor) -> Tensor:
    return torch.maximum(x.abs(), y.abs()) - 0.7


def _triangle(x: Tensor, y: Tensor) -> Tensor:
    slanted = math.sqrt(3) / 2 * x.abs() + y / 2
    return torch.maximum(slanted, -y) - 0.48


def _cross(x: Tensor, y: Tensor) -> Tensor:
    across, along = torch.minimum(x.abs(), y.abs()), torch.maximum(x.abs(), y.abs())
    return torch.maximum(across - 0.24, along - 0.92)


def _ring(x: Tensor, y: Tensor) -> Tensor:
    return (torch.hypot(x, y) - 0.72).abs() - 0.18


def _bar(x: Tensor, y: Tensor) -> Tensor:
    return torch.maximum(x.abs() - 0.95, y.abs() - 0.22)


def _crescent(x: Tensor, y: Tensor) -> Tensor:
    return torch.maximum(torch.hypot(x, y) - 0.9, 0.78 - torch.hypot(x - 0.5, y))


def _star(x: Tensor, y: Tensor) -> Tensor:
    """Five points: along each fifth of the circle the edge runs straight from tip (0.95) to notch (0.4)."""
    fifth = 2 * math.pi / 5
    angle = torch.remainder(torch.atan2(x, y) + fifth / 2, fifth) - fifth / 2
    radius = torch.hypot(x, y)
    along, across = radius * angle.cos(), radius * angle.sin().abs()
    notch_x, notch_y = 0.4 * math.cos(fifth / 2), 0.4 * math.sin(fifth / 2)
    length = math.hypot(0.95 - notch_x, notch_y)
    return ((along - 0.95) * notch_y + across * (0.95 - notch_x)) / length


#: Each gives the distance to its edge on a plane from −1 to 1, below 0 inside; outside it may be too short.
FORMS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "circle": _circle, "square": _square, "triangle": _triangle, "cross": _cross,
    "ring": _ring, "star": _star, "bar": _bar, "crescent": _crescent,
}  # fmt: skip


class ShapesParams(DrawnParams):
    """Which forms, and how they are drawn."""

    classes: Annotated[PositiveCount, Field(ge=2, le=len(FORMS))] = Field(
        default=6, description=f"How many forms, the first of: {', '.join(FORMS)}."
    )


class Shapes(DatasetKind):
    """One form an image, anywhere, of any size and turn: what a convolutional net is made for and a plain one is not.

    Edges are smooth (a pixel is as bright as the part that the form covers). Colours are drawn by chance and say
    nothing about the class.
    """

    kind = "shapes"
    title = "Shapes"
    help = "Drawn circles, squares, triangles and others, moved, scaled and turned by chance, grey or in colour."
    formula = r"I = b + \operatorname{clip}\!\left(\tfrac12 - d,\ 0,\ 1\right)(f - b) + \varepsilon"
    source = "Drawn here; distances to the forms after I. Quilez, 2D distance functions"
    group = "Images"
    task = "classification"
    input_kind = "image"
    Params = ShapesParams
    example: ClassVar[dict[str, Any]] = {"dataset": "shapes", "params": {"size": 16, "samples": 200, "classes": 4}}

    def load(self, params: ShapesParams, *, seed: int) -> LoadedData:
        """Images [N, 1 or 3, size, size] of 0…1."""
        generator = torch.Generator().manual_seed(seed)
        classes_n = even_classes(params.samples, params.classes, generator)
        placed = place(params, generator)
        distance_nhw = torch.empty_like(placed.x)
        names = tuple(FORMS)[: params.classes]
        for number, name in enumerate(names):
            chosen_m = (classes_n == number).nonzero()[:, 0]
            part = placed.at(chosen_m)
            distance_nhw[chosen_m] = FORMS[name](part.x, part.y)
        return LoadedData(
            inputs=paint(distance_nhw, placed, params, generator),
            targets=classes_n,
            task="classification",
            input_kind="image",
            value_range=(0.0, 1.0),
            class_names=names,
        )
