"""The weights of a convolution, of whichever kind, in one layout."""

import torch
from torch import Tensor, nn

Convolution = nn.Conv1d | nn.Conv2d | nn.ConvTranspose2d


def kernel_of(module: Convolution) -> Tensor:
    """The weights as [out, in / groups, height, width]; a filter over steps is one row high."""
    weight = module.weight.detach()
    if isinstance(module, nn.ConvTranspose2d):
        return torch.cat([part.transpose(0, 1) for part in weight.chunk(module.groups)])
    return weight.unsqueeze(2) if weight.dim() == 3 else weight
