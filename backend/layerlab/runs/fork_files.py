"""The folder that a fork begins with."""

import os
import shutil
from pathlib import Path

from layerlab_schemas.run import RunChange

from layerlab.runs.changes_log import ChangesLog
from layerlab.runs.folders import CHECKPOINTS, ORIGIN, THREADS


def give_files(source: Path, target: Path, step: int, *, same_weights: bool) -> None:
    """Make ``target`` from the folder ``source`` of its parent: the checkpoint of ``step`` and the number of threads.

    At step 0 there is no checkpoint. Weights that were set by hand at that very step are set again where the fork has
    the ``same_weights``.

    Raises:
        FileNotFoundError: The checkpoint was thinned out meanwhile.
    """
    target.mkdir(parents=True, mode=0o700)
    try:
        if step:
            name = f"step-{step:09d}"
            _link_all(source / CHECKPOINTS / name, target / ORIGIN / name)
            shutil.copy2(source / THREADS, target / THREADS)
        if same_weights:
            _repeat_weights(ChangesLog(source), ChangesLog(target), step)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _link_all(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for file in sorted(source.iterdir()):
        _link(file, target / file.name)


def _link(source: Path, target: Path) -> None:
    """The same file under a second name: costs nothing, stays when the first is deleted. Else a copy."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(source, target)


def _repeat_weights(source: ChangesLog, target: ChangesLog, step: int) -> None:
    for at, change in source.since(step):
        if at == step and change.weights:
            target.add(step, RunChange(weights=change.weights))
