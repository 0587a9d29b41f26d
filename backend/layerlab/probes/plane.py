"""Places all over the plane that holds the points of 2-D data."""

from dataclasses import dataclass

import torch
from torch import Tensor

#: Places in a row and in a column. Every 3rd, 4th or 6th of them is a coarser grid with the same ends.
RESOLUTION = 97
#: How far the picture goes beyond the data, as a share of its extent.
MARGIN = 0.1

Ends = tuple[float, float]


@dataclass(frozen=True)
class Plane:
    """A square picture of the plane: its ends in x and in y."""

    x: Ends
    y: Ends

    def places(self) -> Tensor:
        """[RESOLUTION², 2], x fastest, y from the bottom up."""
        x_w = torch.linspace(*self.x, RESOLUTION)
        y_h = torch.linspace(*self.y, RESOLUTION)
        y_hw, x_hw = torch.meshgrid(y_h, x_w, indexing="ij")
        return torch.stack([x_hw.flatten(), y_hw.flatten()], dim=1)


def plane_of(points_n2: Tensor) -> Plane:
    """The square that holds all points, with a margin."""
    low_2, high_2 = points_n2.amin(0).tolist(), points_n2.amax(0).tolist()
    half = (0.5 + MARGIN) * max(high_2[0] - low_2[0], high_2[1] - low_2[1], 1e-6)
    middle_x, middle_y = (low_2[0] + high_2[0]) / 2, (low_2[1] + high_2[1]) / 2
    return Plane((middle_x - half, middle_x + half), (middle_y - half, middle_y + half))
