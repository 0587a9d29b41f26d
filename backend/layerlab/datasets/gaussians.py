"""Two round clouds."""

from typing import Any, ClassVar

import torch
from torch import Tensor

from layerlab.datasets.base import TwoClassPoints

CENTRE = 2.0
STANDARD_DEVIATION = 0.7


class Gaussians(TwoClassPoints):
    """The one that a single straight line separates."""

    kind = "gaussians"
    title = "Two Gaussians"
    help = "Two round clouds: logistic regression, a net without hidden layer, is enough."
    formula = r"x \sim \mathcal{N}(\pm(2, 2),\ 0.7^2 I)"
    source = "TensorFlow Playground, dataset.ts (Smilkov, Carter 2016)"
    example: ClassVar[dict[str, Any]] = {"dataset": "gaussians", "params": {"samples": 200, "noise": 0.1}}

    def draw(self, num_first: int, num_second: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Class 0 around (−2, −2), class 1 around (2, 2); `noise` widens both."""
        first_n2 = -CENTRE + STANDARD_DEVIATION * torch.randn(num_first, 2, generator=generator)
        return first_n2, CENTRE + STANDARD_DEVIATION * torch.randn(num_second, 2, generator=generator)
