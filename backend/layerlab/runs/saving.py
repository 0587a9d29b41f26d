"""Checkpoints of a run: when, where, and from which one to go on."""

import shutil
from pathlib import Path
from time import perf_counter

from layerlab.runs.cadence import SaveCadence
from layerlab.runs.folders import CHECKPOINTS, ORIGIN
from layerlab.runs.thinning import surplus
from layerlab.training import checkpoint
from layerlab.training.checkpoint import DamagedCheckpoint
from layerlab.training.state import State
from layerlab.training.trainer import Trainer

#: Bytes that the checkpoints of one run may take, unless the settings say otherwise.
BUDGET = 200_000_000


class Saver:
    """Writes the checkpoints of one run, and keeps all of them within ``budget`` bytes."""

    def __init__(self, directory: Path, trainer: Trainer, *, budget: int = BUDGET) -> None:
        self._directory = directory / CHECKPOINTS
        self._origin = directory / ORIGIN
        self._budget = budget
        self._trainer = trainer
        self._cadence = SaveCadence()
        self._saved_step: int | None = None

    def is_due(self, now: float) -> bool:
        """Whether it is time for one."""
        return self._cadence.is_due(now)

    def save(self) -> Path | None:
        """Write one; None where the state is saved already, or has numbers that are not finite.

        Raises:
            OSError: It could not be written.
        """
        started = perf_counter()
        step = self._trainer.step
        if step == self._saved_step or not is_finite(self._trainer):
            self._cadence.saved(started, 0.0)
            return None
        try:
            path = checkpoint.save(self._trainer.state(), self._directory)
            self._saved_step = step
            self._thin()
        finally:
            now = perf_counter()
            self._cadence.saved(now, now - started)
        return path

    def _thin(self) -> None:
        """Keep to the budget. The parent's checkpoint is not needed once there is one of our own."""
        shutil.rmtree(self._origin, ignore_errors=True)
        found = {checkpoint.step_of(path): path for path in checkpoint.checkpoints(self._directory)}
        for step in surplus({step: checkpoint.num_bytes(path) for step, path in found.items()}, self._budget):
            shutil.rmtree(found[step])

    def kept(self) -> list[int]:
        """The steps of the checkpoints that there are, going up."""
        return sorted(map(checkpoint.step_of, checkpoint.checkpoints(self._directory)))

    def changed(self) -> None:
        """The state is no longer the saved one, although the step is."""
        self._saved_step = None


def is_finite(trainer: Trainer) -> bool:
    """False where a weight has become NaN or infinite."""
    return all(bool(parameter.isfinite().all()) for parameter in trainer.network.parameters())


def find_start(directory: Path, recorded_step: int) -> State | None:
    """The newest whole checkpoint that is not beyond what is recorded; later ones are removed.

    A worker may have saved a step whose points never reached the server; going on from there would leave a hole in
    the curves. Where every checkpoint is beyond, the newest is taken all the same.

    Raises:
        DamagedCheckpoint: There are checkpoints, and none is whole.
    """
    damage: DamagedCheckpoint | None = None
    beyond: State | None = None
    for path in checkpoint.checkpoints(directory / CHECKPOINTS):
        try:
            state = checkpoint.load(path)
        except DamagedCheckpoint as error:
            damage = damage or error
            continue
        if state.step <= recorded_step:
            _remove_later(directory / CHECKPOINTS, state.step)
            return state
        beyond = beyond or state
    if beyond is None and damage is not None:
        raise damage
    return beyond


def find_origin(directory: Path) -> State | None:
    """The state of its parent that a fork goes on from; None for a run that is no fork, or has its own by now.

    Raises:
        DamagedCheckpoint: It is not whole.
    """
    return checkpoint.load_newest(directory / ORIGIN)


def _remove_later(directory: Path, step: int) -> None:
    for path in checkpoint.checkpoints(directory):
        if checkpoint.step_of(path) > step:
            shutil.rmtree(path)
