"""Training samples with what the network makes of each."""

from typing import Any, ClassVar

import torch
from layerlab_schemas.frames import DataShape, Frame
from torch import Tensor

from layerlab.analyses.base import AnalysisContext, AnalysisKind, NoParams
from layerlab.probes.judged import Judged
from layerlab.probes.verdicts import rows_of, some_of, verdicts

#: Samples in one forward pass.
CHUNK = 512


class TrainingSamples(AnalysisKind[NoParams]):
    """Label, prediction, probability and loss of each training sample, without augmentation and with dropout off.

    What was trained on and is still wrong is often labelled wrongly, or unlike everything else.
    """

    kind = "training_samples"
    title = "Training samples"
    help = "Every training sample with its label, the prediction, its probability and the loss, in eval mode."
    formula = r"\hat y_n = \operatorname{arg\,max}_k f(x_n)_k, \quad \ell_n = \ell(f(x_n), y_n)"
    source = "A. Karpathy, A Recipe for Training Neural Networks (2019)"
    group = "Results"
    data_shape = DataShape.SAMPLES
    example: ClassVar[dict[str, Any]] = {"kind": "training_samples"}

    @torch.no_grad()
    def analyse(self, context: AnalysisContext, params: NoParams) -> Frame:
        """One item. Of more than 20 000 samples as many are taken, evenly."""
        num = context.data.num_train
        context.network.eval()
        chunks = torch.split(some_of(num), CHUNK)
        rows = []
        for done, places in enumerate(chunks, start=1):
            rows.append(rows_of(self._judged(context, places)))
            context.progress(done / len(chunks))
        item = verdicts("train", torch.cat(chunks), rows)
        return context.frame(self, [item], split="train", mode="eval", num_samples=num)

    def _judged(self, context: AnalysisContext, places: Tensor) -> Judged:
        """What the network gives for these samples."""
        data, loss = context.data, context.loss
        at = places.to(data.train_targets.device)
        return Judged(
            step=context.step,
            outputs=context.network(data.train_inputs[at]).cpu(),
            targets=data.train_targets[at].cpu(),
            raw=data.train_raw[:0],
            facts=context.facts,
            loss=loss.kind,
            loss_params=loss.params,
        )
