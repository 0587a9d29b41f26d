"""Copies of the present state, written when an analysis asks for it. The run goes on from none of them."""

from pathlib import Path

from layerlab.runs.folders import COPIES
from layerlab.runs.saving import is_finite
from layerlab.training import checkpoint
from layerlab.training.trainer import Trainer

#: An analysis that waits may still want an earlier one.
KEEP = 3


class Copier:
    """Writes the copies of one run, one for each step at most."""

    def __init__(self, directory: Path, trainer: Trainer) -> None:
        self._directory = directory / COPIES
        self._trainer = trainer
        self._last: Path | None = None

    def copy(self) -> int | None:
        """The step of which there is now a copy; None where weights are no longer finite.

        Raises:
            OSError: It could not be written.
        """
        step = self._trainer.step
        if self._last is not None and self._last.name.endswith(f"-{step:09d}") and self._last.exists():
            return step
        if not is_finite(self._trainer):
            return None
        self._last = checkpoint.save(self._trainer.state(), self._directory, keep=KEEP)
        return step

    def changed(self) -> None:
        """The state is no longer the copied one, although the step is."""
        self._last = None
