"""Layers: what a node of a network can be. One file for each kind or close family of kinds."""

from typing import Any

from layerlab.layers.base import LayerKind
from layerlab.registry import Registry

REGISTRY: Registry[LayerKind[Any]] = Registry(LayerKind, __name__, __path__)
