"""What an evaluation says of every sample, as probes read it."""

from layerlab.datasets.rows import whole
from layerlab.probes.judged import Judged
from layerlab.training.assemble import Assembly
from layerlab.training.report import Report


def judged(assembly: Assembly, report: Report) -> Judged | None:
    """The evaluation of a report, sample by sample; None where it had none or kept no outputs."""
    found, data, loss = report.evaluation, assembly.data, assembly.trainer.loss
    if found is None or found.outputs is None:
        return None
    return Judged(
        step=report.step,
        outputs=found.outputs,
        targets=whole(data.validation_targets).cpu(),
        raw=data.validation_raw,
        facts=assembly.plan.data,
        loss=loss.kind,
        loss_params=loss.params,
    )
