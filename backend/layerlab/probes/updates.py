"""What the last update did to the weights, and how large that was against them."""

from collections.abc import Sequence

import torch
from layerlab_schemas.frames import DataShape, Frame
from torch import Tensor

from layerlab.probes.base import ProbeContext, ProbeKind
from layerlab.probes.distribution import Asked, distributions, flat
from layerlab.probes.parts import parameters


class Updates(ProbeKind):
    """The distribution of Δw of every parameter at the last update: what the optimizer made of the gradient.

    Weight decay is in it. ``ratio`` is the norm of the update over the norm of the parameter before it; null where
    that is 0, as for a bias that starts there.
    """

    kind = "updates"
    group = "Layers"
    title = "Weight updates"
    help = (
        "How far the last step moved the weights. The ratio of its norm to that of the weights is often near 0.001 in "
        "a network that learns well; far above, it is unsteady, far below, it stands still."
    )
    formula = r"\Delta w = w_{t+1} - w_t,\quad \frac{\|\Delta w\|_2}{\|w_t\|_2}"
    source = "A. Karpathy, J. Johnson, CS231n, Learning: ratio of weights to updates; torch.optim"
    data_shape = DataShape.HISTOGRAM
    needs_before = True

    def measure(self, context: ProbeContext) -> Frame | None:
        """One item for each parameter; None where the weights before the update were not copied."""
        asked, weights = list[Asked](), list[Tensor]()
        for node, name, value in parameters(context):
            before = context.before.get(value)
            if before is not None and len(value):
                asked.append(Asked(x=value.detach() - before, node=node, parameter=name))
                weights.append(before)
        if not asked:
            return None
        ratios_k = ratios([one.x for one in asked], weights)
        items = [
            item.model_copy(update={"ratio": ratio}) for item, ratio in zip(distributions(asked), ratios_k, strict=True)
        ]
        return context.frame(self, items, split="train", mode="train", num_samples=context.batch_size)


@torch.no_grad()
def ratios(changes: Sequence[Tensor], before: Sequence[Tensor]) -> list[float | None]:
    """‖Δw‖ / ‖w‖ of each; None where the weight is 0 or one of them is not finite."""
    norms = [torch.linalg.vector_norm(flat(x), dtype=torch.float64) for x in (*changes, *before)]
    moved_k, sizes_k = torch.stack(norms).view(2, -1)
    ratios_k = (moved_k / sizes_k).tolist()
    return [ratio if ratio < float("inf") else None for ratio in ratios_k]
