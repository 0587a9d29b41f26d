"""Modules without values: shapes for the check, or room that is filled by name afterwards."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from torch.overrides import TorchFunctionMode

#: What PyTorch's constructors fill weights with, by name: functions of ``torch.nn.init`` and methods of tensors.
_FILLING = {"kaiming_uniform_", "uniform_", "normal_", "constant_", "zero_", "fill_"}


class Blank(TorchFunctionMode):
    """While it is active, what would fill a tensor leaves it as it is, so that no number is drawn or written.

    On the meta device it also spares the import of PyTorch's compiler, which draws there would cost (seconds).
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """The call itself, or the tensor unchanged where the call would fill it."""
        if getattr(func, "__name__", "") in _FILLING:
            return args[0] if args else (kwargs or {})["tensor"]
        return func(*args, **(kwargs or {}))
