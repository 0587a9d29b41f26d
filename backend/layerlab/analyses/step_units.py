"""One unit of a node, worked out by hand: which it is, the sum that makes its value, and the gradient of a weight."""

from dataclasses import dataclass
from math import isfinite

import torch
from layerlab_schemas.frames import StepTerm, StepValue
from torch import Tensor, nn
from torch.nn import functional

from layerlab.analyses.recorded_step import Passed
from layerlab.graph.plan import PlannedNode

#: Terms of a sum that are listed.
MOST_TERMS = 12


@dataclass(frozen=True, kw_only=True)
class Sum:
    """Rows of numbers, the largest ones by their last number."""

    columns: list[str]
    terms: list[StepTerm]
    num_terms: int
    rest: float | None


def finite(value: Tensor | float) -> float | None:
    """JSON has no NaN."""
    number = float(value)
    return number if isfinite(number) else None


def value(symbol: str, number: Tensor | float | None, text: str = "") -> StepValue:
    """One number of a formula."""
    return StepValue(symbol=symbol, value=None if number is None else finite(number), text=text)


def listed(columns: list[str], names: list[str], rows_tc: Tensor) -> Sum:
    """The terms whose last number is the largest in size, in their order; the others as a sum."""
    rows_tc = rows_tc.double()
    size_t = rows_tc[:, -1].abs().nan_to_num(nan=torch.inf)
    kept = sorted(size_t.argsort(descending=True, stable=True)[:MOST_TERMS].tolist())
    terms = [StepTerm(name=names[row], numbers=[finite(number) for number in rows_tc[row]]) for row in kept]
    left = torch.ones(len(rows_tc), dtype=torch.bool)
    left[kept] = False
    rest = finite(rows_tc[left, -1].sum()) if left.any() else None
    return Sum(columns=columns, terms=terms, num_terms=len(rows_tc), rest=rest)


def unit_of(passed: Passed, sample: int) -> tuple[int, ...]:
    """The unit whose value the loss depends on most; without a gradient the one with the largest value."""
    about = passed.output if passed.gradient is None or not passed.gradient[sample].any() else passed.gradient
    size = about[sample].detach().abs().nan_to_num(nan=torch.inf)
    return tuple(int(place) for place in torch.unravel_index(size.argmax(), size.shape))


def unit_name(unit: tuple[int, ...]) -> str:
    """Counted from 1: 'unit 3', 'step 2, unit 3', 'channel 2, row 4, column 5'."""
    names = {1: ("unit",), 2: ("step", "unit"), 3: ("channel", "row", "column")}.get(len(unit))
    if names is None:
        return f"value {unit}"
    return ", ".join(f"{name} {place + 1}" for name, place in zip(names, unit, strict=True))


def weighted(module: nn.Module, weight: Tensor, passed: Passed, sample: int, unit: tuple[int, ...]) -> Sum | None:
    """w · x of every input of the unit, with the weight as it was then; None for what is no plain weighted sum."""
    found = read_by(module, passed.inputs[0], unit)
    if found is None:
        return None
    x_nk, names = found
    weights_k = weight[out_of(module, unit)].double().flatten().cpu()
    x_k = x_nk[sample].double().cpu()
    return listed(["w", "x", r"w \cdot x"], names, torch.stack([weights_k, x_k, weights_k * x_k], 1))


def out_of(module: nn.Module, unit: tuple[int, ...]) -> int:
    """Row of the weights that belongs to the unit."""
    return unit[-1] if isinstance(module, nn.Linear) else unit[0]


def read_by(module: nn.Module, x: Tensor, unit: tuple[int, ...]) -> tuple[Tensor, list[str]] | None:
    """[N, K] what the unit reads of each sample, and names of the K places."""
    if isinstance(module, nn.Linear):
        features = x.flatten(1) if x.dim() == 4 else x
        x_nk = features[:, unit[0]] if features.dim() == 3 else features
        return x_nk, [f"input {place + 1}" for place in range(x_nk.shape[1])]
    if isinstance(module, nn.Conv2d):
        return _window(module, x, unit)
    return None


def _window(module: nn.Conv2d, x_nchw: Tensor, unit: tuple[int, ...]) -> tuple[Tensor, list[str]]:
    """What one output pixel of a convolution reads: the pixels below its kernel, zeros of the margin included."""
    margins = getattr(module, "zeros", None)
    x_nchw = functional.pad(x_nchw, margins if margins is not None else module._reversed_padding_repeated_twice)
    channels, (out, row, column) = module.in_channels // module.groups, unit
    first = out // (module.out_channels // module.groups) * channels
    (high, wide), (down, right), (far, aside) = module.kernel_size, module.stride, module.dilation
    rows, columns = (
        slice(row * down, row * down + far * (high - 1) + 1, far),
        slice(column * right, column * right + aside * (wide - 1) + 1, aside),
    )
    window = x_nchw[:, first : first + channels, rows, columns]
    names = [
        f"channel {first + c + 1}, {u + 1} down, {v + 1} right"
        for c in range(channels)
        for u in range(high)
        for v in range(wide)
    ]
    return window.flatten(1), names


def by_sample(module: nn.Module, passed: Passed, place: tuple[int, ...]) -> Tensor | None:
    """[N] what each sample adds to the gradient of one weight, whose place in ``module.weight`` is given.

    Of a linear layer Σ over steps of ∂L/∂z · x; of a convolution Σ over pixels.
    """
    if passed.gradient is None:
        return None
    if isinstance(module, nn.Linear):
        x = passed.inputs[0].flatten(1) if passed.inputs[0].dim() == 4 else passed.inputs[0]
        products = passed.gradient[..., place[0]].double() * x[..., place[1]].double()
        return products.flatten(1).sum(1) if products.dim() > 1 else products
    if isinstance(module, nn.Conv2d):
        return _conv_by_sample(module, passed, place)
    return None


def _conv_by_sample(module: nn.Conv2d, passed: Passed, place: tuple[int, ...]) -> Tensor:
    assert passed.gradient is not None
    margins = getattr(module, "zeros", None)
    x = functional.pad(passed.inputs[0], margins if margins is not None else module._reversed_padding_repeated_twice)
    out, channel, u, v = place
    first = out // (module.out_channels // module.groups) * (module.in_channels // module.groups)
    gradient_nhw = passed.gradient[:, out].double()
    (down, right), (far, aside) = module.stride, module.dilation
    high, wide = gradient_nhw.shape[1:]
    rows = slice(u * far, u * far + down * (high - 1) + 1, down)
    columns = slice(v * aside, v * aside + right * (wide - 1) + 1, right)
    return (gradient_nhw * x[:, first + channel, rows, columns].double()).sum((1, 2))


def slope(node: PlannedNode, module: nn.Module, x: Tensor) -> float | None:
    """The derivative of an elementwise activation at a number; None for all other nodes."""
    if not is_elementwise(node):
        return None
    with torch.enable_grad():
        at = x.detach().clone().reshape(1, 1).requires_grad_(True)
        (found,) = torch.autograd.grad(module(at).sum(), at)
    return float(found)


def is_elementwise(node: PlannedNode) -> bool:
    """True for an activation of each number by itself."""
    return (
        node.layer.group == "activation"
        and node.layer.kind != "softmax"
        and len(node.inputs) == 1
        and (node.input_shapes[0] == node.output_shape)
    )
