"""The step of all variants at once: batched by vmap, traced once for each batch size to a flat list of operations.

There is no compiler in it, so nobody waits for one. A matrix product of each variant becomes one batched product, and
so on for every operation: a step takes little longer for sixteen small variants than for one.
"""

from collections.abc import Callable, Mapping
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

Flat = Callable[..., list[Tensor]]

#: A network with more weight tensors is batched but not traced: tracing would take many seconds, and its operations are
#: large enough for their overhead not to count.
MOST_TRACED = 24


class After(NamedTuple):
    """What a step gives for all variants; all are [V, …]."""

    weights: list[Tensor]
    buffers: list[Tensor]
    kept: list[Kept]
    losses: Tensor
    measured: Tensor
    """Counts of right answers, or mean errors."""
    penalties: Tensor


class TracedStep:
    """A step of all variants. The first update, from which optimizers begin to remember, is another function."""

    def __init__(self, step: PureStep) -> None:
        self._batched = vmap(step, in_dims=(0, 0, 0, 0, 0, None, None))
        self._traced: dict[Any, tuple[Flat, pytree.TreeSpec]] = {}

    @torch.no_grad()
    def __call__(self, stack: Stack, numbers: Numbers, strengths: Mapping[str, Tensor], batch: Batch) -> After:
        """The values after an update by this batch; nothing is written to."""
        if len(stack.weights) > MOST_TRACED:
            return self.try_out(stack, numbers, strengths, batch)
        arguments = (stack.weights, stack.buffers, stack.kept, numbers, strengths, batch.inputs, batch.targets)
        flat, spec = pytree.tree_flatten(arguments)
        key = (batch.inputs.shape, any(stack.kept))
        if key not in self._traced:
            self._traced[key] = self._trace(flat, spec)
        run, made = self._traced[key]
        return After(*pytree.tree_unflatten(run(*flat), made))

    @torch.no_grad()
    def try_out(self, stack: Stack, numbers: Numbers, strengths: Mapping[str, Tensor], batch: Batch) -> After:
        """The same without tracing it first; an error tells that the network cannot be batched."""
        arguments = (stack.weights, stack.buffers, stack.kept, numbers, strengths, batch.inputs, batch.targets)
        return After(*self._batched(*arguments))

    def _trace(self, flat: list[Tensor], spec: pytree.TreeSpec) -> tuple[Flat, pytree.TreeSpec]:
        made: list[pytree.TreeSpec] = []

        def step(*tensors: Tensor) -> list[Tensor]:
            found, shape = pytree.tree_flatten(self._batched(*pytree.tree_unflatten(list(tensors), spec)))
            made.append(shape)
            return found

        module = make_fx(step)(*flat)
        tidy(module)
        return module, made[0]
