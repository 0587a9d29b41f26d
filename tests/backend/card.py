"""A device that is not the CPU, on a machine that has none: its tensors say that they lie elsewhere, and are counted on
here. What mixes it with the CPU fails as it would with a graphics card, and every copy between the two is written down.

PyTorch lets a tensor call itself one of CUDA only where it was built for it, so these say ``meta``, whose tensors
nothing else in the product makes while it trains.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

CARD = torch.device("meta")
_MADE_FROM_NUMBERS = (torch.tensor, torch.as_tensor, torch.Tensor.new_tensor)
_COPIES = (torch.ops.aten._to_copy, torch.ops.aten.copy_)
#: They wait for the card, as their answer depends on numbers that lie there.
_WAITS = (torch.ops.aten._local_scalar_dense, torch.ops.aten.nonzero)


class DevicesMixed(RuntimeError):
    """An operation got tensors of both devices, or a generator of the other one."""


class OnCard(Tensor):
    """A tensor of the card. ``held`` are its numbers, on the CPU."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> "OnCard":
        made: OnCard = Tensor._make_wrapper_subclass(  # type: ignore[attr-defined]
            cls, held.shape, strides=held.stride(), storage_offset=held.storage_offset(), dtype=held.dtype, device=CARD
        )
        made.held = held
        return made

    def __init__(self, held: Tensor) -> None:
        """``held`` is kept by ``__new__``."""

    def data_ptr(self) -> int:
        """Where its numbers lie."""
        return self.held.data_ptr()

    def __repr__(self, *, tensor_contents: object = None) -> str:
        return f"OnCard({self.held})"

    @classmethod
    def __torch_dispatch__(
        cls, func: Any, types: Sequence[type], args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        raise AssertionError(f"{func} is called outside of card()")


@dataclass
class Traffic:
    """What goes between the devices: shapes of copies to the card and back from it, and operations that wait for it."""

    there: list[tuple[int, ...]] = field(default_factory=list)
    back: list[tuple[int, ...]] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)

    def clear(self) -> None:
        """Forget what was."""
        for one in (self.there, self.back, self.waits):
            one.clear()

    def copy(self) -> "Traffic":
        """What was until now."""
        return Traffic(list(self.there), list(self.back), list(self.waits))


@contextmanager
def card() -> Iterator[Traffic]:
    """There is a card, as long as this lasts."""
    traffic = Traffic()
    with _Watching(traffic), _Making():
        yield traffic


def held(value: Tensor) -> Tensor:
    """The numbers of a tensor of the card.

    Raises:
        AssertionError: It lies on the CPU.
    """
    assert isinstance(value, OnCard), f"{tuple(value.shape)} lies on the {value.device}"
    return value.held


class _Making(TorchFunctionMode):
    """What makes tensors out of Python's numbers makes them on the CPU and copies them; it does so with a card too.

    A tensor that is given another one's memory (``data``) has its numbers from then on.
    """

    def __torch_function__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None) -> Any:
        named = dict(kwargs or {})
        if func == Tensor.data.__set__ and isinstance(args[0], OnCard):  # type: ignore[attr-defined]
            args[0].held = held(args[1])
        if func not in _MADE_FROM_NUMBERS:
            return func(*args, **named)
        like = args[0] if func is torch.Tensor.new_tensor else torch.empty(0)
        given = args[1:] if func is torch.Tensor.new_tensor else args
        if func is torch.Tensor.new_tensor:
            named.setdefault("dtype", like.dtype)
        device = named.pop("device", None) or like.device
        if isinstance(given[0], Tensor):
            return given[0].to(device, named.get("dtype"))
        return torch.empty(0).new_tensor(*given, **named).to(device) if _is_card(device) else func(*args, **named)


class _Watching(TorchDispatchMode):
    def __init__(self, traffic: Traffic) -> None:
        super().__init__()
        self._traffic = traffic

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None) -> Any:
        named = dict(kwargs or {})
        leaves = tree_leaves((args, named))
        cards = [one for one in leaves if isinstance(one, OnCard)]
        goes_to_card = self._goes_to_card(func, args, named, cards)
        if func.overloadpacket in _COPIES:
            self._write_down(cards, goes_to_card, leaves)
        else:
            _check(func, leaves, cards, goes_to_card)
        if cards and func.overloadpacket in _WAITS:
            self._traffic.waits.append(str(func))
        if _is_card(named.get("device")):
            named["device"] = torch.device("cpu")
        found = func(*tree_map(_unwrapped, args), **tree_map(_unwrapped, named))
        return tree_map(_wrapper(cards), found) if goes_to_card else found

    @staticmethod
    def _goes_to_card(func: Any, args: tuple[Any, ...], named: dict[str, Any], cards: list[OnCard]) -> bool:
        if func.overloadpacket is torch.ops.aten.copy_:
            return isinstance(args[0], OnCard)
        device = named.get("device")
        return bool(cards) if device is None else _is_card(device)

    def _write_down(self, cards: list[OnCard], goes_to_card: bool, leaves: list[Any]) -> None:
        came_from_card = isinstance([one for one in leaves if isinstance(one, Tensor)][-1], OnCard)
        if came_from_card != goes_to_card:
            shape = next(tuple(one.shape) for one in leaves if isinstance(one, Tensor))
            (self._traffic.there if goes_to_card else self._traffic.back).append(shape)


def _check(func: Any, leaves: list[Any], cards: list[OnCard], goes_to_card: bool) -> None:
    """A single number may come from the CPU; anything else may not."""
    others = [one for one in leaves if isinstance(one, Tensor) and not isinstance(one, OnCard) and one.dim() > 0]
    if cards and others:
        shapes = [(tuple(one.shape), "card" if isinstance(one, OnCard) else "cpu") for one in [*cards, *others]]
        raise DevicesMixed(f"{func} got {shapes}")
    if goes_to_card and any(isinstance(one, torch.Generator) for one in leaves):
        raise DevicesMixed(f"{func} draws on the card with a generator of the CPU")


def _is_card(device: Any) -> bool:
    return device is not None and torch.device(device).type == CARD.type


def _unwrapped(value: Any) -> Any:
    return value.held if isinstance(value, OnCard) else value


def _wrapper(cards: list[OnCard]) -> Callable[[Any], Any]:
    """What is changed in place comes back as the tensor that it is."""
    known = {id(one.held): one for one in cards}

    def wrap(value: Any) -> Any:
        if not isinstance(value, Tensor) or isinstance(value, OnCard):
            return value
        return known[id(value)] if id(value) in known else OnCard(value)

    return wrap
