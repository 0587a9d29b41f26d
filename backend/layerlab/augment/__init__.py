"""Augmentations: changes of the inputs of a batch that leave the labels as they are. One file for each close family."""

from typing import Any

from layerlab.augment.base import AugmentKind
from layerlab.registry import Registry

REGISTRY: Registry[AugmentKind[Any]] = Registry(AugmentKind, __name__, __path__)
