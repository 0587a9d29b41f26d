"""The step of all variants at once: batched by vmap, traced once for each batch size to a flat list of operations.

There is no compiler in it, so nobody waits for one; TorchScript calls the operations, in half of Python's time. A
matrix product of each variant becomes one batched product, and so on for every operation: a step takes little longer
for sixteen small variants than for one.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.func import vmap
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils import _pytree as pytree

from layerlab.optimizers.base import Kept, Numbers
from layerlab.training.batches import Batch
from layerlab.training.lockstep.pure_step import PureStep
from layerlab.training.lockstep.stack import Stack
from layerlab.training.lockstep.tidy import tidy

Flat = Callable[..., Sequence[Tensor]]

#: A network with more weight tensors is batched but not traced: tracing would take many seconds, and its operations are
#: large enough for their overhead not to count.
MOST_TRACED = 24


class After(NamedTuple):
    """What a step gives for all variants; all are [V, …]."""

    row: Tensor
    """The weights."""
    buffers: list[Tensor]
    kept: Kept
    losses: Tensor
    measured: Tensor
    """Counts of right answers, or mean errors."""
    penalties: Tensor


@dataclass(frozen=True)
class Traced:
    """A step for batches of one size, as it is called: with tensors one after another.

    Attributes:
        run: From tensors to tensors.
        held: What it takes beside the batch; the same tensors in every call.
        num_buffers: How many of them it gives.
        names: Of what is kept.
    """

    run: Flat
    held: Sequence[Tensor]
    num_buffers: int
    names: Sequence[str]

    def __call__(self, batch: Batch) -> After:
        """The values after an update."""
        row, *found, losses, measured, penalties = self.run(*self.held, batch.inputs, batch.targets)
        return After(
            row=row,
            buffers=found[: self.num_buffers],
            kept=dict(zip(self.names, found[self.num_buffers :], strict=True)),
            losses=losses,
            measured=measured,
            penalties=penalties,
        )


class TracedStep:
    """A step of all variants. The first update, from which optimizers begin to remember, is another function.

    The tensors of the stack, the numbers and the strengths are the same ones in every call.
    """

    def __init__(self, step: PureStep) -> None:
        self._batched = vmap(step, in_dims=(0, 0, 0, 0, 0, 0, None, None))
        self._traced: dict[Any, Traced] = {}

    @torch.no_grad()
    def __call__(self, stack: Stack, numbers: Numbers, strengths: Mapping[str, Tensor], batch: Batch) -> After:
        """The values after an update by this batch; nothing is written to."""
        if len(stack.weights) > MOST_TRACED:
            return self.try_out(stack, numbers, strengths, batch)
        key = (batch.inputs.shape, bool(stack.kept))
        if key not in self._traced:
            self._traced[key] = self._trace(stack, numbers, strengths, batch)
        return self._traced[key](batch)

    @torch.no_grad()
    def try_out(self, stack: Stack, numbers: Numbers, strengths: Mapping[str, Tensor], batch: Batch) -> After:
        """The same without tracing it first; an error tells that the network cannot be batched."""
        held = stack.weights, stack.row, stack.buffers, stack.kept
        return After(*self._batched(*held, numbers, strengths, batch.inputs, batch.targets))

    def _trace(self, stack: Stack, numbers: Numbers, strengths: Mapping[str, Tensor], batch: Batch) -> Traced:
        # pytree takes the values of a mapping in its order, and so does ``Traced`` in what comes back.
        held, spec = pytree.tree_flatten(
            (stack.weights, stack.row, stack.buffers, stack.kept, numbers, dict(strengths))
        )
        found: list[After] = []

        def step(*tensors: Tensor) -> list[Tensor]:
            *first, inputs, targets = tensors
            arguments: tuple[Any, ...] = (*pytree.tree_unflatten(first, spec), inputs, targets)
            found.append(After(*self._batched(*arguments)))
            return pytree.tree_leaves(found[-1])

        tensors = (*held, batch.inputs, batch.targets)
        module = make_fx(step)(*tensors)
        tidy(module)
        run = _scripted(lambda *tensors: tuple(module(*tensors)), tensors)
        return Traced(run, held, len(found[0].buffers), list(found[0].kept))


def _scripted(run: Flat, tensors: Sequence[Tensor]) -> Flat:
    """The same without Python between the operations. The successor that PyTorch names is a compiler: slow to start.

    Convolutions backwards take lists that TorchScript does not record. They stay as they are: it is small steps that
    gain by it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            traced: Flat = torch.jit.trace(run, tuple(tensors), check_trace=False)  # type: ignore[no-untyped-call]
        except RuntimeError:
            return run
    return traced
