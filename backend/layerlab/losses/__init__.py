"""Losses: what training makes small. One file for each kind."""

from typing import Any

from layerlab.losses.base import LossKind
from layerlab.registry import Registry

REGISTRY: Registry[LossKind[Any]] = Registry(LossKind, __name__, __path__)
