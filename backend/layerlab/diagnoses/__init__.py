"""Diagnoses: what can go wrong in a training, found from what was measured, in words and with a remedy."""

from typing import Any

from layerlab.diagnoses.base import DiagnosisKind
from layerlab.registry import Registry

REGISTRY: Registry[DiagnosisKind[Any]] = Registry(DiagnosisKind, __name__, __path__)
