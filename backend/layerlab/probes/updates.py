"""What the last update did to the weights, and how large that was against them."""

import torch
from layerlab_schemas.frames import DataShape, Frame
from torch import Tensor

from layerlab.probes.base import ProbeContext, ProbeKind
from layerlab.probes.distribution import distribution, flat
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
        items = []
        for node, name, value in parameters(context):
            before = context.before.get(value)
            if before is None or not len(value):
                continue
            change = value.detach() - before
            item = distribution(change, node=node, parameter=name)
            items.append(item.model_copy(update={"ratio": ratio(change, before)}))
        if not items:
            return None
        return context.frame(self, items, split="train", mode="train", num_samples=context.batch_size)


@torch.no_grad()
def ratio(change: Tensor, before: Tensor) -> float | None:
    """‖Δw‖ / ‖w‖; None where the weight is 0 or one of them is not finite."""
    moved, size = (torch.linalg.vector_norm(flat(x), dtype=torch.float64).item() for x in (change, before))
    found = moved / size if size > 0 else float("nan")
    return found if found < float("inf") else None
