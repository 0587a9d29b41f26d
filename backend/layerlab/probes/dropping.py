"""What the probes of dropout share: where they apply, and one item for each dropout of the recorded batch."""

from abc import abstractmethod
from typing import Any

import torch
from layerlab_schemas.frames import Frame
from layerlab_schemas.graph import Lack

from layerlab.graph.drops import Drop, drops_of
from layerlab.graph.lacks import lacks_dropout
from layerlab.graph.plan import Plan
from layerlab.probes.base import ProbeContext, ProbeKind


class DropoutProbe(ProbeKind):
    """A probe of what each dropout did to the latest training batch."""

    source = "N. Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, JMLR 15 (2014)"
    group = "Dropout"
    needs_batch = True
    example = {
        "data": {"dataset": "spiral"},
        "graph": [
            {"kind": "linear", "out_features": 32},
            {"kind": "tanh"},
            {"kind": "dropout", "p": 0.2},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there is a dropout."""
        return lacks_dropout(plan)

    @abstractmethod
    def item(self, drop: Drop) -> Any:
        """What one dropout did to the batch."""

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """One item for each dropout; None where there is none, or the batch was not recorded."""
        if context.batch is None or not self.applies(context.network.plan):
            return None
        items = [self.item(drop) for drop in drops_of(context.network, context.batch)]
        if not items:
            return None
        return context.frame(self, items, split="train", mode="train", num_samples=context.batch_size)
