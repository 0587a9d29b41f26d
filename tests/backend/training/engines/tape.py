"""A stand-in for a graph on a card: it keeps the operations of some work and does them again, without Python.

As with a card, addresses stay what they were, Python runs once, and what waits for numbers, brings them from Python or
draws them is refused. Where tensors lie is not seen here: see ``test_graphs_on_card``.
"""

from typing import Any

import torch
from layerlab.training.engines.recorder import WARM_UP, Work
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

aten = torch.ops.aten
#: They wait for numbers: one of them, where some are, which differ, what a mask picks.
_WAITS = {
    aten._local_scalar_dense, aten.item, aten.nonzero, aten.masked_select, aten.is_nonzero, aten.equal, aten._unique2,
    aten.unique_dim, aten.unique_consecutive, aten.repeat_interleave, aten.bincount,
}  # fmt: skip
#: They bring numbers from Python: a copy from memory that no card may read by itself.
_BRINGS = {aten.lift_fresh, aten.lift, aten.lift_fresh_copy}
#: They draw, with generators that no graph knows.
_DRAWS = {aten.bernoulli_, aten.bernoulli, aten.rand, aten.randn, aten.randint, aten.randperm, aten.normal_}
_DRAWS |= {aten.uniform_, aten.native_dropout, aten.rand_like, aten.randn_like, aten.multinomial, aten.exponential_}


class NotRecorded(RuntimeError):
    """A card would not record this."""


class Tape(TorchDispatchMode):
    """Keeps operations with what they got and gave."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: list[tuple[Any, Any, Any, dict[int, Tensor]]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        named = kwargs or {}
        refused = {"waits": _WAITS, "brings numbers": _BRINGS, "draws": _DRAWS}
        for what, which in refused.items():
            if func.overloadpacket in which:
                raise NotRecorded(f"{func} {what}")
        if func.overloadpacket in (aten.index, aten.index_put_) and _has_mask(args[1]):
            raise NotRecorded(f"{func} waits: a mask says how many")
        found = func(*args, **named)
        given = {_memory(one) for one in _tensors((args, named))}
        fresh = {place: one for place, one in enumerate(_tensors(found)) if _memory(one) not in given}
        self._kept.append((func, args, named, fresh))
        return found

    def replay(self) -> None:
        """All of it again; what it gives goes where it went the first time."""
        with torch.no_grad():
            for func, args, named, fresh in self._kept:
                found = _tensors(func(*args, **named))
                for place, one in fresh.items():
                    one.copy_(found[place])


class TapeRecorder:
    """A ``Recorder`` for the CPU; ``made`` counts what was recorded."""

    made = 0

    def __init__(self, device: torch.device) -> None:
        assert device.type == "cpu"

    def __call__(self, work: Work) -> Work:
        for _ in range(WARM_UP):
            work()
        with Tape() as tape:
            work()
        TapeRecorder.made += 1
        return tape.replay


def _tensors(values: Any) -> list[Tensor]:
    return [one for one in tree_leaves(values) if isinstance(one, Tensor)]


def _memory(one: Tensor) -> int:
    return one.untyped_storage().data_ptr()


def _has_mask(indices: Any) -> bool:
    return any(one is not None and one.dtype in (torch.bool, torch.uint8) for one in indices)
