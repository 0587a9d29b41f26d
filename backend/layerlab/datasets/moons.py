"""Two half circles that reach into each other."""

import math
from typing import Any, ClassVar

import torch
from torch import Tensor

from layerlab.datasets.base import TwoClassPoints

SCALE = 4.0


class Moons(TwoClassPoints):
    """scikit-learn's two moons, centred and four times as large, so that the plane is that of the other sets."""

    kind = "moons"
    title = "Two moons"
    help = "Two half circles that reach into each other: a bent border separates them."
    formula = r"(\cos t, \sin t)\ \text{and}\ (1 - \cos t, \tfrac12 - \sin t),\ t \in [0, \pi]"
    source = "scikit-learn, sklearn.datasets.make_moons"
    example: ClassVar[dict[str, Any]] = {"dataset": "moons", "params": {"samples": 200, "noise": 0.1}}

    def draw(self, num_first: int, num_second: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Points at equal steps along each half circle."""
        first_n, second_n = torch.linspace(0, math.pi, num_first), torch.linspace(0, math.pi, num_second)
        upper_n2 = torch.stack([first_n.cos(), first_n.sin()], dim=1)
        lower_n2 = torch.stack([1 - second_n.cos(), 0.5 - second_n.sin()], dim=1)
        centre_2 = torch.tensor([0.5, 0.25])
        return SCALE * (upper_n2 - centre_2), SCALE * (lower_n2 - centre_2)
