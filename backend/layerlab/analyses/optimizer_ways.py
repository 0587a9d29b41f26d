"""The ways of optimizers over a test surface, by the very classes that train networks here."""

import math
from typing import Annotated, Any, ClassVar, Literal

import torch
from layerlab_schemas.base import Integer, NonNegative, Number, PositiveCount
from layerlab_schemas.frames import DataShape, Frame, LandscapeItem, LandscapePath
from pydantic import Field
from torch import Tensor

from layerlab import optimizers
from layerlab.analyses.base import AnalysisContext, AnalysisKind
from layerlab.analyses.surfaces import SURFACES, TestSurface
from layerlab.optimizers.base import OptimizerKind
from layerlab.params import Params
from layerlab.probes.base import pack
from layerlab.registry import read_params
from layerlab.seeding import generator

Coordinate = Annotated[Number, Field(ge=-100, le=100)]
Name = Literal["gd", "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "adamw", "nadam"]

#: Title, kind in our family of optimizers, and fields that differ from that kind's defaults.
CHOICES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "gd": ("GD", "gd", {}),
    "sgd": ("SGD", "sgd", {"momentum": 0.0}),
    "momentum": ("momentum", "sgd", {}),
    "nesterov": ("Nesterov", "sgd", {"nesterov": True}),
    "adagrad": ("Adagrad", "adagrad", {}),
    "rmsprop": ("RMSprop", "rmsprop", {}),
    "adadelta": ("Adadelta", "adadelta", {}),
    "adam": ("Adam", "adam", {}),
    "adamw": ("AdamW", "adamw", {}),
    "nadam": ("NAdam", "nadam", {}),
}
#: Rates of those whose steps do not follow the size of the gradient; the others take that of the surface.
RATES = {"adagrad": 0.5, "rmsprop": 0.05, "adadelta": 1.0, "adam": 0.1, "adamw": 0.1, "nadam": 0.1}
#: Points along each axis of the picture.
_POINTS = 81
#: A way that has gone further than this is at an end.
_FARTHEST = 1e4


class OptimizerWaysParams(Params):
    """Where, by whom, how fast and how far."""

    surface: Literal["ravine", "saddle", "rosenbrock", "beale", "himmelblau"] = Field(
        default="ravine", description="The function of x and y that is made small."
    )
    optimizers: Annotated[list[Name], Field(min_length=1, max_length=8)] = Field(
        default=["gd", "momentum", "rmsprop", "adam"], description="Who goes."
    )
    lr: Annotated[NonNegative, Field(le=100)] | None = Field(
        default=None, description="One rate for all; left out, each has a usual one for the surface."
    )
    steps: Annotated[PositiveCount, Field(le=2000)] = Field(default=150, description="Updates.")
    momentum: Annotated[NonNegative, Field(lt=1)] = Field(
        default=0.9, description="Share of the last step that momentum and Nesterov keep."
    )
    noise: Annotated[NonNegative, Field(le=100)] = Field(
        default=1.0, description="Spread of the noise on the gradient of SGD, as if from a batch."
    )
    start_x: Coordinate | None = Field(default=None, description="Where the ways begin; left out, a telling place.")
    start_y: Coordinate | None = Field(default=None, description="The same in y.")
    seed: Annotated[Integer, Field(ge=0, le=2**32 - 1)] = Field(default=0, description="Of the noise.")


class OptimizerWays(AnalysisKind[OptimizerWaysParams]):
    """Who zigzags, who stalls at a saddle, whose steps shrink: seen on two weights."""

    kind = "optimizer_ways"
    title = "Optimizers on a surface"
    help = "How optimizers go over a function of two variables. It has nothing to do with the network."
    formula = r"w_{t+1} = w_t + \Delta(\nabla f(w_t), \nabla f(w_{t-1}), \dots),\quad w = (x, y)"
    source = "torch.optim; Rosenbrock 1960; Beale 1958; Himmelblau 1972"
    group = "Optimisation"
    Params = OptimizerWaysParams
    data_shape = DataShape.LANDSCAPE
    is_quick = True
    reads_state = False
    example: ClassVar[dict[str, Any]] = {"kind": "optimizer_ways", "surface": "saddle", "steps": 50}

    def analyse(self, context: AnalysisContext, params: OptimizerWaysParams) -> Frame:
        """One item, with a way for each optimizer; its name tells the rate."""
        surface = SURFACES[params.surface]
        x, y = (torch.linspace(*ends, _POINTS, dtype=torch.float64) for ends in (surface.x, surface.y))
        paths = {}
        for place, name in enumerate(dict.fromkeys(params.optimizers)):
            context.progress(place / len(params.optimizers))
            lr = params.lr if params.lr is not None else RATES.get(name, surface.lr)
            paths[f"{CHOICES[name][0]} {lr:g}"] = way(surface, name, params, lr=lr)
        item = LandscapeItem(
            node=surface.title,
            x_title="x",
            y_title="y",
            value_title="f",
            x=pack(x),
            y=pack(y),
            values=pack(surface.value(x[None, :], y[:, None])),
            paths=paths,
            minima=[list(place) for place in surface.minima],
            log=surface.log,
            plays=True,
            note="Names tell the rate.",
        )
        return context.frame(self, [item])


def way(surface: TestSurface, name: str, params: OptimizerWaysParams, *, lr: float) -> LandscapePath:
    """The places of one optimizer, the start first; it ends where it leaves all bounds."""
    _, kind_name, fields = CHOICES[name]
    if name in ("momentum", "nesterov"):
        fields = fields | {"momentum": params.momentum}
    if params.momentum == 0:
        fields = {key: value for key, value in fields.items() if key != "nesterov"}
    kind: OptimizerKind[Any] = optimizers.REGISTRY.get(kind_name)
    chosen = read_params(kind, fields | {"lr": lr})
    weights = _start(surface, params).requires_grad_(True)
    optimizer = kind.build(chosen, [weights])
    draws = generator(params.seed, f"optimizer_ways.{name}")
    places, values = [weights.detach().clone()], [float(surface.value(*weights.detach()))]
    for _ in range(params.steps):
        weights.grad = _gradient(surface, weights)
        if name == "sgd":
            weights.grad += params.noise * torch.randn(2, generator=draws, dtype=weights.dtype)
        kind.step(optimizer, chosen, lambda: math.nan)
        if not bool((weights.detach().abs() < _FARTHEST).all()):
            break
        places.append(weights.detach().clone())
        values.append(float(surface.value(*weights.detach())))
    found = torch.stack(places)
    return LandscapePath(
        steps=list(range(len(found))), x=pack(found[:, 0]), y=pack(found[:, 1]), values=pack(torch.tensor(values))
    )


def _start(surface: TestSurface, params: OptimizerWaysParams) -> Tensor:
    given = (params.start_x, params.start_y)
    place = [usual if chosen is None else chosen for usual, chosen in zip(surface.start, given, strict=True)]
    return torch.tensor(place, dtype=torch.float64)


def _gradient(surface: TestSurface, weights: Tensor) -> Tensor:
    (gradient,) = torch.autograd.grad(surface.value(*weights), weights)
    return gradient
