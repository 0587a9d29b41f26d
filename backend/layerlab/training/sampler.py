"""The order of the training samples: one permutation an epoch, read in batches."""

import torch
from torch import Tensor

from layerlab.seeding import generator


class Sampler:
    """Deals out sample numbers. Its whole state is (epoch, position): each permutation is made from seed and epoch.

    Args:
        num_samples: How many there are to deal.
        batch_size: How many at a time; may be changed at any time, the position in the permutation stays. None
            deals all samples each time, in order; a permutation that was begun is then left.
        shuffle: False deals them in order, the same in every epoch.
        seed: The run's.
        drop_single: Leave out a last batch of one sample, which a norm over the batch cannot work with. As each
            epoch has another order, no sample is left out for long.
        device: Where the sample numbers are wanted.
    """

    def __init__(
        self,
        *,
        num_samples: int,
        batch_size: int | None,
        shuffle: bool,
        seed: int,
        drop_single: bool,
        device: str | torch.device = "cpu",
    ) -> None:
        self.num_samples = num_samples
        self.batch_size = batch_size
        self.epoch = 0
        self.position = 0
        self._shuffle = shuffle
        self._seed = seed
        self._drop_single = drop_single
        self._device = device
        self._order_n = self._order()

    def _order(self) -> Tensor:
        if not self._shuffle:
            return torch.arange(self.num_samples, device=self._device)
        chance = generator(self._seed, f"shuffle {self.epoch}")
        return torch.randperm(self.num_samples, generator=chance).to(self._device)

    def next_batch(self) -> Tensor:
        """[B] sample numbers. Afterwards the epoch has moved on if these were its last."""
        batch_b = self.upcoming()
        self.skip(batch_b.shape[0])
        return batch_b

    def skip(self, num_samples: int) -> None:
        """Go on behind so many samples, whole batches of this epoch; into the next epoch if they are its last."""
        self.position = self.num_samples if self.batch_size is None else self.position + num_samples
        left = self.num_samples - self.position
        if left == 0 or (left == 1 and self._drop_single):
            self.epoch += 1
            self.position = 0
            self._order_n = self._order()

    def upcoming_batches(self, most: int) -> Tensor:
        """[K, B] sample numbers of at most so many batches of one size that come next in this epoch; at least one."""
        if self.batch_size is None:
            return self.upcoming()[None]
        num_whole = (self.num_samples - self.position) // self.batch_size
        if not num_whole:
            return self.upcoming()[None]
        count = min(most, num_whole)
        return self._order_n[self.position :][: count * self.batch_size].view(count, self.batch_size)

    def upcoming(self) -> Tensor:
        """[B] sample numbers that ``next_batch`` will deal."""
        if self.batch_size is None:
            return torch.arange(self.num_samples, device=self._device)
        return self._order_n[self.position : self.position + self.batch_size]

    def batches_left(self) -> int:
        """Batches of this epoch that are still to come, with the present batch size; at least 1."""
        return self.num_batches(self.num_samples - self.position)

    def num_batches(self, num_samples: int) -> int:
        """Batches that so many samples make."""
        if self.batch_size is None:
            return 1
        whole, rest = divmod(num_samples, self.batch_size)
        has_rest = rest > 1 or (rest == 1 and not self._drop_single)
        return whole + has_rest

    @property
    def steps_per_epoch(self) -> int:
        """Batches of a whole epoch with the present batch size."""
        return self.num_batches(self.num_samples)

    def move_to(self, epoch: int, position: int) -> None:
        """Go on from an earlier state."""
        self.epoch = epoch
        self.position = position
        self._order_n = self._order()


def smallest_batch(num_samples: int, batch_size: int) -> int:
    """Samples in the smallest batch of an epoch when a last batch of one is left out."""
    if batch_size >= num_samples:
        return num_samples
    rest = num_samples % batch_size
    return rest if rest > 1 else batch_size
