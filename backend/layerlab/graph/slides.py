"""Where a window that slides looks: for each place of the output, the places of the input that it reads."""

from dataclasses import dataclass
from typing import Any

from torch import nn

_POOLS = (nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d)
Sliding = nn.Conv1d | nn.Conv2d | nn.ConvTranspose2d | nn.MaxPool1d | nn.MaxPool2d | nn.AvgPool1d | nn.AvgPool2d


@dataclass(frozen=True)
class Slide:
    """A window along one axis. ``padding`` is what lies before the first place."""

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    is_transposed: bool = False

    def reads(self, place: int, size: int) -> list[int]:
        """Places of an input of ``size`` that the output at ``place`` reads, in the order of the kernel."""
        if not self.is_transposed:
            start = place * self.stride - self.padding
            taps = (start + tap * self.dilation for tap in range(self.kernel))
            return [at for at in taps if 0 <= at < size]
        painted = (place + self.padding - tap * self.dilation for tap in range(self.kernel))
        return [at // self.stride for at in painted if at % self.stride == 0 and 0 <= at // self.stride < size]


def slides_of(module: nn.Module) -> tuple[Slide, ...] | None:
    """The window of a convolution or a pool, for each axis; None for what does not slide."""
    if isinstance(module, nn.ConvTranspose2d):
        return _slides(module, 2, module.padding, is_transposed=True)
    if isinstance(module, nn.Conv1d | nn.Conv2d):
        axes = len(module.kernel_size)
        zeros = getattr(module, "zeros", None)
        if zeros:
            return _slides(module, axes, tuple(zeros[2 * (axes - 1 - axis)] for axis in range(axes)))
        if module.padding == "same":
            sizes = zip(module.kernel_size, module.dilation, strict=True)
            return _slides(module, axes, tuple(dilation * (kernel - 1) // 2 for kernel, dilation in sizes))
        return _slides(module, axes, module.padding)
    if isinstance(module, _POOLS):
        return _slides(module, 1 if isinstance(module, nn.MaxPool1d | nn.AvgPool1d) else 2, module.padding)
    return None


def _slides(module: Any, axes: int, padding: Any, *, is_transposed: bool = False) -> tuple[Slide, ...]:
    kernel, stride, before = (_each(value, axes) for value in (module.kernel_size, module.stride, padding))
    dilation = _each(getattr(module, "dilation", 1), axes)
    return tuple(Slide(kernel[axis], stride[axis], before[axis], dilation[axis], is_transposed) for axis in range(axes))


def _each(value: Any, axes: int) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (int(value),) * axes
