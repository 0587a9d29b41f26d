"""What the network answers over the whole plane."""

from typing import Any, ClassVar

import torch
from layerlab_schemas.frames import DataShape, Frame, SurfaceItem
from torch import Tensor

from layerlab.graph.plan import Plan
from layerlab.probes.base import ProbeContext, ProbeKind, pack

RESOLUTION = 64
#: How far the picture goes beyond the data, as a share of its extent.
MARGIN = 0.1


class DecisionSurface(ProbeKind):
    """The output on a grid over the plane of 2-D data, in eval mode: probabilities for classes, else the value."""

    kind = "decision_surface"
    title = "Decision surface"
    help = "The answer of the network at every place of the plane, and where it changes its mind."
    formula = r"p(k \mid x, y)"
    source = "TensorFlow Playground (Smilkov, Carter 2016)"
    data_shape = DataShape.SURFACE
    example: ClassVar[Any] = {"data": {"dataset": "spiral"}, "graph": [{"kind": "linear", "out_features": 2}]}

    def applies(self, plan: Plan) -> bool:
        """Only for points of a plane, with classes or one number as the answer."""
        is_plane = plan.data.input_kind == "points" and plan.data.input_shape == [2]
        return is_plane and (bool(plan.data.class_names) or plan.data.output_shape == [1])

    def measure(self, context: ProbeContext) -> Frame | None:
        """[classes or 1, H, W], the first row at the lowest y; None unless the data are points of a plane."""
        if not self.applies(context.network.plan):
            return None
        (left, right), (bottom, top) = extent(context.raw_inputs)
        places_n2 = grid(left, right, bottom, top).to(context.raw_inputs)
        answer_nk = context.output_of(context.preprocess(places_n2))
        values_khw = answer_nk.t().reshape(-1, RESOLUTION, RESOLUTION)
        item = SurfaceItem(node=context.network.plan.output, x=[left, right], y=[bottom, top], values=pack(values_khw))
        return context.frame(self, [item], mode="eval", num_samples=len(places_n2))


def extent(points_n2: Tensor) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ends of a square picture that holds all points, in x and in y."""
    low_2, high_2 = points_n2.amin(0).tolist(), points_n2.amax(0).tolist()
    half = (0.5 + MARGIN) * max(high_2[0] - low_2[0], high_2[1] - low_2[1], 1e-6)
    middle_x, middle_y = (low_2[0] + high_2[0]) / 2, (low_2[1] + high_2[1]) / 2
    return (middle_x - half, middle_x + half), (middle_y - half, middle_y + half)


def grid(left: float, right: float, bottom: float, top: float) -> Tensor:
    """Places [RESOLUTION², 2], x fastest, y from the bottom up."""
    x_w = torch.linspace(left, right, RESOLUTION)
    y_h = torch.linspace(bottom, top, RESOLUTION)
    y_hw, x_hw = torch.meshgrid(y_h, x_w, indexing="ij")
    return torch.stack([x_hw.flatten(), y_hw.flatten()], dim=1)
