"""Plain forms, each by the distance to its edge."""

import math
from collections.abc import Callable

import torch
from torch import Tensor


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
