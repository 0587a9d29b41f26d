"""The loss over a line or a plane through the present weights."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import torch
from layerlab_schemas.base import Integer, PositiveCount
from layerlab_schemas.frames import DataShape, Frame, LandscapeItem, LandscapePath
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor

from layerlab.analyses.base import AnalysisContext, AnalysisKind
from layerlab.analyses.directions import (
    Weights,
    difference,
    filter_normalised,
    moved,
    principal,
    projected,
    put,
    rank,
    weights_of,
)
from layerlab.errors import SpecError
from layerlab.figures import count, counted, percent
from layerlab.losses.base import num_answers
from layerlab.params import Params
from layerlab.probes.base import pack
from layerlab.seeding import generator
from layerlab.training import checkpoint
from layerlab.training.state import State

#: Samples in one forward pass.
_CHUNK = 512
#: Most numbers of all weights of a path together.
_MOST_PATH_NUMBERS = 100_000_000
_MOST_PATH_POINTS = 64
#: Room around a path, as a share of its extent.
_MARGIN = 0.25
#: Values that span more than this factor are best seen on a log scale.
_LOG_SPAN = 50.0


class LossLandscapeParams(Params):
    """Where to look, how finely, and on what."""

    directions: Literal["random", "path", "start"] = Field(
        default="random",
        description="random: filter-normalised; path: where the weights' way varies most; start: back to the start.",
    )
    over: Literal["line", "plane"] = Field(
        default="plane", description="line: a curve over one direction; plane: a surface over two."
    )
    resolution: Annotated[Integer, Field(ge=5, le=101)] = Field(
        default=25, description="Points along each axis; over a plane the loss is computed at its square."
    )
    extent: Annotated[float, Field(gt=0, le=20)] = Field(
        default=1.0, description="How far to look; 1 is as far as the weights are long, or as the way is."
    )
    split: Literal["train", "validation"] = Field(default="train", description="Which part of the data.")
    num_samples: Annotated[PositiveCount, Field(le=20_000)] = Field(
        default=512, description="The first so many samples of that part, the same at every point."
    )
    seed: Annotated[Integer, Field(ge=0, le=2**32 - 1)] = Field(default=0, description="Of the random directions.")

    @property
    def dimensions(self) -> int:
        """How many directions there are."""
        return 1 if self.over == "line" else 2


@dataclass(frozen=True)
class Axes:
    """The directions of a picture, what each is called, and how far to go along each."""

    directions: list[Weights]
    titles: list[str]
    ranges: list[tuple[float, float]]


class LossLandscape(AnalysisKind[LossLandscapeParams]):
    """Flat or sharp, smooth or rough around the weights; with skips it is smoother."""

    kind = "loss_landscape"
    title = "Loss landscape"
    help = "The loss around the present weights, over one or two directions, with the way that training took."
    formula = r"f(\alpha, \beta) = L(\theta + \alpha \delta + \beta \eta),\quad \delta_{ij} \leftarrow \frac{\delta_{ij}}{\lVert \delta_{ij} \rVert} \lVert \theta_{ij} \rVert"  # noqa: E501
    source = "Li, Xu, Taylor, Studer, Goldstein 2018: Visualizing the Loss Landscape of Neural Nets"
    group = "Optimisation"
    Params = LossLandscapeParams
    data_shape = DataShape.LANDSCAPE
    example: ClassVar[dict[str, Any]] = {"kind": "loss_landscape", "over": "line", "resolution": 11}

    def analyse(self, context: AnalysisContext, params: LossLandscapeParams) -> Frame:
        """One item. Dropout is off, and norms over the batch keep the running statistics of the present weights."""
        inputs, targets = _samples(context, params)
        centre = weights_of(context.network)
        path = _path(context, centre)
        axes = _axes(context, params, centre, path)
        places = [_places(low, high, params.resolution) for low, high in axes.ranges]
        values = _values(context, axes.directions, centre, places, inputs, targets)
        item = LandscapeItem(
            node=f"loss of {counted(len(inputs), 'sample')}",
            x_title=axes.titles[0],
            y_title=axes.titles[1] if len(axes.titles) > 1 else "loss",
            x=pack(places[0]),
            y=pack(places[1] if len(places) > 1 else torch.zeros(1)),
            values=pack(values),
            paths={"training": _projected(context, axes, centre, path, inputs, targets)},
            log=_spans_much(values),
            place=[0.0, 0.0],
            value=_finite(_loss(context, inputs, targets)),
            note=_note(context, params),
        )
        return context.frame(self, [item], split=params.split, mode="eval", num_samples=len(inputs))


def _samples(context: AnalysisContext, params: LossLandscapeParams) -> tuple[Tensor, Tensor]:
    data = context.data
    if params.split == "validation" and not data.num_validation:
        raise _refusal("split", "There are no validation samples.", "Choose train.")
    inputs, targets = (
        (data.train_inputs, data.train_targets)
        if params.split == "train"
        else (data.validation_inputs, data.validation_targets)
    )
    return inputs[: params.num_samples], targets[: params.num_samples]


def _refusal(field: str, text: str, hint: str) -> SpecError:
    return SpecError([Problem(code="not_possible", path=f"params.{field}", field=field, message=text, hint=hint)])


# The way of the weights


def _path(context: AnalysisContext, centre: Weights) -> dict[int, Weights]:
    """Weights by step: at the start, from the checkpoints that are there, and the present ones."""
    found = {checkpoint.step_of(path): path for path in context.checkpoints}
    count = min(_MOST_PATH_POINTS, max(2, _MOST_PATH_NUMBERS // max(1, sum(part.numel() for part in centre))))
    steps = sorted(found)
    if len(steps) > count:
        steps = [steps[round(place * (len(steps) - 1) / (count - 1))] for place in range(count)]
    way = {} if context.start is None else {0: _of_network(context, context.start)}
    way |= {step: _of_network(context, checkpoint.load(found[step])) for step in steps}
    return dict(sorted((way | {context.step: centre}).items()))


def _of_network(context: AnalysisContext, state: State) -> Weights:
    tensors = state.part("network")
    return [tensors[name].to(value) for name, value in context.network.named_parameters()]


def _projected(
    context: AnalysisContext, axes: Axes, centre: Weights, path: dict[int, Weights], inputs: Tensor, targets: Tensor
) -> LandscapePath:
    found = [projected(difference(weights, centre), axes.directions) for weights in path.values()]
    losses = []
    for weights in path.values():
        put(context.network, weights)
        losses.append(_loss(context, inputs, targets))
    put(context.network, centre)
    return LandscapePath(
        steps=list(path),
        x=pack(torch.tensor([places[0] for places, _ in found])),
        y=pack(torch.tensor([places[1] if len(places) > 1 else 0.0 for places, _ in found])),
        values=pack(torch.tensor(losses)),
        away=pack(torch.tensor([away for _, away in found])),
    )


# Directions and places


def _axes(context: AnalysisContext, params: LossLandscapeParams, centre: Weights, path: dict[int, Weights]) -> Axes:
    match params.directions:
        case "random":
            names = [f"random direction {place + 1}" for place in range(params.dimensions)]
            return Axes(_random(context, params, params.dimensions), names, [_around(params)] * params.dimensions)
        case "start":
            return _to_start(context, params, centre, path)
        case "path":
            return _along(params, centre, path)


def _around(params: LossLandscapeParams) -> tuple[float, float]:
    return -params.extent, params.extent


def _random(context: AnalysisContext, params: LossLandscapeParams, count: int) -> list[Weights]:
    return [
        filter_normalised(context.network, generator(params.seed, f"loss_landscape.{place}")) for place in range(count)
    ]


def _to_start(context: AnalysisContext, params: LossLandscapeParams, centre: Weights, path: dict[int, Weights]) -> Axes:
    """From the first recorded weights at −1 to the present ones at 0, and on; across it a random direction."""
    first, start = next(iter(path.items()))
    if first == context.step:
        raise _refusal("directions", "No earlier weights of this run are kept.", "Choose random, or train on first.")
    ahead = (-1 - 0.5 * params.extent, 0.5 * params.extent)
    title = f"−1: step {count(first)}, 0: step {count(context.step)}"
    more = _random(context, params, params.dimensions - 1)
    return Axes(
        [difference(centre, start), *more],
        [title, "random direction"][: params.dimensions],
        [ahead, _around(params)][: params.dimensions],
    )


def _along(params: LossLandscapeParams, centre: Weights, path: dict[int, Weights]) -> Axes:
    steps = [difference(weights, centre) for weights in path.values()]
    if rank(steps) < params.dimensions:
        text = f"{params.dimensions + 1} kept states are needed, and this run has {len(path)}."
        raise _refusal("directions", text, "Choose random, or train on first.")
    directions, shares = principal(steps, params.dimensions)
    titles = [f"main direction {place + 1} of the way ({percent(share)})" for place, share in enumerate(shares)]
    found = torch.tensor([projected(step, directions)[0] for step in steps])
    return Axes(directions, titles, [_beyond(found[:, axis], params.extent) for axis in range(params.dimensions)])


def _beyond(places: Tensor, extent: float) -> tuple[float, float]:
    low, high = float(places.min()), float(places.max())
    room = _MARGIN * (high - low) * extent
    return low - room, high + room


def _places(low: float, high: float, count: int) -> Tensor:
    """``count`` places from about ``low`` to about ``high``, moved by less than half a gap so that one is 0."""
    gap = (high - low) / (count - 1)
    return (torch.arange(count, dtype=torch.float64) - round(-low / gap)) * gap


# Values


def _values(
    context: AnalysisContext,
    directions: list[Weights],
    centre: Weights,
    places: Sequence[Tensor],
    inputs: Tensor,
    targets: Tensor,
) -> Tensor:
    """[H, W] losses in double precision, NaN where one is not finite; H is 1 for a single direction."""
    rows = places[1].tolist() if len(places) > 1 else [0.0]
    columns = places[0].tolist()
    values = torch.full((len(rows), len(columns)), math.nan, dtype=torch.float64)
    for row, y in enumerate(rows):
        for column, x in enumerate(columns):
            context.progress((row * len(columns) + column) / values.numel())
            put(context.network, moved(centre, directions, [x, y][: len(directions)]))
            values[row, column] = _loss(context, inputs, targets)
    put(context.network, centre)
    return values.where(values.isfinite(), math.nan)


@torch.no_grad()
def _loss(context: AnalysisContext, inputs: Tensor, targets: Tensor) -> float:
    """The mean loss in eval mode, without L1 and L2."""
    context.network.eval()
    total, loss = 0.0, context.loss
    for inputs_b, targets_b in zip(torch.split(inputs, _CHUNK), torch.split(targets, _CHUNK), strict=True):
        value = loss.kind.batch_value(loss.params, context.network(inputs_b), targets_b)
        total += float(value) * num_answers(targets_b)
    return total / num_answers(targets)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _spans_much(values: Tensor) -> bool:
    finite = values[values.isfinite()]
    return finite.numel() > 0 and float(finite.min()) > 0 and float(finite.max() / finite.min()) > _LOG_SPAN


def _note(context: AnalysisContext, params: LossLandscapeParams) -> str:
    said = ["L1 and L2 are left out."]
    if params.directions == "random":
        said.insert(0, "Biases and parameters of norms stay as they are.")
    if any(node.layer.kind == "batch_norm" for node in context.plan.nodes):
        said.append("Batch norm uses its present running statistics everywhere.")
    return " ".join(said)
