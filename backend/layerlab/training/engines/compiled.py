"""A compiled block of steps at work on a network and its optimizer."""

import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

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
        self._numbers_h = step.numbers()
        self._counts = [torch.tensor(count) for count in range(BLOCK + 1)]
        self._rates, self._rates_k = [0.0] * BLOCK, torch.zeros(BLOCK, dtype=torch.float64)
        self._samples = {size: torch.zeros(BLOCK, size, dtype=torch.int64) for size in packages}
        self._rows: tuple[Tensor, Tensor] | None = None
        self._values = self._read()
        self._before: Values | tuple[Tensor, Tensor] | None = None
        self._spare: tuple[Tensor, Tensor] | None = None

    def run(self, samples_kb: Tensor, rates: Sequence[float]) -> Block:
        """One step for each row of sample numbers, with its learning rate."""
        told, place, (num_steps, size) = list[Tensor](), 0, samples_kb.shape
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
            if size not in self._packages:
                told.append(self._one(samples_kb[place], rates[place]))
                place += 1
            else:
                told.append(self._call(samples_kb[place : place + BLOCK], rates[place : place + BLOCK]))
                place += BLOCK
        for weight, gradient in zip(self._weights.values(), self._values.gradients, strict=True):
            if weight.grad is not gradient:
                weight.grad = gradient
        return Block(*(told[0] if len(told) == 1 else torch.cat(told)).t().tolist())

    def _kept_rows(self, floats: Tensor, whole: Tensor) -> tuple[Tensor, Tensor]:
        """Copies, where the last copies were."""
        if self._spare is None:
            self._spare = floats.clone(), whole.clone()
        else:
            self._spare[0].copy_(floats)
            if len(self._form.counts):
                self._spare[1].copy_(whole)
        return self._spare

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
        """[1, 3] what a step tells that is done without compiling."""
        rate_now = torch.tensor(rate, dtype=torch.float64)
        batch = self._inputs[samples_b], self._targets[samples_b]
        values, told = self._step(self._values, *batch, self._numbers_h, rate_now)
        if self._rows is None:
            self._lay_out(values)
        else:
            self._take(*self._form.pack(values))
        return torch.stack([told.loss.float(), told.hit.float(), told.penalty.float()])[None]

    def _call(self, samples_kb: Tensor, rates: Sequence[float]) -> Tensor:
        """[K, 3] what the steps of one call tell."""
        assert self._rows is not None
        num_steps, size = samples_kb.shape
        self._samples[size][:num_steps] = samples_kb
        if self._rates[:num_steps] != rates:
            self._rates[:num_steps] = rates
            self._rates_k[:num_steps] = torch.tensor(rates, dtype=torch.float64)
        given = [self._counts[num_steps], self._samples[size], self._rates_k, self._numbers_h, self._inputs]
        told_k3, *rows = self._packages[size].boxed_run([*given, self._targets, *self._rows])
        self._take(*rows)
        return cast(Tensor, told_k3)[:num_steps]

    def _take(self, floats: Tensor, whole: Tensor) -> None:
        """The rows have these values now; a package that wrote in place has done so itself."""
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
        self._rows = self._form.pack(values)
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


@cache
def _loaded(package: Path) -> Any:
    """PyTorch's own loader, without the compiler that its Python wrapper would import."""
    loader = torch._C._aoti.AOTIModelPackageLoader(str(package), "model", True, 1, -1)
    _remove_unpacked(package)
    return loader


def _remove_unpacked(package: Path) -> None:
    """The loader unpacks into a folder of temporary files and removes it when it goes, which a killed process leaves.

    What is loaded needs the files no more.
    """
    maps = Path("/proc/self/maps")
    lines = maps.read_text("utf-8").splitlines() if maps.exists() else []
    for path in {Path(line.split()[-1]) for line in lines if f"/{package.stem}." in line}:
        folder = next((part for part in path.parents if part.name.startswith("aotinductor_")), None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def form_of(step: PureStep, network: Network, inputs: Tensor, targets: Tensor) -> Form:
    """The form of the values after a step on these samples; nothing changes."""
    weights = {name: one.detach() for name, one in network.named_parameters() if one.requires_grad}
    start = Values(weights, dict(network.named_buffers()), [{} for _ in weights])
    after, _ = step(start, inputs, targets, step.numbers(), torch.zeros((), dtype=torch.float64))
    return Form.of(after)


def _kept(optimizer: Optimizer, weight: Tensor) -> Kept:
    """The tensors that are kept of a weight."""
    return {name: value for name, value in optimizer.state.get(weight, {}).items() if isinstance(value, Tensor)}


def _copied(values: Values) -> Values:
    return Values(
        {name: weight.clone() for name, weight in values.weights.items()},
        {name: buffer.clone() for name, buffer in values.buffers.items()},
        [{name: value.clone() for name, value in one.items()} for one in values.kept],
        [None if gradient is None else gradient.clone() for gradient in values.gradients],
    )
