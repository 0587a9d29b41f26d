"""Point features: what can be computed from a point of the plane before anything is learned."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import torch
from layerlab_schemas.base import Positive
from layerlab_schemas.problems import Problem
from pydantic import AfterValidator, Field
from torch import Tensor, nn

from layerlab.layers.base import Code, LayerKind, Shape, Site, shape_text
from layerlab.params import Params

Feature = Literal["x", "y", "x_squared", "y_squared", "xy", "sin_x", "sin_y"]

#: Each feature as PyTorch writes it; ``{0}`` is the batch of points [N, 2], ``{f}`` the frequency.
_FORMS: dict[str, str] = {
    "x": "{0}[:, 0]",
    "y": "{0}[:, 1]",
    "x_squared": "{0}[:, 0] ** 2",
    "y_squared": "{0}[:, 1] ** 2",
    "xy": "{0}[:, 0] * {0}[:, 1]",
    "sin_x": "torch.sin({f} * {0}[:, 0])",
    "sin_y": "torch.sin({f} * {0}[:, 1])",
}


def _no_repeats(features: list[Any]) -> list[Any]:
    if len(set(features)) < len(features):
        raise ValueError("must name each feature once")
    return features


class PointFeaturesParams(Params):
    """Fields of ``point_features``."""

    features: Annotated[list[Feature], Field(min_length=1), AfterValidator(_no_repeats)] = Field(
        default=["x", "y"], description="What the network reads of a point, in this order; each at most once."
    )
    frequency: Positive = Field(
        default=3.0,
        description="sin_x is sin(frequency · x). Standardised coordinates span about ±2: 3 gives them two waves.",
    )


class PointFeaturesModule(nn.Module):
    """Columns computed from the two coordinates; nothing to learn."""

    def __init__(self, features: Sequence[str], frequency: float) -> None:
        super().__init__()
        self.features = tuple(features)
        self.frequency = frequency

    def forward(self, points_n2: Tensor) -> Tensor:
        """[N, 2] → [N, features]."""
        x_n, y_n = points_n2[:, 0], points_n2[:, 1]
        return torch.stack([self._feature(name, x_n, y_n) for name in self.features], dim=1)

    def _feature(self, name: str, x_n: Tensor, y_n: Tensor) -> Tensor:
        if name == "xy":
            return x_n * y_n
        value_n = x_n if "x" in name else y_n
        if name.startswith("sin"):
            return torch.sin(self.frequency * value_n)
        return value_n**2 if name.endswith("squared") else value_n


class PointFeatures(LayerKind[PointFeaturesParams]):
    """[2] → [features]."""

    kind = "point_features"
    title = "Point features"
    help = "Squares, product and sines of a point's coordinates: the right ones make a hard problem easy."
    formula = r"\phi(x, y) = (x,\ y,\ x^2,\ y^2,\ xy,\ \sin \omega x,\ \sin \omega y)"
    source = "TensorFlow Playground, playground.ts, INPUTS (Smilkov, Carter 2016)"
    group = "features"
    Params = PointFeaturesParams
    example = {
        "data": {"dataset": "circle"},
        "graph": [
            {"kind": "point_features", "features": ["x_squared", "y_squared"]},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def check_inputs(self, params: PointFeaturesParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses all but two numbers."""
        (shape,) = input_shapes
        if shape == (2,):
            return []
        message = f"{site.node} reads a point of the plane, 2 numbers, and gets {shape_text(shape)} from {site.source}."
        hint = "Take it out, or choose a dataset of points in the plane."
        return [site.problem("needs_point", message, expected="2", got=shape_text(shape), hint=hint)]

    def output_shape(self, params: PointFeaturesParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """[features]."""
        return (len(params.features),)

    def build(
        self, params: PointFeaturesParams, input_shapes: Sequence[Shape], *, generator: torch.Generator
    ) -> nn.Module:
        """The module that computes the columns."""
        return PointFeaturesModule(params.features, params.frequency)

    def code(self, params: PointFeaturesParams, input_shapes: Sequence[Shape]) -> Code:
        """One ``torch.stack`` of the columns."""
        columns = ", ".join(_FORMS[name].replace("{f}", repr(params.frequency)) for name in params.features)
        return Code(call=f"torch.stack([{columns}], dim=1)")
