"""The process that compiles the step of a run: ``python -m layerlab.runs.compiler``, started by ``runs.compiling``."""

import argparse
import fcntl
import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from layerlab_schemas.run import RunChange, RunSpec

from layerlab.runs import process
from layerlab.training.engines.build import build
from layerlab.training.engines.package import SUFFIX

#: Bytes that the packages of all runs may take; those used least lately go first.
BUDGET = 256_000_000
#: In its own folder, what the process reads.
SPEC, CHANGE = "spec.json", "change.json"
#: Begins the name of the folder that such a process works in.
WORK = "compiling-"
_LOCK = "lock"
_STALE_SECONDS = 3600.0


def compile_step(work: Path, folder: Path) -> None:
    """Put the packages of the spec in ``work`` into ``folder``, where they are not there yet.

    Raises:
        RuntimeError: PyTorch cannot compile it.
    """
    spec = RunSpec.model_validate_json((work / SPEC).read_text("utf-8"))
    change = RunChange.model_validate_json((work / CHANGE).read_text("utf-8"))
    with _alone(folder):
        build(spec, folder, change)
        tidy(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one at a time: each takes a core, and the next may find that its package is there by then."""
    with (folder / _LOCK).open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def tidy(folder: Path, budget: int = BUDGET) -> None:
    """Keep to the budget, and remove what processes that were killed have left."""
    found = sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for path in found:
        total += path.stat().st_size
        if total > budget:
            path.unlink(missing_ok=True)
    for left in folder.glob(f"{WORK}*"):
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def main() -> None:
    """Compile, at a low priority, and end with whoever asked."""
    process.die_with_parent()
    process.set_name("layerlab-build")
    process.offer_to_be_killed()
    os.nice(10)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path, help="a folder of its own, with the spec and the changes since")
    parser.add_argument("folder", type=Path, help="where packages are kept")
    parser.add_argument("--threads", type=int, required=True, help="that the run trains with")
    arguments = parser.parse_args()
    logging.captureWarnings(True)
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    compile_step(arguments.work, arguments.folder)


if __name__ == "__main__":
    main()
