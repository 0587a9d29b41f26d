"""Points that a person painted: the points are the fields, so undo, links and files of experiments hold them."""

import math
from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import Count, Number
from pydantic import Field, field_validator

from layerlab.datasets.base import DatasetKind, LoadedData
from layerlab.registry import Params

#: The painted square reaches from −EDGE to EDGE, as the plane of the other sets of points does.
EDGE = 6.0
MOST_POINTS = 2000
MOST_CLASSES = 8
LEAST_POINTS = 4

Coordinate = Annotated[Number, Field(ge=-EDGE, le=EDGE)]
Point = tuple[Coordinate, Coordinate, Annotated[Count, Field(lt=MOST_CLASSES)]]


def _two_waves() -> list[Point]:
    """Something to begin with: the same wave twice, one above the other."""
    places = [-5.4 + 0.36 * step for step in range(31)]
    waves = [(x, 2 * math.sin(0.8 * x) + rise, number) for number, rise in enumerate((1.3, -1.3)) for x in places]
    return [(round(x, 2), round(y, 2), number) for x, y, number in waves]


class PaintedParams(Params):
    """The points themselves."""

    points: Annotated[list[Point], Field(max_length=MOST_POINTS)] = Field(
        default=_two_waves(),
        description="Each point as [x, y, class]: coordinates from −6 to 6, classes counted from 0.",
    )

    @field_validator("points")
    @classmethod
    def _enough(cls, points: list[Point]) -> list[Point]:
        if len(points) < LEAST_POINTS:
            raise ValueError(f"must hold at least {LEAST_POINTS} points; paint some more")
        if len({number for _, _, number in points}) < 2:
            raise ValueError("must hold points of two classes; paint some of another one")
        return points


class Painted(DatasetKind):
    """Any picture of classes: what a network can draw a border around is tried, not believed."""

    kind = "painted"
    title = "Painted points"
    help = "Points that you paint on the plane yourself, a colour for each class."
    formula = None
    source = "Painted by hand"
    group = "Points in the plane"
    task = "classification"
    input_kind = "points"
    licence = "Yours"
    Params = PaintedParams
    example: ClassVar[dict[str, Any]] = {
        "dataset": "painted",
        "params": {
            "points": [[-3, 1, 0], [-2, 2, 0], [-1, 1.5, 0], [-2, 0.5, 0], [1, -1, 1], [2, -2, 1], [3, -1, 1],
                       [2, -0.5, 1], [0, 4, 2], [1, 4.5, 2], [-1, 5, 2], [0.5, 5, 2]]
        },
    }  # fmt: skip

    def load(self, params: PaintedParams, *, seed: int) -> LoadedData:
        """The points in the order in which they were painted; the seed has no part in it."""
        points_n3 = torch.tensor(params.points, dtype=torch.float32)
        classes_n = points_n3[:, 2].long()
        names = tuple(str(number + 1) for number in range(int(classes_n.max()) + 1))
        return LoadedData(
            inputs=points_n3[:, :2].contiguous(),
            targets=classes_n,
            task="classification",
            input_kind="points",
            class_names=names,
        )
