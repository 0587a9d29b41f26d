"""Batches as the network reads them: samples by their numbers, augmented, preprocessed."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from layerlab.datasets.rows import Samples, whole
from layerlab.losses.base import num_answers
from layerlab.training.augmenting import AugmentChoice, Share, change
from layerlab.training.choice import LossChoice
from layerlab.training.data import TrainingData


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """What one step trains on.

    Attributes:
        inputs: [B, …] as the network reads them.
        targets: [B], [B, T] or [B, …]; each sample's own.
        shares: Where samples were mixed: how much of each label is whose. Empty where each has its own alone.
    """

    inputs: Tensor
    targets: Tensor
    shares: tuple[Share, ...] = ()

    def __len__(self) -> int:
        return self.targets.shape[0]

    @property
    def pair(self) -> tuple[Tensor, Tensor]:
        """Inputs and targets."""
        return self.inputs, self.targets

    def loss(self, loss: LossChoice, output: Tensor) -> Tensor:
        """The mean loss, a scalar; of mixed samples that of each label, weighted by its share."""
        if not self.shares:
            return loss.kind.batch_value(loss.params, output, self.targets)
        each = [loss.kind.each(loss.params, output, self.targets[share.partner_b]) for share in self.shares]
        parts = [(share.weight_b * each_b).sum() for share, each_b in zip(self.shares, each, strict=True)]
        return torch.stack(parts).sum() / len(self)

    def measure(self, loss: LossChoice, output: Tensor) -> dict[str, float]:
        """The share of right answers as ``accuracy``, or the mean absolute difference as ``error``.

        An answer to a mixed sample is right by the share of the label that it names. ``output`` is detached.
        """
        shares = self.shares or (None,)
        if self.targets.is_floating_point():
            return {"error": sum(self._error(output, share) for share in shares)}
        right = sum(self._right(loss.kind.answers(output, self.targets), share) for share in shares)
        return {"accuracy": right / num_answers(self.targets)}

    def _error(self, output: Tensor, share: Share | None) -> float:
        if share is None:
            return (output - self.targets).abs().mean().item()
        off = (output - self.targets[share.partner_b]).abs().flatten(1).mean(1)
        return (share.weight_b * off).mean().item()

    def _right(self, answers: Tensor, share: Share | None) -> float:
        if share is None:
            return (answers == self.targets).sum().item()
        return ((answers == self.targets[share.partner_b]) * share.weight_b).sum().item()

    def parts(self, size: int | None) -> list["Batch"]:
        """Parts of nearly one size, at most ``size``; one where there is no limit or where samples are mixed."""
        num_parts = 1 if size is None or self.shares else -(-len(self) // size)
        if num_parts == 1:
            return [self]
        pairs = zip(self.inputs.tensor_split(num_parts), self.targets.tensor_split(num_parts), strict=True)
        return [Batch(inputs=inputs, targets=targets) for inputs, targets in pairs]


class Batches:
    """Makes the batches of a run. The same numbers at the same place of the same run are the same batch, bit for bit.

    Attributes:
        augment: What is done to raw samples before preprocessing; may be changed at any time.
    """

    def __init__(self, data: TrainingData, *, seed: int, augment: Sequence[AugmentChoice]) -> None:
        self.augment = tuple(augment)
        self._data = data
        self._seed = seed
        self._raw: Samples | None = None
        self._preprocessing = data.preprocessing

    def make(self, samples_b: Tensor, *, epoch: int, position: int) -> Batch:
        """The samples with these numbers, as the batch at this place in the order of the epoch."""
        inputs, shares = self._inputs(samples_b, epoch, position)
        targets = inputs if self._data.gives_back else self._data.train_targets.index_select(0, samples_b)
        return Batch(inputs=inputs, targets=targets, shares=() if self._data.gives_back else shares)

    def whole(self, *, epoch: int) -> Batch:
        """All samples, in order; without a copy where nothing changes them."""
        if not self.augment:
            inputs = whole(self._data.train_inputs)
            return Batch(inputs=inputs, targets=inputs if self._data.gives_back else self._data.train_targets)
        everything = torch.arange(self._data.num_train, device=self._data.train_targets.device)
        return self.make(everything, epoch=epoch, position=0)

    def _inputs(self, samples_b: Tensor, epoch: int, position: int) -> tuple[Tensor, tuple[Share, ...]]:
        ready = self._data.train_inputs
        if not self.augment:
            return ready.index_select(0, samples_b), ()
        if self._raw is None:
            self._raw = _beside(ready, self._data.train_raw)
            self._preprocessing = self._data.preprocessing.to(ready.device)
        found = change(
            self.augment,
            self._raw.index_select(0, samples_b),
            value_range=self._data.value_range,
            seed=self._seed,
            at=(epoch, position),
        )
        return self._preprocessing.apply(found.inputs).contiguous(), found.shares


def _beside(ready: Samples, raw: Samples) -> Samples:
    """The raw samples where those that are ready are. A graphics card holds them too: no step waits for them."""
    is_held = isinstance(ready, Tensor) and ready.device.type != "cpu"
    return (whole(raw) if is_held else raw).to(ready.device)
