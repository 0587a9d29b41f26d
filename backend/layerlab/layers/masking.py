"""The modules of dropout, with random numbers of their own; whole blocks use them too."""

import torch
from torch import Tensor, nn


class DropoutModule(nn.Module):
    """Inverted dropout as ``nn.Dropout``, with a mask drawn from a generator of its own.

    Nothing else draws from it, so the masks of a run depend on its seed and the node's name only.
    """

    def __init__(self, p: float, generator: torch.Generator) -> None:
        super().__init__()
        self.p = p
        self.generator = generator

    def forward(self, x: Tensor) -> Tensor:
        """While training: each number is 0 with probability p, else divided by 1 − p. In eval mode: ``x``."""
        if not self.training or self.p == 0:
            return x
        keep = 1 - self.p
        return x * self.places(x).bernoulli_(keep, generator=self.generator).div_(keep)

    def places(self, x: Tensor) -> Tensor:
        """A tensor with one place for each draw."""
        return torch.empty_like(x)


class Dropout2dModule(DropoutModule):
    """Inverted dropout of whole maps as ``nn.Dropout2d``."""

    def places(self, x: Tensor) -> Tensor:
        """One draw for each map of [N, C, H, W]."""
        return x.new_empty(*x.shape[:2], 1, 1)
