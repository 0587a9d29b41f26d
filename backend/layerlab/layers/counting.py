"""The modules that count tokens. ``bag_of_words`` is also written into scripts, word for word."""

from typing import Any

import torch
from torch import Tensor, nn


def bag_of_words(x_nt: Tensor, num_classes: int, normalize: bool = False, *, masks: Any = (None,)) -> Tensor:
    """How often each token comes in each sequence (or its share), padding left out."""
    ones_nt = torch.ones_like(x_nt, dtype=torch.get_default_dtype())
    if masks[0] is not None:
        ones_nt = ones_nt * masks[0]
    counts_nv = ones_nt.new_zeros(len(x_nt), num_classes).scatter_add_(1, x_nt, ones_nt)
    return counts_nv / ones_nt.sum(1, keepdim=True).clamp(min=1) if normalize else counts_nv


class OneHotModule(nn.Module):
    """``torch.nn.functional.one_hot``, as real numbers."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.num_classes = num_classes

    def forward(self, x: Tensor) -> Tensor:
        """Tokens [N, T] → [N, T, num_classes]."""
        return nn.functional.one_hot(x, self.num_classes).to(torch.get_default_dtype())


class BagOfWordsModule(nn.Module):
    """Counts of tokens, or shares."""

    def __init__(self, num_classes: int, normalize: bool) -> None:
        super().__init__()
        self.num_classes, self.normalize = num_classes, normalize

    def forward(self, x: Tensor, *, masks: tuple[Tensor | None, ...] = (None,)) -> Tensor:
        """Tokens [N, T] → [N, num_classes]."""
        return bag_of_words(x, self.num_classes, self.normalize, masks=masks)
