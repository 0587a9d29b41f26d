"""The inputs that excite one unit, or one map, most."""

import torch
from layerlab_schemas.frames import DataShape, Example, ExamplesItem, Frame
from layerlab_schemas.graph import Lack
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor

from layerlab.analyses.base import AnalysisContext, AnalysisKind
from layerlab.analyses.picturing import last_maps
from layerlab.errors import SpecError
from layerlab.graph.lacks import lacks_sample
from layerlab.graph.plan import Plan
from layerlab.graph.seen import Seen, seen_by
from layerlab.graph.spelling import spell_tokens
from layerlab.params import Params
from layerlab.probes.base import pack, shares

MOST = 9
#: Samples in one forward pass.
CHUNK = 256


class TopInputsParams(Params):
    """Which unit."""

    node: str = Field(
        default="",
        max_length=64,
        description="A layer; left empty, the last one with feature maps, or the answer of the network.",
    )
    unit: int = Field(default=1, ge=1, description="Number of the map, channel or unit, from 1.")


class TopInputs(AnalysisKind[TopInputsParams]):
    """The nine samples of the validation part for which a unit is largest, in eval mode.

    Of a map the largest pixel counts, of a sequence the largest step; what that place sees is marked on the image.
    """

    kind = "top_inputs"
    title = "Top inputs of a unit"
    help = "The nine validation samples that excite one map or unit most, with the part that it saw."
    formula = r"\operatorname*{arg\,max}_n \max_{i,j} a_{c,i,j}(x_n)"
    source = "M. Zeiler, R. Fergus, Visualizing and understanding convolutional networks, ECCV 2014"
    group = "Convolution"
    Params = TopInputsParams
    data_shape = DataShape.EXAMPLES
    example = {"unit": 2}

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where samples can be shown, as images or as words."""
        data = plan.data
        if data.has_decoder_input or not (data.input_kind == "image" or data.vocabulary):
            return Lack(text="The data are neither images nor text.")
        return lacks_sample(plan)

    @torch.no_grad()
    def analyse(self, context: AnalysisContext, params: TopInputsParams) -> Frame:
        """One group, the strongest first."""
        node = params.node or last_maps(context.plan) or context.plan.output
        unit = _checked(context.plan, node, params.unit) - 1
        context.network.eval()
        value_n, place_n, answer_n = self._all(context, node, unit)
        best = value_n.argsort(descending=True)[:MOST].tolist()
        seen = seen_by(context.network).get(node)
        examples = [self._example(context, n, value_n[n], _box(seen, place_n[n]), answer_n[n]) for n in best]
        raw = context.data.validation_raw[best]
        is_image = context.facts.input_kind == "image"
        item = ExamplesItem(
            node=node,
            title=f"{node}, unit {params.unit}",
            examples=examples,
            low=float(raw.min()) if is_image else 0.0,
            high=float(raw.max()) if is_image else 1.0,
        )
        return context.frame(self, [item], split="validation", mode="eval", num_samples=len(value_n))

    def _all(self, context: AnalysisContext, node: str, unit: int) -> tuple[Tensor, list[tuple[int, ...]], Tensor]:
        """For each sample the largest value of the unit, where it is, and the answer of the network."""
        inputs = context.data.validation_inputs
        values, places, answers = list[Tensor](), list[tuple[int, ...]](), list[Tensor]()
        for start in range(0, len(inputs), CHUNK):
            with context.network.recording() as recording:
                answers.append(context.network(inputs[start : start + CHUNK]))
            of_unit = _unit_of(recording.outputs[node], unit)
            flat_np = of_unit.flatten(1)
            best_n = flat_np.argmax(1)
            values.append(flat_np.gather(1, best_n[:, None])[:, 0])
            places += [_place(int(at), tuple(of_unit.shape[1:])) for at in best_n]
            context.progress(min(1.0, (start + CHUNK) / len(inputs)))
        return torch.cat(values), places, shares(torch.cat(answers), context.facts)

    @staticmethod
    def _example(context: AnalysisContext, n: int, value: Tensor, box: list[int] | None, answer: Tensor) -> Example:
        facts, data = context.facts, context.data
        raw, target = data.validation_raw[n], data.validation_targets[n]
        is_image = facts.input_kind == "image"
        told: dict[str, object] = {}
        if facts.class_names and target.dim() == 0:
            share_k = torch.cat([1 - answer, answer]) if len(answer) == 1 else answer
            predicted = int(share_k.argmax())
            told = {
                "label": facts.class_names[int(target)],
                "prediction": facts.class_names[predicted],
                "wrong": predicted != int(target),
            }
        return Example(
            index=n,
            image=pack(raw) if is_image else None,
            text=None if is_image else spell_tokens(raw, facts),
            value=float(value),
            box=box if is_image else None,
            **told,
        )


def _checked(plan: Plan, node: str, unit: int) -> int:
    """The unit where there is one of that number.

    Raises:
        SpecError: There is no such layer or unit.
    """
    if node not in plan.by_id:
        message, hint = f"There is no layer called {node}.", f"Layers are {', '.join(plan.by_id)}."
        raise SpecError([Problem(code="no_such_layer", path="params.node", message=message, got=node, hint=hint)])
    shape = plan.by_id[node].output_shape
    count = shape[-3 if len(shape) > 2 else -1]
    if unit <= count:
        return unit
    message = f"{node} has no unit {unit}: they are numbered from 1 to {count}."
    raise SpecError([Problem(code="no_such_unit", path="params.unit", message=message, got=str(unit))])


def _unit_of(output: Tensor, unit: int) -> Tensor:
    """[N, H, W] of a map, [N, T] of a feature over steps, [N, 1] of a unit."""
    if output.dim() == 4:
        return output[:, unit]
    return output[..., unit] if output.dim() == 3 else output[:, unit : unit + 1]


def _place(at: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    return divmod(at, sizes[1]) if len(sizes) == 2 else (at,)


def _box(seen: Seen | None, place: tuple[int, ...]) -> list[int] | None:
    """What the place sees of the image: top, left, height, width; None where it is all of it."""
    if seen is None or len(place) != 2:
        return None
    (top, bottom), (left, right) = (spans[at] for spans, at in zip(seen, place, strict=True))
    return [top, left, bottom - top + 1, right - left + 1] if bottom >= top and right >= left else None
