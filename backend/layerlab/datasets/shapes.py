"""Drawn circles, squares, triangles and the like."""

from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import PositiveCount
from pydantic import Field

from layerlab.datasets.base import DatasetKind, LoadedData
from layerlab.datasets.drawing import DrawnParams, even_classes, paint, place
from layerlab.datasets.forms import FORMS


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
