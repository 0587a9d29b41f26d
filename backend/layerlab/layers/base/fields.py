"""Types of fields that several layers share, with their limits."""

from collections.abc import Callable
from math import isqrt
from typing import Annotated, Any

from layerlab_schemas.base import Count, Number, PositiveCount
from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

#: Sizes in one direction of an image, such as a kernel; far above any use, and small enough that no product overflows.
LARGEST_EXTENT = 65_536
#: Numbers of features or channels.
LARGEST_WIDTH = 50_000_000

Width = Annotated[PositiveCount, Field(le=LARGEST_WIDTH)]
Momentum = Annotated[Number, Field(ge=0, le=1)]

Extent = Annotated[PositiveCount, Field(le=LARGEST_EXTENT)]
Margin = Annotated[Count, Field(le=LARGEST_EXTENT)]


def _one_or_two(lowest: int) -> Callable[[Any, ValidatorFunctionWrapHandler], Any]:
    """Tells the failed tries of a union as one sentence."""

    def read(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            return handler(value)
        except ValidationError:
            span = f"{lowest} to {LARGEST_EXTENT}"
            raise ValueError(f"must be a whole number from {span}, or two of them, [height, width]") from None

    return read


#: One number for both directions, or [height, width].
Extents = Annotated[
    Extent | Annotated[list[Extent], Field(min_length=2, max_length=2)], WrapValidator(_one_or_two(lowest=1))
]
Margins = Annotated[
    Margin | Annotated[list[Margin], Field(min_length=2, max_length=2)], WrapValidator(_one_or_two(lowest=0))
]


def both(value: int | list[int]) -> tuple[int, int]:
    """(height, width) of a field that is one number or two."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def largest_divisor(number: int, most: int) -> int:
    """The largest number up to ``most`` that divides ``number``."""
    low = [count for count in range(1, isqrt(number) + 1) if number % count == 0]
    return max(count for one in low for count in (one, number // one) if count <= most)


def channels_of(shape: tuple[int, ...]) -> int:
    """Channels of an image, else features."""
    return shape[0] if len(shape) == 3 else shape[-1]
