"""A compiled block of steps at work on a network and its optimizer."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
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

    def run(self, samples_kb: Tensor, rates: Sequence[float]) -> Block:
        """One step for each row of sample numbers, with its learning rate."""
        numbers_h, rates_k = self._step.numbers(), torch.tensor(rates, dtype=torch.float64)
        values, told, place = self._read(), [], 0
        self._before = values if self._is_new(values) else self._form.unpack(*self._form.pack(values))
        while place < len(samples_kb):
            is_plain = samples_kb.shape[1] not in self._packages or self._is_new(values)
            end = place + 1 if is_plain else min(place + BLOCK, len(samples_kb))
            take = self._one if is_plain else self._call
            values, told_k3 = take(values, samples_kb[place:end], rates_k[place:end], numbers_h)
            told.append(told_k3)
            place = end
        self._write(values)
        return Block(*torch.cat(told).unbind(1))

    def undo(self) -> None:
        """Back to before the last block."""
        assert self._before is not None, "there is no block to undo"
        self._write(self._before)
        self._before = None

    def _is_new(self, values: Values) -> bool:
        """Whether the optimizer has yet to begin with what it keeps."""
        return any(not one and form for one, form in zip(values.kept, self._form.kept, strict=True))

    def _one(self, values: Values, samples_1b: Tensor, rates_1: Tensor, numbers_h: Tensor) -> tuple[Values, Tensor]:
        batch = self._inputs[samples_1b[0]], self._targets[samples_1b[0]]
        values, told = self._step(values, *batch, numbers_h, rates_1[0])
        return values, torch.stack([told.loss.float(), told.hit.float(), told.penalty.float()])[None]

    def _call(self, values: Values, samples_kb: Tensor, rates_k: Tensor, numbers_h: Tensor) -> tuple[Values, Tensor]:
        num_steps, size = samples_kb.shape
        missing = BLOCK - num_steps
        if missing:
            samples_kb = torch.cat([samples_kb, samples_kb.new_zeros(missing, size)])
            rates_k = torch.cat([rates_k, rates_k.new_zeros(missing)])
        given = [torch.tensor(num_steps), samples_kb, rates_k, numbers_h, self._inputs, self._targets]
        told_k3, *rows = self._packages[size].boxed_run([*given, *self._form.pack(values)])
        return self._form.unpack(*rows), told_k3[:num_steps]

    def _read(self) -> Values:
        """What there is now, without a copy; where nothing is kept yet, with copies of the rest."""
        kept = [_kept(self._optimizer, weight) for weight in self._weights.values()]
        weights = {name: weight.detach() for name, weight in self._weights.items()}
        values = Values(weights, self._buffers, kept, [weight.grad for weight in self._weights.values()])
        return _copied(values) if self._is_new(values) else values

    @torch.no_grad()
    def _write(self, values: Values) -> None:
        """Weights, buffers and memory in place, where they were; gradients as they are."""
        places = [*self._weights.values(), *self._buffers.values()]
        found = [*values.weights.values(), *(values.buffers[name] for name in self._buffers)]
        for weight, kept, gradient in zip(self._weights.values(), values.kept, values.gradients, strict=True):
            weight.grad = gradient
            state = _state(self._optimizer, weight, kept)
            places += [state[name] for name in kept]
            found += kept.values()
        torch._foreach_copy_(places, found)


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


def _state(optimizer: Optimizer, weight: Tensor, kept: Kept) -> dict[str, Any]:
    """Where the optimizer keeps this; what is new there lies in memory as the weight does."""
    if not kept:
        optimizer.state.pop(weight, None)
        return {}
    state: dict[str, Any] = optimizer.state[weight]
    for name, value in kept.items():
        if state.get(name) is None:
            state[name] = torch.empty_like(weight if value.shape == weight.shape else value, requires_grad=False)
    return state
