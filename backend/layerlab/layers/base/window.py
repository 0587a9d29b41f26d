"""The arithmetic of a window that slides over an image or a sequence: convolution and pooling."""

from dataclasses import dataclass
from math import gcd
from typing import Literal

from layerlab_schemas.problems import Problem

from layerlab.layers.base.fields import both, largest_divisor
from layerlab.layers.base.site import Shape, Site, count_text

_AXES = {1: ("steps",), 2: ("rows", "columns")}


@dataclass(frozen=True)
class Window:
    """Kernel, stride, padding and dilation, each as (height, width), or as (steps,)."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] | Literal["same"]
    dilation: tuple[int, ...]

    @classmethod
    def of(
        cls,
        kernel: int | list[int],
        stride: int | list[int],
        padding: int | list[int] | Literal["same"],
        dilation: int | list[int] = 1,
    ) -> "Window":
        """Over an image, from fields as they are written, one number or two."""
        pads: tuple[int, int] | Literal["same"] = "same" if padding == "same" else both(padding)
        return cls(both(kernel), both(stride), pads, both(dilation))

    @property
    def reach(self) -> tuple[int, ...]:
        """How far one placement of the kernel reaches: d·(k − 1) + 1."""
        return tuple(d * (k - 1) + 1 for d, k in zip(self.dilation, self.kernel, strict=True))

    @property
    def is_uneven(self) -> bool:
        """True where "same" needs one zero more at the far edge than at the near one."""
        return self.padding == "same" and any(reach % 2 == 0 for reach in self.reach)

    @property
    def zeros(self) -> tuple[int, ...]:
        """What ``torch.nn.functional.pad`` needs for "same": near and far zeros, the last axis first."""
        pairs = [((reach - 1) // 2, reach // 2) for reach in reversed(self.reach)]
        return tuple(count for pair in pairs for count in pair)

    def places(self, size: int, axis: int, *, ceil_mode: bool = False) -> int:
        """How often the kernel fits along ``axis`` (0 height, 1 width) of an input of ``size``; below 1, not at all.

        In ceil mode a last window may stick out, unless it would hold only padding.
        """
        if self.padding == "same":
            return size
        padding, stride = self.padding[axis], self.stride[axis]
        room = size + 2 * padding - self.reach[axis]
        if not ceil_mode:
            return room // stride + 1
        count = -(-room // stride) + 1
        return count - 1 if (count - 1) * stride >= size + padding else count

    def check(self, sizes: Shape, site: Site) -> list[Problem]:
        """A problem where the kernel does not fit into an input of these sizes, [H, W] or [T]."""
        if self.padding == "same" and max(self.stride) > 1:
            stride = self.stride if len(self.stride) > 1 else self.stride[0]
            message = f'padding "same" keeps the size only with stride 1, and {site.node} has stride {stride}.'
            hint = "Set stride to 1, or padding to a number."
            return [site.problem("same_with_stride", message, field="padding", hint=hint, mend=site.mend("stride", 1))]
        for axis, size in enumerate(sizes):
            if self.places(size, axis) < 1:
                return [self._too_large(sizes, axis, site)]
        return []

    def _too_large(self, sizes: Shape, axis: int, site: Site) -> Problem:
        assert self.padding != "same"
        size, padding, stride = sizes[axis], self.padding[axis], self.stride[axis]
        reach = str(self.reach[axis])
        if self.dilation[axis] > 1:
            reach = f"({self.dilation[axis]}·({self.kernel[axis]} − 1) + 1)"
        sum_text = f"({size} − {reach} + 2·{padding})/{stride} + 1"
        places = self.places(size, axis)
        message = (
            f"The kernel of {site.node} is larger than its input from {site.source}: "
            f"{sum_text} gives {str(places).replace('-', '−')} {_AXES[len(sizes)][axis]}."
        )
        room = min(extent + 2 * pad for extent, pad in zip(sizes, self.padding, strict=True))
        largest = (room - 1) // max(self.dilation) + 1
        hint = f"Use a kernel of at most {count_text(largest)}, more padding, or less pooling before it."
        wanted, mend = f"at most {largest}", site.mend("kernel_size", largest)
        return site.problem(
            "kernel_too_large", message, field="kernel_size", expected=wanted, got=reach, hint=hint, mend=mend
        )

    def check_padding(self, site: Site) -> list[Problem]:
        """A problem where a pool pads more than half its window, which PyTorch refuses."""
        assert self.padding != "same"
        if all(2 * pad <= kernel for pad, kernel in zip(self.padding, self.kernel, strict=True)):
            return []
        message = f"{site.node} pads more than half its window, so some windows would hold only padding."
        half, got = min(self.kernel) // 2, max(self.padding)
        hint, mend = f"Set padding to at most {half}.", site.mend("padding", half)
        return [
            site.problem(
                "padding_too_large", message, field="padding", expected=f"at most {half}", got=got, hint=hint, mend=mend
            )
        ]


def check_groups(site: Site, groups: int, in_channels: int, out_channels: int) -> list[Problem]:
    """Problems where the groups of a convolution do not divide its channels."""
    fitting = largest_divisor(gcd(in_channels, out_channels), most=groups)
    hint = f"Choose groups that divide both {count_text(in_channels)} and {count_text(out_channels)}."
    return [
        site.problem(
            "groups_do_not_divide",
            f"{site.node} cannot split {count_text(channels)} {what} channels into {count_text(groups)} groups.",
            field="groups",
            expected=f"a divisor of {channels}",
            got=groups,
            hint=hint,
            mend=site.mend("groups", fitting),
        )
        for what, channels in (("input", in_channels), ("output", out_channels))
        if channels % groups
    ][:1]
