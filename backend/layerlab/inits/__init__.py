"""Inits: how the weights of a network start. One file for each scheme or close family of schemes."""

from typing import Any

from layerlab.inits.base import InitKind
from layerlab.registry import Registry

REGISTRY: Registry[InitKind[Any]] = Registry(InitKind, __name__, __path__)
