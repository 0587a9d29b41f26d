"""Samples that stay as they are stored and are made ready as they are read, for want of memory."""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

#: Samples that are read at once where all are asked for; fewer where they are large.
CHUNK = 1024
#: Numbers of them together, 4 MB in double precision: many copies of these are nothing beside the samples.
_NUMBERS_AT_ONCE = 1 << 19


class Rows:
    """Some samples of a larger tensor, which may lie in a mapped file. Reads like a tensor [N, …] of them.

    Args:
        source: [S, …] as stored; never changed.
        places_n: [N] which samples of it, in order.
        made: What is done to samples that are read, sample by sample; None leaves them as they are stored.
        dtype: Of what is read.
        device: Where what is read is put.
        memory_format: Of slices; what is read by places lies as it comes, as of a tensor.
    """

    def __init__(
        self,
        source: Tensor,
        places_n: Tensor,
        *,
        made: Callable[[Tensor], Tensor] | None = None,
        dtype: torch.dtype | None = None,
        device: torch.device | str = "cpu",
        memory_format: torch.memory_format = torch.contiguous_format,
    ) -> None:
        self._source = source
        self._places_n = places_n
        self._made = made
        self.dtype = dtype or source.dtype
        self.device = torch.device(device)
        self._memory_format = memory_format
        self.shape = torch.Size([len(places_n), *source.shape[1:]])
        self.ndim = source.ndim

    def __len__(self) -> int:
        return len(self._places_n)

    def dim(self) -> int:
        """How many dimensions there are, that of the samples included."""
        return self.ndim

    def is_floating_point(self) -> bool:
        """Whether what is read are floats."""
        return self.dtype.is_floating_point

    def index_select(self, dim: int, index: Tensor) -> Tensor:
        """[B, …] the samples at these places."""
        assert dim == 0
        stored = self._source.index_select(0, self._places_n[index.to(self._places_n.device)])
        return (stored if self._made is None else self._made(stored)).to(self.device)

    def __getitem__(self, wanted: int | slice | Tensor | list[int]) -> Tensor:
        """A sample, or the samples of a slice, of a list of places or of a mask."""
        places = torch.arange(len(self))[wanted.cpu() if isinstance(wanted, Tensor) else wanted]
        if places.dim() == 0:
            return self.index_select(0, places[None])[0]
        return self.index_select(0, places).contiguous(memory_format=self._memory_format)

    def tensor_split(self, num_parts: int) -> "list[Rows]":
        """Parts of nearly one size, none of them read yet."""
        return [self._with(places_n=part) for part in self._places_n.tensor_split(num_parts)]

    def first(self, number: int) -> "Rows":
        """The first so many, not read yet."""
        return self._with(places_n=self._places_n[:number])

    def whole(self) -> Tensor:
        """All samples in memory."""
        found = torch.empty(self.shape, dtype=self.dtype, device=self.device, memory_format=self._memory_format)
        for part in chunks(self):
            found[part] = self[part]
        return found

    def to(self, device: torch.device) -> "Rows":
        """The same, read onto a device."""
        return self._with(device=device)

    def contiguous(self, *, memory_format: torch.memory_format) -> "Rows":
        """The same, slices laid out so."""
        return self._with(memory_format=memory_format)

    def _with(
        self,
        *,
        places_n: Tensor | None = None,
        device: torch.device | None = None,
        memory_format: torch.memory_format | None = None,
    ) -> "Rows":
        return Rows(
            self._source,
            self._places_n if places_n is None else places_n,
            made=self._made,
            dtype=self.dtype,
            device=device or self.device,
            memory_format=memory_format or self._memory_format,
        )


#: Samples, in memory or read as they are asked for.
Samples = Tensor | Rows


def chunks(samples: Samples) -> Iterator[slice]:
    """Places of all samples, some at a time, so that working on them takes little memory beside theirs."""
    at_once = num_at_once(samples.shape[1:].numel())
    return (slice(start, start + at_once) for start in range(0, len(samples), at_once))


def num_at_once(numbers: int) -> int:
    """How many samples of so many numbers are read at once."""
    return max(1, min(CHUNK, _NUMBERS_AT_ONCE // max(1, numbers)))


def parts_of(samples: Samples, num_parts: int) -> Sequence[Samples]:
    """Parts of nearly one size, none of them read yet."""
    return samples.tensor_split(num_parts)


def whole(samples: Samples) -> Tensor:
    """All of them in memory."""
    return samples if isinstance(samples, Tensor) else samples.whole()
