"""Steps of sequences as probes see them: which data they stand for, which are padding, and how they are called."""

from collections.abc import Sequence

from layerlab_schemas.frames import SampleView
from layerlab_schemas.graph import DECODER_INPUT, INPUT, CheckedData
from torch import Tensor

from layerlab.graph.network import Recording
from layerlab.graph.plan import Plan, mask_of
from layerlab.graph.spelling import spell_tokens
from layerlab.probes.base import Sample


def steps_of(plan: Plan, source: str) -> str | None:
    """The part of the data to whose steps those of a value belong; None where it has other steps, or none."""
    if source in (INPUT, DECODER_INPUT):
        return source if plan.data.input_kind == "sequence" else None
    node = plan.by_id.get(source)
    if node is None or not node.layer.keeps_steps(node.params, node.input_shapes, node.output_shape):
        return None
    return steps_of(plan, node.inputs[0])


def part_of(x: Tensor, source: str, facts: CheckedData) -> Tensor:
    """Of inputs [N, 2, …] with a decoder input the part that is meant; of others all."""
    if not facts.has_decoder_input:
        return x
    return x[:, 1 if source == DECODER_INPUT else 0]


def masks_of(plan: Plan, inputs: Sequence[str], recording: Recording) -> tuple[Tensor | None, ...]:
    """Of each value that a node reads [N, T]: True where a step is real; None where nothing is padding."""

    def mask(source: str) -> Tensor | None:
        padding, part = plan.data.padding_token, mask_of(source, plan.masks)
        if padding is None or part is None:
            return None
        return part_of(recording.outputs[INPUT], part, plan.data).ne(padding)

    return tuple(mask(source) for source in inputs)


def names_of(plan: Plan, source: str, sample: Sample) -> list[str] | None:
    """What the data have at each step of a value: tokens, or single numbers; None where they cannot be written."""
    part = steps_of(plan, source)
    if part is None:
        return None
    values = part_of(sample.raw, part, plan.data)[0]
    if plan.data.input_is_index:
        words = plan.data.vocabulary
        return [words[token] if words else str(token) for token in values.tolist()]
    if values.dim() != 2 or values.shape[1] != 1:
        return None
    return [f"{number:.3g}" for number in values[:, 0].tolist()]


def view_of(sample: Sample, facts: CheckedData) -> SampleView:
    """Which sample is shown, with its tokens as text."""
    source = part_of(sample.raw, INPUT, facts)[0]
    return SampleView(index=sample.index, text=spell_tokens(source, facts))
