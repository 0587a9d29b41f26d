"""Probes: what is measured while a network trains. One file a probe; each says in which shape its data comes."""

from layerlab.probes.base import ProbeKind
from layerlab.registry import Registry

REGISTRY: Registry[ProbeKind] = Registry(ProbeKind, __name__, __path__)
