"""One optimizer step in slow motion: batch, forward, loss, backward, update, node by node, with the real numbers."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import Integer
from layerlab_schemas.frames import DataShape, Frame, StepItem
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor

from layerlab.analyses.base import AnalysisContext, AnalysisKind
from layerlab.analyses.recorded_step import RecordedStep, record_step
from layerlab.analyses.step_loss import loss_phase
from layerlab.analyses.step_nodes import MOST_VALUES, Walk
from layerlab.analyses.step_units import value
from layerlab.analyses.step_update import update_phase
from layerlab.errors import SpecError
from layerlab.figures import counted
from layerlab.losses.base import has_steps
from layerlab.params import Params
from layerlab.probes.base import pack

#: Samples of a batch that are named.
_MOST_SAMPLES = 64


class SlowMotionParams(Params):
    """Which sample of the batch is followed."""

    place: Annotated[Integer, Field(ge=0, le=100_000)] = Field(
        default=0, description="Which sample of the batch is followed, counted from 0."
    )


class SlowMotion(AnalysisKind[SlowMotionParams]):
    """The step that the run will take next, taken by a copy: the run itself will come to exactly these weights."""

    kind = "slow_motion"
    title = "One step, slowly"
    help = "The next step with its real numbers: the batch, forward through each layer, the loss, back, the update."
    formula = r"w \leftarrow w - \eta\, \frac{1}{N} \sum_n \frac{\partial \ell_n}{\partial w}"
    source = "D. Rumelhart, G. Hinton, R. Williams, Learning representations by back-propagating errors, Nature (1986)"
    group = "Optimisation"
    Params = SlowMotionParams
    data_shape = DataShape.STEP
    is_quick = True
    example: ClassVar[dict[str, Any]] = {"kind": "slow_motion", "place": 2}

    def analyse(self, context: AnalysisContext, params: SlowMotionParams) -> Frame:
        """One item a phase, in the order in which they happen."""
        before = torch.get_num_threads()
        torch.set_num_threads(context.threads)
        try:
            record = record_step(context.assembly.trainer)
        finally:
            torch.set_num_threads(before)
        if record is None:
            raise _refusal("All planned steps are done: there is no next one.", "Raise epochs or max_steps.")
        sample = min(params.place, len(record.places) - 1)
        items = list(_phases(context, record, sample))
        return context.frame(self, items, split="train", mode="train", num_samples=len(record.places))


def _refusal(text: str, hint: str) -> SpecError:
    return SpecError([Problem(code="not_possible", path="kind", message=text, hint=hint)])


def _phases(context: AnalysisContext, record: RecordedStep, sample: int) -> Iterator[StepItem]:
    trainer, network = context.assembly.trainer, context.network
    yield _batch(context, record, sample)
    walks = [
        Walk(node, network.layers[node.id], record, sample)
        for node in context.plan.nodes
        if node.id in record.passed and len(record.passed[node.id].output) == len(record.places) * (node.frames or 1)
    ]
    for walk in walks:
        yield walk.forward()
    output = record.passed[context.plan.output].output
    yield loss_phase(record, context.loss, context.facts, output, sample)
    for walk in reversed(walks):
        if (back := walk.backward()) is not None:
            yield back
    for walk in walks:
        if walk.parameter is not None and walk.place is not None and walk.parameter in record.gradients:
            yield update_phase(
                record, trainer.settings.optimizer, node=walk.node.id, name=walk.parameter, place=walk.place
            )


def _batch(context: AnalysisContext, record: RecordedStep, sample: int) -> StepItem:
    """Which samples, and the one that is followed, before preprocessing."""
    place = int(record.places[sample])
    is_augmented = bool(context.assembly.trainer.settings.augment)
    read = record.inputs[sample].cpu()
    raw = context.data.preprocessing.undo(read) if is_augmented else context.data.train_raw[place].float()
    label = _label(context, record.targets[sample])
    own = f", label {label}" if label else ""
    num = len(record.places)
    return StepItem(
        phase="batch",
        node="input",
        title=f"{counted(num, 'sample')}; followed is training sample {place}{own}",
        output_shape=list(context.facts.input_shape),
        output=pack(raw) if raw.numel() <= MOST_VALUES else None,
        values=[value("N", num, "samples in the batch")],
        samples=record.places[:_MOST_SAMPLES].tolist(),
        note=f"The first {_MOST_SAMPLES} of {num} are named." if num > _MOST_SAMPLES else None,
    )


def _label(context: AnalysisContext, target: Tensor) -> str | None:
    if context.facts.class_names and not has_steps(target[None]):
        return context.facts.class_names[int(target)]
    if target.is_floating_point() and target.numel() == 1:
        return f"{float(target):.4g}"
    return None
