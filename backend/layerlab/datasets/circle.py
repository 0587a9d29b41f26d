"""A disc and a ring around it."""

import math
from typing import Any, ClassVar

import torch
from torch import Tensor

from layerlab.datasets.base import TwoClassPoints, polar, uniform

RADIUS = 5.0


class Circle(TwoClassPoints):
    """The easiest set that no straight line separates."""

    kind = "circle"
    title = "Circle"
    help = "A disc inside a ring: a few hidden units draw a closed border."
    formula = r"r_0 \in [3.5, 5),\ r_1 \in [0, 2.5)"
    source = "TensorFlow Playground, dataset.ts (Smilkov, Carter 2016)"
    example: ClassVar[dict[str, Any]] = {"dataset": "circle", "params": {"samples": 200, "noise": 0.1}}

    def draw(self, num_first: int, num_second: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Radius and angle are uniform, so the middle of the disc is the densest."""
        ring = _ring(num_first, 0.7 * RADIUS, RADIUS, generator)
        return ring, _ring(num_second, 0.0, 0.5 * RADIUS, generator)


def _ring(num_points: int, inner: float, outer: float, generator: torch.Generator) -> Tensor:
    radius_n = uniform(num_points, inner, outer, generator)
    return polar(radius_n, uniform(num_points, 0.0, 2 * math.pi, generator))
