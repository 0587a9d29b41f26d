"""States of a run on disk that an analysis may start from: its checkpoints, and copies made only to be looked at.

Both ends import this module; it must never import torch.
"""

from pathlib import Path
from typing import NamedTuple

from layerlab.runs.folders import CHECKPOINTS, COPIES, ORIGIN

_PREFIX = "step-"


class Snapshot(NamedTuple):
    """One state on disk; ``stamp`` tells two of one step apart, for weights can be set by hand between two steps."""

    step: int
    path: Path
    stamp: int


def snapshots(directory: Path) -> list[Snapshot]:
    """Every complete state of the run whose files are in ``directory``, the oldest first."""
    found = [one for folder in (ORIGIN, CHECKPOINTS, COPIES) for path in (directory / folder).glob(f"{_PREFIX}*")
             if (one := _snapshot(path)) is not None]  # fmt: skip
    return sorted(found, key=lambda one: (one.step, one.stamp))


def kept(directory: Path) -> list[Path]:
    """The folders of the checkpoints, the oldest first: what is left of the way that the run has taken."""
    return [one.path for one in snapshots(directory) if one.path.parent.name != COPIES]


def nearest(directory: Path, step: int | None) -> Snapshot | None:
    """The last state at or before ``step``, or the last of all; None where there is none."""
    fitting = [one for one in snapshots(directory) if step is None or one.step <= step]
    return fitting[-1] if fitting else None


def _snapshot(path: Path) -> Snapshot | None:
    try:
        stamp = (path / "manifest.json").stat().st_mtime_ns
    except OSError:
        return None  # it was thinned out while we looked
    return Snapshot(int(path.name.removeprefix(_PREFIX)), path, stamp)
