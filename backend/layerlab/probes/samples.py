"""All validation samples with what the network makes of each."""

from dataclasses import replace

import torch
from layerlab_schemas.frames import DataShape, Frame
from layerlab_schemas.graph import Lack

from layerlab.graph.lacks import lacks_validation
from layerlab.graph.plan import Plan
from layerlab.probes.base import ProbeContext, ProbeKind
from layerlab.probes.verdicts import rows_of, some_of, verdicts


class Samples(ProbeKind):
    """Label, prediction, probability and loss of each validation sample at the newest evaluation."""

    kind = "samples"
    title = "Samples"
    help = (
        "Every validation sample with its label, the prediction, its probability and the loss: "
        "to look through the data for wrong labels, odd samples and what the network has not learnt yet."
    )
    formula = r"\hat y_n = \operatorname{arg\,max}_k f(x_n)_k, \quad \ell_n = \ell(f(x_n), y_n)"
    source = "A. Karpathy, A Recipe for Training Neural Networks (2019)"
    group = "Results"
    data_shape = DataShape.SAMPLES
    has_panel = False

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there are samples to judge by."""
        return lacks_validation(plan)

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """One item. Its step is that of the evaluation."""
        judged = context.judged
        if judged is None or not self.applies(context.network.plan):
            return None
        num = len(judged.targets)
        places = some_of(num)
        if len(places) < num:
            judged = replace(judged, outputs=judged.outputs[places], targets=judged.targets[places])
        item = verdicts("validation", places, [rows_of(judged)])
        return context.frame(self, [item], split="validation", mode="eval", num_samples=num, step=judged.step)
