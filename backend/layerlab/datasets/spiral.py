"""Two arms that wind around each other."""

import math
from typing import Any, ClassVar

import torch
from torch import Tensor

from layerlab.datasets.base import TwoClassPoints, polar

NUM_TURNS = 1.75
RADIUS = 5.0


class Spiral(TwoClassPoints):
    """The hard one of the plane: no straight line, circle or product of coordinates tells the arms apart."""

    kind = "spiral"
    title = "Spiral"
    help = "Two arms that wind around each other: needs a hidden layer or two, and patience."
    formula = r"r = 5t,\ \varphi = 3.5\pi t + \pi k,\ t \in [0, 1)"
    source = "TensorFlow Playground, dataset.ts (Smilkov, Carter 2016)"
    example: ClassVar[dict[str, Any]] = {"dataset": "spiral", "params": {"samples": 200, "noise": 0.1}}

    def draw(self, num_first: int, num_second: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Points at equal steps along each arm; the second is the first turned by half a circle."""
        return _arm(num_first, 0.0), _arm(num_second, math.pi)


def _arm(num_points: int, start: float) -> Tensor:
    way_n = torch.arange(num_points) / num_points
    return polar(RADIUS * way_n, NUM_TURNS * 2 * math.pi * way_n + start)
