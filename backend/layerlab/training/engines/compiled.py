"""A compiled block of steps at work on a network and its optimizer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from layerlab.graph.network import Network
from layerlab.optimizers.base import Kept
from layerlab.training.engines.block import BLOCK
from layerlab.training.engines.functional import PureStep, Values
from layerlab.training.engines.packing import Form


@dataclass(frozen=True)
class Block:
    """What K steps told, in their order.

    Attributes:
        losses_k: Mean loss of each batch, without penalties.
        hits_k: Right answers in the batch; of numbers the mean absolute error.
        penalties_k: What L1 and L2 add to the loss.
    """

    losses_k: Tensor
    hits_k: Tensor
    penalties_k: Tensor

    def first_bad(self) -> int | None:
        """Place of the first loss that is not finite. The steps from there on mean nothing: ``undo`` the block."""
        bad = (~self.losses_k.isfinite()).nonzero()
        return int(bad[0]) if len(bad) else None


class CompiledStep:
    """Runs blocks of steps; between them network and optimizer hold the truth, gradients included.

    A step gives the same numbers bit for bit in whatever block it is. The first step of an optimizer that remembers
    nothing yet, and batches of a size without a package, are done by the same function without compiling: which steps
    these are follows from the spec alone as long as the packages do.

    Args:
        packages: By batch size, the files that ``build`` made for equal keys.
        step: The function that was compiled.
        network: On the CPU, in train mode.
        optimizer: Of its trainable parameters.
        inputs: [N, …] all training samples.
        targets: [N, …] theirs.
    """

    def __init__(
        self,
        packages: Mapping[int, Path],
        step: PureStep,
        network: Network,
        optimizer: Optimizer,
        *,
        inputs: Tensor,
        targets: Tensor,
    ) -> None:
        self._step = step
        self._weights = {name: one for name, one in network.named_parameters() if one.requires_grad}
        self._buffers = dict(network.named_buffers())
        self._optimizer = optimizer
        self._inputs, self._targets = inputs.contiguous(), targets.contiguous()
        largest = max(packages)
        self._form = form_of(step, network, self._inputs[:largest], self._targets[:largest])
        self._packages = {size: _loaded(path) for size, path in packages.items()}
        self._before: Values | None = None

    def run(self, samples: Sequence[Tensor], rates: Sequence[float]) -> Block:
        """One step for each batch of sample numbers ([B] each), with its learning rate."""
        values = self._before = self._read()
        numbers_h, told = self._step.numbers(), []
        place = 0
        while place < len(samples):
            end = self._end_of_run(samples, place, values)
            if end == place:
                rate = torch.tensor(rates[place], dtype=torch.float64)
                batch = self._inputs[samples[place]], self._targets[samples[place]]
                values, one = self._step(values, *batch, numbers_h, rate)
                told.append(torch.stack([one.loss.float(), one.hit.float(), one.penalty.float()])[None])
                place += 1
            else:
                values, some_k3 = self._call(values, samples[place:end], rates[place:end], numbers_h)
                told.append(some_k3)
                place = end
        self._write(values)
        return Block(*torch.cat(told).unbind(1))

    def undo(self) -> None:
        """Back to before the last block."""
        assert self._before is not None, "there is no block to undo"
        self._write(self._before)
        self._before = None

    def _end_of_run(self, samples: Sequence[Tensor], start: int, values: Values) -> int:
        """Where the batches end that can go in one call from ``start`` on; ``start`` itself if that one cannot."""
        if any(one.keys() != form.keys() for one, form in zip(values.kept, self._form.kept, strict=True)):
            return start
        size, last = len(samples[start]), min(len(samples), start + BLOCK)
        if size not in self._packages:
            return start
        return next((place for place in range(start, last) if len(samples[place]) != size), last)

    def _call(
        self, values: Values, samples: Sequence[Tensor], rates: Sequence[float], numbers_h: Tensor
    ) -> tuple[Values, Tensor]:
        num_steps = len(samples)
        samples_kb = torch.zeros(BLOCK, len(samples[0]), dtype=torch.int64)
        torch.stack(list(samples), out=samples_kb[:num_steps])
        rates_k = torch.zeros(BLOCK, dtype=torch.float64)
        rates_k[:num_steps] = torch.tensor(rates, dtype=torch.float64)
        floats, whole = self._form.pack(values)
        given = [torch.tensor(num_steps), samples_kb, rates_k, numbers_h, self._inputs, self._targets, floats, whole]
        told_k3, floats, whole = self._packages[len(samples[0])].boxed_run(given)
        return self._form.unpack(floats, whole), told_k3[:num_steps]

    def _read(self) -> Values:
        """Copies of what there is now."""
        return Values(
            {name: weight.detach().clone() for name, weight in self._weights.items()},
            {name: buffer.clone() for name, buffer in self._buffers.items()},
            [_kept(self._optimizer, weight) for weight in self._weights.values()],
            [None if weight.grad is None else weight.grad.clone() for weight in self._weights.values()],
        )

    @torch.no_grad()
    def _write(self, values: Values) -> None:
        """Weights, buffers and memory in place, where they were; gradients as they are."""
        for name, buffer in self._buffers.items():
            buffer.copy_(values.buffers[name])
        everything = zip(self._weights.items(), values.kept, values.gradients, strict=True)
        for (name, weight), kept, gradient in everything:
            weight.copy_(values.weights[name])
            weight.grad = gradient
            _keep(self._optimizer, weight, kept)


def _loaded(package: Path) -> Any:
    """PyTorch's own loader, without the compiler that its Python wrapper would import."""
    return torch._C._aoti.AOTIModelPackageLoader(str(package), "model", True, 1, -1)


def form_of(step: PureStep, network: Network, inputs: Tensor, targets: Tensor) -> Form:
    """The form of the values after a step on these samples; nothing changes."""
    weights = {name: one.detach() for name, one in network.named_parameters() if one.requires_grad}
    start = Values(weights, dict(network.named_buffers()), [{} for _ in weights])
    after, _ = step(start, inputs, targets, step.numbers(), torch.zeros((), dtype=torch.float64))
    return Form.of(after)


def _kept(optimizer: Optimizer, weight: Tensor) -> Kept:
    """Copies of the tensors that are kept of a weight."""
    state = optimizer.state.get(weight, {})
    return {name: value.clone() for name, value in state.items() if isinstance(value, Tensor)}


def _keep(optimizer: Optimizer, weight: Tensor, kept: Kept) -> None:
    """Puts what is kept in place, in the weight's own order in memory."""
    state = optimizer.state[weight] if kept else optimizer.state.pop(weight, {})
    for name, value in kept.items():
        if name not in state:
            state[name] = torch.empty_like(weight if value.shape == weight.shape else value)
        state[name].copy_(value)
