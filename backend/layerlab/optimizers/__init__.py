"""Optimizers: how a gradient becomes a step. One file for each kind or close family of kinds."""

from typing import Any

from layerlab.optimizers.base import OptimizerKind
from layerlab.registry import Registry

REGISTRY: Registry[OptimizerKind[Any]] = Registry(OptimizerKind, __name__, __path__)
