"""Using an augmentation by its name, with a generator of a known seed."""

from typing import Any

import torch
from layerlab.augment import REGISTRY
from layerlab.augment.base import AugmentKind
from torch import Tensor

SEED = 5


def chance(seed: int = SEED) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def kind_of(name: str, **fields: Any) -> tuple[AugmentKind[Any], Any]:
    kind = REGISTRY.get(name)
    return kind, kind.Params(**fields)


def changed(name: str, inputs: Tensor, seed: int = SEED, **fields: Any) -> Tensor:
    """Every sample changed, whatever the chance."""
    kind, params = kind_of(name, **fields)
    return kind.change(params, inputs, generator=chance(seed))


def even(low: float, high: float, num: int, generator: torch.Generator) -> Tensor:
    """Draws as the kinds make them: the same calls of the same generator."""
    return low + (high - low) * torch.rand(num, generator=generator)


def blob(num: int, size: int, channels: int = 1) -> Tensor:
    """Smooth pictures with black all round, of which interpolation loses little."""
    places = torch.linspace(-2.5, 2.5, size)
    one = torch.exp(-((places[:, None] - 0.4) ** 2) - 2 * (places[None, :] + 0.3) ** 2)
    heights = torch.linspace(0.5, 1.0, num * channels).reshape(num, channels, 1, 1)
    return one * heights
