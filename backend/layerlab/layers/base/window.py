"""The arithmetic of a window that slides over an image: convolution and pooling."""

from dataclasses import dataclass
from typing import Literal

from layerlab_schemas.problems import Problem

from layerlab.layers.base.fields import both
from layerlab.layers.base.site import Shape, Site

_AXES = ("rows", "columns")


@dataclass(frozen=True)
class Window:
    """Kernel, stride, padding and dilation, each as (height, width)."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int] | Literal["same"]
    dilation: tuple[int, int]

    @classmethod
    def of(
        cls,
        kernel: int | list[int],
        stride: int | list[int],
        padding: int | list[int] | Literal["same"],
        dilation: int | list[int] = 1,
    ) -> "Window":
        """From fields as they are written, one number or two."""
        pads: tuple[int, int] | Literal["same"] = "same" if padding == "same" else both(padding)
        return cls(both(kernel), both(stride), pads, both(dilation))

    @property
    def reach(self) -> tuple[int, int]:
        """How far one placement of the kernel reaches: d·(k − 1) + 1."""
        height, width = (d * (k - 1) + 1 for d, k in zip(self.dilation, self.kernel, strict=True))
        return height, width

    def places(self, size: int, axis: int) -> int:
        """How often the kernel fits along ``axis`` (0 height, 1 width) of an input of ``size``; below 1, not at all."""
        if self.padding == "same":
            return size
        return (size + 2 * self.padding[axis] - self.reach[axis]) // self.stride[axis] + 1

    def check(self, shape: Shape, site: Site) -> list[Problem]:
        """A problem where the kernel does not fit into an image ``shape`` [C, H, W]."""
        if self.padding == "same" and self.stride != (1, 1):
            message = f'padding "same" keeps the size only with stride 1, and {site.node} has stride {self.stride}.'
            hint = "Set stride to 1, or padding to a number."
            return [site.problem("same_with_stride", message, field="padding", hint=hint, mend=site.mend("stride", 1))]
        for axis, size in enumerate(shape[1:]):
            if self.places(size, axis) < 1:
                return [self._too_large(shape, axis, site)]
        return []

    def _too_large(self, shape: Shape, axis: int, site: Site) -> Problem:
        assert self.padding != "same"
        size, padding, stride = shape[axis + 1], self.padding[axis], self.stride[axis]
        reach = str(self.reach[axis])
        if self.dilation[axis] > 1:
            reach = f"({self.dilation[axis]}·({self.kernel[axis]} − 1) + 1)"
        sum_text = f"({size} − {reach} + 2·{padding})/{stride} + 1"
        places = self.places(size, axis)
        message = (
            f"The kernel of {site.node} is larger than its input from {site.source}: "
            f"{sum_text} gives {str(places).replace('-', '−')} {_AXES[axis]}."
        )
        room = min(extent + 2 * pad for extent, pad in zip(shape[1:], self.padding, strict=True))
        largest = (room - 1) // max(self.dilation) + 1
        hint = f"Use a kernel of at most {largest}, more padding, or less pooling before it."
        wanted, mend = f"at most {largest}", site.mend("kernel_size", largest)
        return site.problem(
            "kernel_too_large", message, field="kernel_size", expected=wanted, got=reach, hint=hint, mend=mend
        )
