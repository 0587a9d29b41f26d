"""What the network answers over the whole plane."""

from typing import Any, ClassVar

from layerlab_schemas.frames import DataShape, Frame, SurfaceItem
from layerlab_schemas.graph import Lack

from layerlab.graph.lacks import lacks_plane
from layerlab.graph.plan import Plan
from layerlab.probes.base import ProbeContext, ProbeKind, pack, shares
from layerlab.probes.plane import RESOLUTION


class DecisionSurface(ProbeKind):
    """The output on a grid over the plane of 2-D data, in eval mode: probabilities for classes, else the value."""

    kind = "decision_surface"
    group = "Results"
    title = "Decision surface"
    help = "The answer of the network at every place of the plane, and where it changes its mind."
    formula = r"p(k \mid x, y)"
    source = "TensorFlow Playground (Smilkov, Carter 2016)"
    data_shape = DataShape.SURFACE
    comes_first = True
    example: ClassVar[Any] = {"data": {"dataset": "spiral"}, "graph": [{"kind": "linear", "out_features": 2}]}

    def lacks(self, plan: Plan) -> Lack | None:
        """Only for points of a plane, with classes or one number as the answer."""
        if plan.data.class_names or plan.data.output_shape == [1]:
            return lacks_plane(plan)
        return lacks_plane(plan) or Lack(text="The network answers with several numbers, and a surface has one height.")

    def measure(self, context: ProbeContext) -> Frame | None:
        """[classes or 1, H, W], the first row at the lowest y; None unless the data are points of a plane."""
        if not self.applies(context.network.plan):
            return None
        plane, recording = context.over_plane
        node = context.network.plan.output
        values_khw = shares(recording.outputs[node], context.facts).t().reshape(-1, RESOLUTION, RESOLUTION)
        item = SurfaceItem(node=node, x=list(plane.x), y=list(plane.y), values=pack(values_khw))
        return context.frame(self, [item], mode="eval", num_samples=RESOLUTION**2)
