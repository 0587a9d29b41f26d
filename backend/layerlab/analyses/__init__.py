"""Analyses: what is too dear to measure at every step, and is computed once, on a snapshot, when somebody asks."""

from typing import Any

from layerlab.analyses.base import AnalysisKind
from layerlab.registry import Registry

REGISTRY: Registry[AnalysisKind[Any]] = Registry(AnalysisKind, __name__, __path__)
