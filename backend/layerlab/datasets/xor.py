"""Four squares, opposite ones of one class."""

from typing import Any, ClassVar

import torch
from torch import Tensor

from layerlab.datasets.base import TwoClassPoints

SIDE = 5.0
GAP = 0.3


class Xor(TwoClassPoints):
    """Exclusive or: the set with which Minsky and Papert showed what one layer cannot do."""

    kind = "xor"
    title = "Exclusive or"
    help = "Four squares, opposite ones alike: a single layer cannot learn it, two hidden units can."
    formula = r"k = [x_1 x_2 > 0]"
    source = "Minsky, Papert 1969, Perceptrons; TensorFlow Playground, dataset.ts"
    example: ClassVar[dict[str, Any]] = {"dataset": "xor", "params": {"samples": 200, "noise": 0.1}}

    def draw(self, num_first: int, num_second: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Class 1 where both coordinates have one sign; a gap of 0.3 is left along both axes."""
        return _squares(num_first, -1.0, generator), _squares(num_second, 1.0, generator)


def _squares(num_points: int, product_sign: float, generator: torch.Generator) -> Tensor:
    sizes_n2 = GAP + SIDE * torch.rand(num_points, 2, generator=generator)
    sign_n = torch.randint(0, 2, (num_points,), generator=generator) * 2.0 - 1.0
    return sizes_n2 * torch.stack([sign_n, product_sign * sign_n], dim=1)
