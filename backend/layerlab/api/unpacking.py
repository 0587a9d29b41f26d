"""Recorded frames as plain data: each packed array becomes nested lists, and what JSON cannot hold becomes null."""

import math
from typing import Any

import numpy as np
import ormsgpack


def unpack(body: bytes) -> dict[str, Any]:
    """The frame in ``body`` (message pack of ``Frame``) for JSON."""
    frame = _plain(ormsgpack.unpackb(body))
    assert isinstance(frame, dict)
    return frame


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"dtype", "shape", "data"}:
            return _lists(np.frombuffer(value["data"], dtype=value["dtype"]).reshape(value["shape"]))
        return {name: _plain(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_plain(child) for child in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _lists(array: np.ndarray[Any, Any]) -> Any:
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        holed = array.astype(object)
        holed[~np.isfinite(array)] = None
        return holed.tolist()
    return array.tolist()
