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
        self._order_n = self._order(0)
        self._later_orders: dict[int, Tensor] = {}

    def _order(self, epoch: int) -> Tensor:
        if not self._shuffle:
            return torch.arange(self.num_samples, device=self._device)
        chance = generator(self._seed, f"shuffle {epoch}")
        return torch.randperm(self.num_samples, generator=chance).to(self._device)

    def _later_order(self, epoch: int) -> Tensor:
        """Of an epoch to come; made once."""
        if epoch not in self._later_orders:
            self._later_orders[epoch] = self._order(epoch)
        return self._later_orders[epoch]

    def next_batch(self) -> Tensor:
        """[B] sample numbers. Afterwards the epoch has moved on if these were its last."""
        batch_b = self.upcoming()
        self.skip(batch_b.shape[0])
        return batch_b

    def skip(self, num_samples: int) -> None:
        """Go on behind so many samples, whole batches; into the next epoch if they are the last of this one."""
        self.position = self.num_samples if self.batch_size is None else self.position + num_samples
        left = self.num_samples - self.position
        if left <= 0 or (left == 1 and self._drop_single):
            passed, self.position = divmod(max(self.position, self.num_samples), self.num_samples)
            self.epoch += passed
            self._order_n = self._later_order(self.epoch)
            self._later_orders = {epoch: order for epoch, order in self._later_orders.items() if epoch > self.epoch}

    def upcoming_batches(self, most: int, *, beyond_epoch: bool = False) -> Tensor:
        """[K, B] sample numbers of at most so many batches of one size that come next; at least one.

        They end with this epoch or, ``beyond_epoch``, where a smaller batch comes.
        """
        if self.batch_size is None:
            return self.upcoming()[None]
        num_whole = (self.num_samples - self.position) // self.batch_size
        if not num_whole:
            return self.upcoming()[None]
        order_n = self._order_n[self.position :]
        if beyond_epoch and most > num_whole and self._has_whole_batches_only:
            num_epochs = -(-(most - num_whole) * self.batch_size // self.num_samples)
            later = [self._later_order(self.epoch + place) for place in range(1, num_epochs + 1)]
            order_n = torch.cat([order_n, *later])
            num_whole = len(order_n) // self.batch_size
        count = min(most, num_whole)
        return order_n[: count * self.batch_size].view(count, self.batch_size)

    @property
    def _has_whole_batches_only(self) -> bool:
        """Whether no batch is smaller than the others, this epoch's last included."""
        assert self.batch_size is not None
        return self.num_samples % self.batch_size == 0 and self.position % self.batch_size == 0

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
        self._order_n = self._order(epoch)
        self._later_orders = {}


def smallest_batch(num_samples: int, batch_size: int) -> int:
    """Samples in the smallest batch of an epoch when a last batch of one is left out."""
    if batch_size >= num_samples:
        return num_samples
    rest = num_samples % batch_size
    return rest if rest > 1 else batch_size
