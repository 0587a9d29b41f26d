"""Blocks of steps at work on a network and its optimizer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim import Optimizer

from layerlab.graph.network import Network
from layerlab.optimizers.base import Kept
from layerlab.training.engines.block import BLOCK
from layerlab.training.engines.functional import PureStep, Values
from layerlab.training.engines.packing import form_of
from layerlab.training.engines.programs import Programs


@dataclass(frozen=True)
class Block:
    """What K steps told, in their order.

    Attributes:
        losses: Mean loss of each batch, without penalties.
        hits: Right answers in the batch; of numbers the mean absolute error.
        penalties: What L1 and L2 add to the loss.
    """

    losses: list[float]
    hits: list[float]
    penalties: list[float]

    def first_bad(self) -> int | None:
        """Place of the first loss that is not finite. The steps from there on mean nothing: ``undo`` the block."""
        if math.isfinite(sum(self.losses)):
            return None
        return next((place for place, loss in enumerate(self.losses) if not math.isfinite(loss)), None)


class CompiledStep:
    """Runs blocks of steps; between them network and optimizer hold the truth, gradients included.

    From the first block on everything that a step changes lies in two rows: weights, buffers, what is kept and
    gradients are views of them, so that a block takes and gives them without a copy.

    A step gives the same numbers bit for bit in whatever block it is. The first step of an optimizer that remembers
    nothing yet, and batches of a size without a program, are done by the same function without one: which steps these
    are follows from the spec alone as long as the programs do.

    Args:
        programs: Made of ``step``, for samples on the network's device.
        step: One step as a function.
        network: In train mode.
        optimizer: Of its trainable parameters.
    """

    def __init__(self, programs: Programs, step: PureStep, network: Network, optimizer: Optimizer) -> None:
        self._programs = programs
        self._step = step
        self._weights = {name: one for name, one in network.named_parameters() if one.requires_grad}
        self._buffers = dict(network.named_buffers())
        self._optimizer = optimizer
        largest = max(programs.sizes)
        self._form = form_of(step, network, programs.inputs[:largest], programs.targets[:largest])
        self._numbers_h = step.numbers()
        self._rows: tuple[Tensor, Tensor] | None = None
        self._values = self._read()
        self._before: Values | tuple[Tensor, Tensor] | None = None
        self._spare: tuple[Tensor, Tensor] | None = None

    def run(self, samples_kb: Tensor, rates: Sequence[float]) -> Block:
        """One step for each row of sample numbers, with its learning rate."""
        told, place, (num_steps, size) = list[Tensor](), 0, samples_kb.shape
        self._before = None  # whatever fails from here on, the block before this one stays
        if self._rows is None:
            self._before = _copied(self._values)
            if self._is_new:
                told.append(self._one(samples_kb[0], rates[0]))
                place = 1
            else:
                self._lay_out(self._values)
        else:
            self._before = self._kept_rows(*self._rows)
        while place < num_steps:
            if size not in self._programs.sizes:
                told.append(self._one(samples_kb[place], rates[place]))
                place += 1
            else:
                told.append(self._call(samples_kb[place : place + BLOCK], rates[place : place + BLOCK]))
                place += BLOCK
        for weight, gradient in zip(self._weights.values(), self._values.gradients, strict=True):
            if weight.grad is not gradient:
                weight.grad = gradient
        return Block(*(told[0] if len(told) == 1 else torch.cat(told)).t().cpu().tolist())

    def _kept_rows(self, floats: Tensor, whole: Tensor) -> tuple[Tensor, Tensor]:
        """Copies, where the last copies were."""
        if self._spare is None:
            self._spare = floats.clone(), whole.clone()
        else:
            self._spare[0].copy_(floats)
            if len(self._form.counts):
                self._spare[1].copy_(whole)
        return self._spare

    @property
    def can_undo(self) -> bool:
        """Whether there is a block that is not undone."""
        return self._before is not None

    def undo(self) -> None:
        """Back to before the last block."""
        assert self._before is not None, "there is no block to undo"
        before, self._before = self._before, None
        if isinstance(before, Values):
            self._put_back(before)
        else:
            self._take(*before)

    @property
    def _is_new(self) -> bool:
        """Whether the optimizer has yet to begin with what it keeps."""
        return any(not one and form for one, form in zip(self._values.kept, self._form.kept, strict=True))

    def _one(self, samples_b: Tensor, rate: float) -> Tensor:
        """[1, 3] what a step tells that is done without a program."""
        rate_now = torch.tensor(rate, dtype=torch.float64, device=samples_b.device)
        batch = self._programs.inputs[samples_b], self._programs.targets[samples_b]
        values, told = self._step(self._values, *batch, self._numbers_h, rate_now)
        if self._rows is None:
            self._lay_out(values)
        else:
            self._take(*self._form.pack(values))
        return torch.stack([told.loss.float(), told.hit.float(), told.penalty.float()])[None]

    def _call(self, samples_kb: Tensor, rates: Sequence[float]) -> Tensor:
        """[K, 3] what the steps of one call tell."""
        assert self._rows is not None
        told_k3, *rows = self._programs.run(samples_kb, rates, self._numbers_h, *self._rows)
        self._take(*rows)
        return told_k3

    def _take(self, floats: Tensor, whole: Tensor) -> None:
        """The rows have these values now; a program that wrote in place has done so itself."""
        assert self._rows is not None
        for row, found in zip(self._rows, (floats, whole), strict=True):
            if row.data_ptr() != found.data_ptr():
                row.copy_(found)

    def _read(self) -> Values:
        """What there is now, without a copy."""
        kept = [_kept(self._optimizer, weight) for weight in self._weights.values()]
        weights = {name: weight.detach() for name, weight in self._weights.items()}
        return Values(weights, self._buffers, kept, [weight.grad for weight in self._weights.values()])

    def _lay_out(self, values: Values) -> None:
        """From now on weights, buffers and what is kept are views of two rows with these values."""
        self._rows = self._programs.place(*self._form.pack(values))
        self._values = self._form.unpack(*self._rows)
        for name, weight in self._weights.items():
            weight.data = self._values.weights[name]
        for name, buffer in self._buffers.items():
            buffer.data = self._values.buffers[name]
        for weight, kept in zip(self._weights.values(), self._values.kept, strict=True):
            if kept:
                self._optimizer.state[weight].update(kept)

    @torch.no_grad()
    def _put_back(self, values: Values) -> None:
        """The values from before they were laid out, where nothing may have been kept yet."""
        for name, weight in self._weights.items():
            weight.copy_(values.weights[name])
        for name, buffer in self._buffers.items():
            buffer.copy_(values.buffers[name])
        for weight, kept, gradient in zip(self._weights.values(), values.kept, values.gradients, strict=True):
            weight.grad = gradient
            if kept:
                self._optimizer.state[weight].update(kept)
            else:
                self._optimizer.state.pop(weight, None)
        self._rows, self._values = None, self._read()


def _kept(optimizer: Optimizer, weight: Tensor) -> Kept:
    """The tensors that are kept of a weight, on its device: some of PyTorch's kernels count on the CPU."""
    state = optimizer.state.get(weight, {}).items()
    return {name: value.to(weight.device) for name, value in state if isinstance(value, Tensor)}


def _copied(values: Values) -> Values:
    return Values(
        {name: weight.clone() for name, weight in values.weights.items()},
        {name: buffer.clone() for name, buffer in values.buffers.items()},
        [{name: value.clone() for name, value in one.items()} for one in values.kept],
        [None if gradient is None else gradient.clone() for gradient in values.gradients],
    )
