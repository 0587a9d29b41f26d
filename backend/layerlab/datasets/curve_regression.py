"""A number for each place on a line."""

import math
from typing import Annotated, Any, ClassVar, Literal

import torch
from layerlab_schemas.base import NonNegative, PositiveCount
from pydantic import Field
from torch import Tensor

from layerlab.datasets.base import DatasetKind, LoadedData
from layerlab.registry import Params

HALF_LENGTH = 6.0


class CurveRegressionParams(Params):
    """Which curve, how many points, how much noise."""

    curve: Literal["line", "sine", "steps", "bumps"] = Field(
        default="sine", description="line: one linear unit fits it; sine: smooth; steps: jumps; bumps: ever quicker."
    )
    samples: Annotated[PositiveCount, Field(ge=10, le=100_000)] = Field(default=500, description="How many points.")
    noise: Annotated[NonNegative, Field(le=5)] = Field(
        default=0.1, description="Standard deviation of the noise added to each target; the curve spans ±1."
    )
    outliers: Annotated[NonNegative, Field(le=0.5)] = Field(
        default=0.0, description="Share of targets moved up by 3: MSE follows them, L1 hardly does."
    )


class CurveRegression(DatasetKind):
    """Targets between −1 and 1 over a line of length 12."""

    kind = "curve_regression"
    title = "Curve"
    help = "A number for each place on a line: the simplest set to see how a net bends, and what outliers do to a loss."
    formula = r"y = \tfrac{x}{6},\ \sin x,\ \operatorname{sign} \sin \tfrac{\pi x}{3} \ \text{or}\ \sin \tfrac{x^2}{3}"
    source = "C. Bishop, Pattern Recognition and Machine Learning (2006), section 1.1 (the sine with noise)"
    group = "Points in the plane"
    task = "regression"
    input_kind = "points"
    Params = CurveRegressionParams
    example: ClassVar[dict[str, Any]] = {"dataset": "curve_regression", "params": {"samples": 200, "curve": "line"}}

    def load(self, params: CurveRegressionParams, *, seed: int) -> LoadedData:
        """Places [N, 1] uniform on the line, targets [N, 1] with noise and outliers."""
        generator = torch.Generator().manual_seed(seed)
        places_n1 = (torch.rand(params.samples, 1, generator=generator) * 2 - 1) * HALF_LENGTH
        noise_n1 = params.noise * torch.randn(places_n1.shape, generator=generator)
        is_outlier_n1 = torch.rand(places_n1.shape, generator=generator) < params.outliers
        targets_n1 = _height(params.curve, places_n1) + noise_n1 + 3 * is_outlier_n1
        return LoadedData(inputs=places_n1, targets=targets_n1, task="regression", input_kind="points")


def _height(curve: str, x: Tensor) -> Tensor:
    if curve == "line":
        return x / HALF_LENGTH
    if curve == "bumps":
        return (x * x / 3).sin()
    wave = (x * math.pi / 3).sin() if curve == "steps" else x.sin()
    return wave.sign() if curve == "steps" else wave
