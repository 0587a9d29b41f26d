"""Schedules: how the learning rate changes while training. One file for each kind."""

from typing import Any

from layerlab.registry import Registry
from layerlab.schedules.base import ScheduleKind

REGISTRY: Registry[ScheduleKind[Any]] = Registry(ScheduleKind, __name__, __path__)
