"""Datasets: what a network can learn from. One file for each kind or close family of kinds."""

from layerlab.datasets.base import DatasetKind
from layerlab.registry import Registry

REGISTRY: Registry[DatasetKind] = Registry(DatasetKind, __name__, __path__)
