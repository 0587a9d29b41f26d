"""Batch norm over too few samples."""

from typing import ClassVar

from layerlab_schemas.base import PositiveCount
from layerlab_schemas.run import Remedy
from pydantic import Field

from layerlab.diagnoses.base import DiagnosisKind, Evidence, Finding
from layerlab.figures import percent
from layerlab.params import Params


class SmallBatchParams(Params):
    """When it is told."""

    batch_size: PositiveCount = Field(default=8, description="Samples in a batch; with fewer it is told.")


class SmallBatch(DiagnosisKind[SmallBatchParams]):
    """Found from the batch size; that the statistics are noisy follows from it."""

    kind = "small_batch"
    title = "Batch too small for batch norm"
    help = "Batch norm takes its mean and variance from a handful of samples, so that they are mostly chance."
    formula = r"\mathrm{std}(\mu_{\mathrm{batch}}) = \frac{\sigma}{\sqrt{N}}"
    source = "Y. Wu, K. He, Group normalization, ECCV 2018"
    severity = "warning"
    patience = 1
    relief = 1
    Params = SmallBatchParams
    example: ClassVar[dict[str, object]] = {
        "data": {"dataset": "digits", "batch_size": 2},
        "graph": [
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 32},
            {"id": "norm", "kind": "batch_norm"},
            {"kind": "relu"},
            {"kind": "linear", "out_features": 10},
        ],
    }

    def look(self, evidence: Evidence, params: SmallBatchParams, *, held: bool) -> Finding | None:
        """The first batch norm, where the batch is small."""
        settings = evidence.assembly.trainer.settings
        norms = [node.id for node in evidence.plan.nodes if node.layer.kind == "batch_norm"]
        size = evidence.assembly.data.num_train if settings.optimizer.kind.full_batch else settings.batch_size
        if not norms or size >= params.batch_size:
            return None
        chance = percent(1 / size**0.5)
        return Finding(
            severity="warning",
            what=f"Batches of {size} are too small for {norms[0]}",
            text=f"{norms[0]} takes each mean from {size} samples: by chance it is off by about {chance} of the "
            f"standard deviation. What the net learns with them does not fit the running statistics of the evaluation.",
            cause=f"The batch size is {size}.",
            node=norms[0],
            remedies=[Remedy(label="Set batch size to 32", changes={"data.batch_size": 32}, live=True)],
        )
