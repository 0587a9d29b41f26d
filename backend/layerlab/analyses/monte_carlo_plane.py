"""Monte-Carlo dropout over the plane of 2-D data: where the network is sure of itself, and where not."""

import torch
from layerlab_schemas.frames import DataShape, Frame, HeatmapItem
from layerlab_schemas.graph import Lack
from pydantic import Field

from layerlab.analyses.base import AnalysisContext, AnalysisKind
from layerlab.analyses.noise import outputs_of, switch_dropout
from layerlab.datasets.rows import whole
from layerlab.graph.lacks import lacks_dropout, lacks_plane
from layerlab.graph.plan import Plan
from layerlab.params import Params
from layerlab.probes.base import pack, shares
from layerlab.probes.plane import RESOLUTION, plane_of

#: Every second place of the plane: 49 × 49.
STRIDE = 2


class MonteCarloPlaneParams(Params):
    """How often the network is asked."""

    passes: int = Field(default=50, ge=2, le=500, description="Forward passes, each with masks of its own; 25 to 100.")


class MonteCarloPlane(AnalysisKind[MonteCarloPlaneParams]):
    """At each place, the spread over the passes of the probability of the class that wins on average.

    For regression, the spread of the output. Norms are in eval mode. The spread is the standard deviation (sample
    estimate).
    """

    kind = "monte_carlo_plane"
    title = "Spread over the plane"
    help = "How much the answers differ with dropout on, everywhere in the plane: high between classes, and far out."
    formula = r"s(x)^2 = \frac{1}{T-1} \sum_t \big(p^{(t)}(x) - \bar p(x)\big)^2"
    source = "Y. Gal, Z. Ghahramani, Dropout as a Bayesian approximation, ICML 2016"
    group = "Dropout"
    Params = MonteCarloPlaneParams
    data_shape = DataShape.HEATMAP
    example = {"passes": 50}

    def lacks(self, plan: Plan) -> Lack | None:
        """Only for points of a plane and a single answer."""
        if lack := lacks_plane(plan) or lacks_dropout(plan):
            return lack
        has_one = len(plan.data.output_shape) == 1
        return None if has_one else Lack(text="The network answers more than once for a point.")

    @torch.no_grad()
    def analyse(self, context: AnalysisContext, params: MonteCarloPlaneParams) -> Frame:
        """One picture [49, 49], the highest y first."""
        plane = plane_of(whole(context.data.train_raw))
        places = plane.places().reshape(RESOLUTION, RESOLUTION, 2)[::STRIDE, ::STRIDE].flip(0)
        size = len(places)
        inputs = context.data.preprocessing.apply(places.reshape(-1, 2)).to(context.assembly.device)
        context.network.eval()
        switch_dropout(context.network, is_on=True, seed=context.assembly.spec.training.seed, name=self.kind)
        total = squares = torch.zeros(())
        for done in range(params.passes):
            answers = shares(outputs_of(context.network, inputs), context.facts).double()
            total, squares = total + answers, squares + answers**2
            context.progress((done + 1) / params.passes)
        mean = total / params.passes
        spread = ((squares - params.passes * mean**2) / (params.passes - 1)).clamp(min=0).sqrt()
        shown = spread.gather(1, mean.argmax(1, keepdim=True)).reshape(size, size)
        item = HeatmapItem(
            node="output",
            title="spread of the probability" if context.facts.class_names else "spread of the output",
            row_title="y",
            column_title="x",
            row_names=_names(plane.y, size)[::-1],
            column_names=_names(plane.x, size),
            values=pack(shown),
            signed=False,
            low=0.0,
            high=max(float(shown.max()), 1e-6),
        )
        return context.frame(self, [item], num_samples=size * size)


def _names(ends: tuple[float, float], size: int) -> list[str]:
    return [f"{value:.2f}".replace("-", "−") for value in torch.linspace(*ends, size).tolist()]
