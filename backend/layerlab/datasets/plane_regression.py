"""A number for each point of the plane."""

from typing import Any, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from layerlab.datasets.base import DatasetKind, LoadedData, PointsParams

HALF_SIDE = 6.0
PEAKS = ((-4.0, 2.5, 1.0), (0.0, 2.5, -1.0), (4.0, 2.5, 1.0), (-4.0, -2.5, -1.0), (0.0, -2.5, 1.0), (4.0, -2.5, -1.0))


class PlaneRegressionParams(PointsParams):
    """Which surface, how many points, how much noise."""

    surface: Literal["plane", "peaks"] = Field(
        default="peaks", description="plane: the sum of both coordinates; peaks: three hills and three hollows."
    )


class PlaneRegression(DatasetKind):
    """Targets between −1 and 1 over a square of side 12."""

    kind = "plane_regression"
    title = "Surface over the plane"
    help = (
        "A number for each point: a tilted plane that one linear unit fits, or hills and hollows that need hidden ones."
    )
    formula = (
        r"y = \tfrac{1}{10}(x_1 + x_2) \quad\text{or}\quad y = \sum_k \pm\max(0, 1 - \tfrac12\lVert x - c_k\rVert)"
    )
    source = "TensorFlow Playground, dataset.ts (Smilkov, Carter 2016)"
    group = "Points in the plane"
    task = "regression"
    input_kind = "points"
    Params = PlaneRegressionParams
    example: ClassVar[dict[str, Any]] = {"dataset": "plane_regression", "params": {"samples": 200, "surface": "plane"}}

    def load(self, params: PlaneRegressionParams, *, seed: int) -> LoadedData:
        """Points uniform in the square; the noise moves the points after the target is taken."""
        generator = torch.Generator().manual_seed(seed)
        points_n2 = (torch.rand(params.samples, 2, generator=generator) * 2 - 1) * HALF_SIDE
        targets_n = points_n2.sum(1) / 10 if params.surface == "plane" else _peaks(points_n2)
        noise_n2 = params.noise * torch.randn(points_n2.shape, generator=generator)
        return LoadedData(
            inputs=points_n2 + noise_n2, targets=targets_n[:, None], task="regression", input_kind="points"
        )


def _peaks(points_n2: Tensor) -> Tensor:
    """[N]: the height of the cone that covers each point, or 0 between the cones (they do not overlap)."""
    cones = torch.tensor(PEAKS)
    distance_nk = torch.cdist(points_n2, cones[:, :2])
    return ((1 - distance_nk / 2).clamp(min=0) * cones[:, 2]).sum(1)
