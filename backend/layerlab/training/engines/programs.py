"""What does the steps of a block on packed values: compiled packages, or graphs that were recorded on a card."""

from collections.abc import Collection, Sequence
from typing import Protocol

import torch
from torch import Tensor

from layerlab.training.engines.block import BLOCK


class Programs(Protocol):
    """One program for each size of batch; a step gives the same numbers whatever the block.

    Attributes:
        sizes: Of the batches that there is a program for.
        inputs: [N, …] all training samples, contiguous.
        targets: [N, …] theirs.
    """

    @property
    def sizes(self) -> Collection[int]:
        """Of the batches that there is a program for."""

    @property
    def inputs(self) -> Tensor:
        """[N, …] all training samples, contiguous."""

    @property
    def targets(self) -> Tensor:
        """[N, …] theirs."""

    def place(self, floats: Tensor, whole: Tensor) -> tuple[Tensor, Tensor]:
        """Packed values and counts where the programs want them; what they are called with from then on."""

    def run(
        self, samples_kb: Tensor, rates: Sequence[float], numbers_h: Tensor, floats: Tensor, whole: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """K steps, at most ``BLOCK``: [K, 3] of loss, hit, penalty, then values and counts, perhaps changed in place.

        Args:
            samples_kb: [K, B] sample numbers of each batch; B is one of ``sizes``.
            rates: Of each step.
            numbers_h: [H] float64.
            floats: Packed values, as ``place`` gave them.
            whole: Packed counts.
        """


class Rates:
    """The learning rates of a block, [BLOCK] float64: written only where they differ from those before."""

    def __init__(self, device: torch.device) -> None:
        self._held = [0.0] * BLOCK
        self.row_k = torch.zeros(BLOCK, dtype=torch.float64, device=device)

    def write(self, rates: Sequence[float]) -> None:
        """The first places have these values now."""
        num_steps = len(rates)
        if self._held[:num_steps] != rates:
            self._held[:num_steps] = rates
            self.row_k[:num_steps] = torch.tensor(rates, dtype=torch.float64)
