"""How widely the outputs of each node spread at step 0, by theory: before a single weight exists.

Weights have mean 0 and are independent of what they multiply, so for n inputs to a unit (LeCun et al. 1998, Glorot and
Bengio 2010, He et al. 2015)

    E[y] = 0,    E[y²] = n · Var(w) · E[x²],

and y, a sum of many, is nearly normal; an activation's mean and mean square are integrals over that normal. Biases
are 0, dropout divides E[x²] by 1 − p, norms give mean 0 and variance 1, sums of different nodes add. Where no such
rule is honest (pooling, recurrence, attention, an activation of numbers that are not normal) nothing is said, until
the next norm.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import prod
from typing import Any

import torch
from layerlab_schemas.graph import INPUT, InitSpec

from layerlab import inits
from layerlab.graph.compile import following
from layerlab.graph.measure import Measured
from layerlab.graph.moments import UNKNOWN, Moments, after
from layerlab.graph.plan import Plan, PlannedNode
from layerlab.graph.taps import share_inside
from layerlab.layers.base import LayerKind
from layerlab.params import Params
from layerlab.registry import read_params

#: Inputs to a unit from which on their sum counts as normal.
_MANY = 8
_ACTIVATIONS = frozenset({"relu", "leaky_relu", "elu", "gelu", "silu", "sigmoid", "tanh"})
_PASSING = frozenset({"flatten", "reshape", "identity"})

Rule = Callable[[Plan, PlannedNode, Measured, InitSpec, Sequence[Moments]], Moments]


def expected_moments(
    plan: Plan, measured: Mapping[str, Measured], init: InitSpec, data: Moments | None
) -> dict[str, Moments]:
    """Of each node's output in train mode.

    Args:
        plan: The network.
        measured: Shapes and counts by node name.
        init: The run's scheme.
        data: Of the training inputs after preprocessing; None where they are tokens.
    """
    found = {INPUT: data or UNKNOWN}
    for node in plan.nodes:
        rule = _RULES.get(node.layer.kind, _norm if node.layer.is_norm else _nothing)
        inputs = [found.get(source, UNKNOWN) for source in node.inputs]
        found[node.id] = rule(plan, node, measured[node.id], init, inputs)
    return found


def _nothing(plan: Plan, node: PlannedNode, known: Measured, init: InitSpec, inputs: Sequence[Moments]) -> Moments:
    return UNKNOWN


def _passed(plan: Plan, node: PlannedNode, known: Measured, init: InitSpec, inputs: Sequence[Moments]) -> Moments:
    return inputs[0]


def _weighted(plan: Plan, node: PlannedNode, known: Measured, init: InitSpec, inputs: Sequence[Moments]) -> Moments:
    """A matrix product or convolution: sums of n products each."""
    taps = known.multiply_adds / prod(known.output_shape)
    variance = weight_variance(plan, node, known.parameter_shapes["weight"], init)
    square = taps * share_inside(node.params, node.input_shapes[0], known) * variance * inputs[0].square
    return Moments(0.0, square, is_normal=taps >= _MANY)


def weight_variance(plan: Plan, node: PlannedNode, shape: Sequence[int], init: InitSpec) -> float:
    """Of the node's weight as its scheme draws it; NaN where its mean is not 0."""
    spec = node.init or init
    scheme = inits.REGISTRY.get(spec.scheme)
    fields = read_params(scheme, spec.fields_of_kind())
    found = scheme.variance(fields, shape, following(plan, node))
    return math.nan if found is None else found


def _activated(plan: Plan, node: PlannedNode, known: Measured, init: InitSpec, inputs: Sequence[Moments]) -> Moments:
    return _activation(node.layer, node.params, inputs[0])


@lru_cache(maxsize=4096)
def _activation(layer: LayerKind[Any], params: Params, x: Moments) -> Moments:
    return after(layer.build(params, [(1,)], generator=torch.Generator()), x)


def _norm(plan: Plan, node: PlannedNode, known: Measured, init: InitSpec, inputs: Sequence[Moments]) -> Moments:
    """Mean 0 and variance 1 whatever came in, but for what eps takes off the smallest."""
    (x,) = inputs
    shrunk = x.variance / (x.variance + float(getattr(node.params, "eps", 0.0) or 1e-12))
    return Moments(0.0, 1.0 if math.isnan(shrunk) else shrunk, is_normal=x.is_normal)


def _rms_norm(plan: Plan, node: PlannedNode, known: Measured, init: InitSpec, inputs: Sequence[Moments]) -> Moments:
    """Mean square 1; the mean is left where it is."""
    (x,) = inputs
    root = math.sqrt(x.square) if x.square > 0 else math.nan
    return Moments(x.mean / root, 1.0, is_normal=x.is_normal)


def _dropped(plan: Plan, node: PlannedNode, known: Measured, init: InitSpec, inputs: Sequence[Moments]) -> Moments:
    """What is kept is divided by 1 − p, so that the mean stays and the mean square grows."""
    (x,) = inputs
    p: float = getattr(node.params, "p", 0.0)
    return Moments(x.mean, x.square / (1 - p), is_normal=x.is_normal and p == 0) if p < 1 else UNKNOWN


def _added(plan: Plan, node: PlannedNode, known: Measured, init: InitSpec, inputs: Sequence[Moments]) -> Moments:
    """Different nodes are uncorrelated, for new weights of mean 0 stand between them."""
    if len(set(node.inputs)) < len(node.inputs):
        return UNKNOWN
    mean = sum(x.mean for x in inputs)
    return Moments(mean, sum(x.variance for x in inputs) + mean**2, is_normal=all(x.is_normal for x in inputs))


def _joined(plan: Plan, node: PlannedNode, known: Measured, init: InitSpec, inputs: Sequence[Moments]) -> Moments:
    """Side by side: the mean over both by their sizes."""
    sizes = [prod(shape) for shape in node.input_shapes]
    shares = [size / sum(sizes) for size in sizes]
    mean = sum(share * x.mean for share, x in zip(shares, inputs, strict=True))
    square = sum(share * x.square for share, x in zip(shares, inputs, strict=True))
    same = all(math.isclose(x.variance, inputs[0].variance, rel_tol=0.01) for x in inputs)
    return Moments(mean, square, is_normal=same and all(x.is_normal for x in inputs))


def _looked_up(plan: Plan, node: PlannedNode, known: Measured, init: InitSpec, inputs: Sequence[Moments]) -> Moments:
    """Rows of a table: N(0, 1), unless a scheme that does not scale by fans fills it."""
    if plan.data.padding_token is not None:
        return UNKNOWN
    if inits.REGISTRY.get(init.scheme).uses_fans and node.init is None:
        return Moments(0.0, 1.0, is_normal=True)
    return Moments(0.0, weight_variance(plan, node, known.parameter_shapes["weight"], init))


def _one_hot(plan: Plan, node: PlannedNode, known: Measured, init: InitSpec, inputs: Sequence[Moments]) -> Moments:
    share = 1 / known.output_shape[-1]
    return Moments(share, share)


_RULES: dict[str, Rule] = {
    **dict.fromkeys(("linear", "conv1d", "conv2d"), _weighted),
    **dict.fromkeys(_ACTIVATIONS, _activated),
    **dict.fromkeys(_PASSING, _passed),
    **dict.fromkeys(("dropout", "dropout2d"), _dropped),
    "rms_norm": _rms_norm,
    "add": _added,
    "concat": _joined,
    "embedding": _looked_up,
    "one_hot": _one_hot,
}


def expected_stds(found: Mapping[str, Moments]) -> dict[str, float | None]:
    """The standard deviations, as the check tells them."""
    return {node: moments.std for node, moments in found.items()}
