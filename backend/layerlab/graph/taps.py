"""How much of what a sliding filter sees lies in the image, and how much is padding."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from layerlab.graph.measure import Measured
from layerlab.layers.base import Shape
from layerlab.params import Params


def share_inside(params: Params, input_shape: Shape, known: Measured) -> float:
    """The share of (output place, filter place) pairs that see the input, over all axes; 1 without padding."""
    padding = getattr(params, "padding", 0)
    if padding == 0:
        return 1.0
    kernel = known.parameter_shapes["weight"][2:]
    is_image = len(kernel) == 2
    sizes = input_shape[-2:] if is_image else input_shape[:1]
    outputs = known.output_shape[-2:] if is_image else known.output_shape[:1]
    strides, dilations = (_each(getattr(params, name), len(kernel)) for name in ("stride", "dilation"))
    share = 1.0
    for axis, (size, output, extent) in enumerate(zip(sizes, outputs, kernel, strict=True)):
        before = _before(padding, axis, dilations[axis] * (extent - 1))
        share *= _axis_share(size, output, extent, strides[axis], dilations[axis], before)
    return share


def _each(value: Any, count: int) -> Sequence[int]:
    return list(value) if isinstance(value, list | tuple) else [value] * count


def _before(padding: Any, axis: int, reach: int) -> int:
    """Places of padding before the first of the input."""
    if padding == "causal":
        return reach
    if padding == "same":
        return reach // 2
    return int(_each(padding, axis + 1)[axis])


@lru_cache(maxsize=1024)
def _axis_share(size: int, output: int, extent: int, stride: int, dilation: int, before: int) -> float:
    places = (place * stride - before + tap * dilation for place in range(output) for tap in range(extent))
    return sum(0 <= place < size for place in places) / (output * extent)
