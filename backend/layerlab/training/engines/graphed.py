"""Blocks of steps by replays of a recorded step: on a card one launch in the place of a hundred calls.

Everything that a step reads or writes stays where it is: the samples, the numbers, the values in two rows, the batches
and rates of a block, the place in it, and what each step told. A replay does the step at the place and moves it on.
"""

from collections.abc import Collection, Sequence

import torch
from torch import Tensor

from layerlab.graph.network import Network
from layerlab.training.engines.block import BLOCK, flat_step
from layerlab.training.engines.functional import PureStep, Values
from layerlab.training.engines.packing import Form, form_of
from layerlab.training.engines.programs import Rates
from layerlab.training.engines.recorder import Recorder, Work

#: Of the step to look at. What an optimizer keeps is not 0 there: divided by almost nothing, rounding would be steps.
CHECK_RATE, CHECK_KEPT = 0.01, 0.5
#: How far a replay may be away, as a part of the largest change of its kind: sums on a card have no fixed order.
TOLERANCE, ROUNDING = 0.02, 1e-6


class OtherNumbers(RuntimeError):
    """A replay does not give what the step gives."""


class Graphs:
    """``Programs`` of recorded steps; each is looked at once before it is used.

    Args:
        step: What is recorded.
        network: Its own. Nothing of it changes.
        sizes: Of the batches to record for.
        inputs: [N, …] all training samples, on the network's device.
        targets: [N, …] theirs.
        record: Of that device.

    Raises:
        OtherNumbers: The replay of one cannot be used.
        RuntimeError: One cannot be recorded; of many kinds, with PyTorch's words.
    """

    def __init__(
        self, step: PureStep, network: Network, sizes: Collection[int], *, inputs: Tensor, targets: Tensor,
        record: Recorder,
    ) -> None:  # fmt: skip
        self.inputs, self.targets = inputs.contiguous(), targets.contiguous()
        largest, device = max(sizes), inputs.device
        self._form = form_of(step, network, self.inputs[:largest], self.targets[:largest])
        self._flat = flat_step(step, self._form)
        start = self._form.pack(_start(network, self._form))
        self._rows = start[0].clone(), start[1].clone()
        self._numbers_h = step.numbers()
        self._rates = Rates(device)
        self._place = torch.zeros(1, dtype=torch.int64, device=device)
        self._told_k3 = torch.zeros(BLOCK, 3, device=device)
        self._samples = {size: self._some_samples(size) for size in sizes}
        with torch.no_grad():
            self._replays = {size: self._recorded(size, record, start) for size in sizes}

    @property
    def sizes(self) -> Collection[int]:
        """Of the batches that there is a graph for."""
        return self._samples.keys()

    def place(self, floats: Tensor, whole: Tensor) -> tuple[Tensor, Tensor]:
        """The values in the rows that were recorded."""
        self._rows[0].copy_(floats)
        self._rows[1].copy_(whole)
        return self._rows

    def run(
        self, samples_kb: Tensor, rates: Sequence[float], numbers_h: Tensor, floats: Tensor, whole: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """See ``Programs``. Nothing is waited for: that is done by whoever reads what the steps told."""
        num_steps, size = samples_kb.shape
        self._samples[size][:num_steps].copy_(samples_kb)
        self._rates.write(rates)
        self._numbers_h.copy_(numbers_h)
        self._place.zero_()
        replay = self._replays[size]
        for _ in range(num_steps):
            replay()
        return self._told_k3[:num_steps].clone(), *self._rows

    def _recorded(self, size: int, record: Recorder, start: tuple[Tensor, Tensor]) -> Work:
        work = self._work(size)
        self._rates.write([CHECK_RATE] * BLOCK)
        self._place.zero_()
        replay = record(work)
        self._check(work, replay, start)
        return replay

    def _work(self, size: int) -> Work:
        """The step at the place."""
        samples_kb, (floats, whole) = self._samples[size], self._rows

        def step() -> None:
            samples_b = samples_kb.index_select(0, self._place).squeeze(0)
            batch = self.inputs.index_select(0, samples_b), self.targets.index_select(0, samples_b)
            rate = self._rates.row_k.index_select(0, self._place).squeeze(0)
            *after, told = self._flat(floats, whole, *batch, self._numbers_h, rate)
            floats.copy_(after[0])
            whole.copy_(after[1])
            self._told_k3.index_copy_(0, self._place, told[None])
            self._place.add_(1)

        return step

    def _some_samples(self, size: int) -> Tensor:
        """[BLOCK, size] numbers of samples to record and to look with, other ones at each place."""
        numbers = torch.arange(BLOCK * size, device=self.inputs.device)
        return (numbers % len(self.inputs)).view(BLOCK, size)

    def _check(self, work: Work, replay: Work, start: tuple[Tensor, Tensor]) -> None:
        """One step by both from the same values, and the loss of the next, which is of other samples."""
        plain, plain_told = self._two_steps(work, start)
        found, told = self._two_steps(replay, start)
        kinds = zip(self._kinds(*start), self._kinds(*plain), self._kinds(*found), strict=True)
        same = all(_agree(other, one, since=before) for before, one, other in kinds)
        losses = zip(told.unbind(1)[::2], plain_told.unbind(1)[::2], strict=True)
        same = same and all(_agree(other, one, since=torch.zeros_like(one)) for other, one in losses)
        if not same or not torch.equal(plain[1], found[1]) or self._place.item() != 2:
            raise OtherNumbers("A replay of the step gave other numbers than the step")

    def _two_steps(self, one: Work, start: tuple[Tensor, Tensor]) -> tuple[tuple[Tensor, Tensor], Tensor]:
        """Values and counts after the first, and [2, 3] what both told."""
        self.place(*start)
        self._place.zero_()
        self._told_k3.zero_()
        one()
        first = self._rows[0].clone(), self._rows[1].clone()
        one()
        return first, self._told_k3[:2].clone()

    def _kinds(self, floats: Tensor, whole: Tensor) -> list[Tensor]:
        """Weights, buffers, what is kept, gradients: all of a kind in a row."""
        values = self._form.unpack(floats, whole)
        kept = [value for one in values.kept for value in one.values()]
        gradients = [one for one in values.gradients if one is not None]
        kinds = [values.weights.values(), [values.buffers[name] for name in self._form.buffers], kept, gradients]
        return [torch.cat([value.reshape(-1) for value in one]) for one in kinds if one]


def _start(network: Network, form: Form) -> Values:
    """The network's own values, and something kept."""
    weights = {name: dict(network.named_parameters())[name].detach() for name in form.weights}
    device = next(iter(weights.values())).device
    kept = [{name: torch.full(shape, CHECK_KEPT, device=device) for name, shape in one.items()} for one in form.kept]
    return Values(weights, dict(network.named_buffers()), kept)


def _agree(found: Tensor, expected: Tensor, *, since: Tensor) -> bool:
    """Whether they differ by little of what has changed ``since``."""
    change = torch.nan_to_num((expected - since).abs().max(), nan=torch.inf)
    return torch.allclose(found, expected, rtol=ROUNDING, atol=TOLERANCE * change.item(), equal_nan=True)
