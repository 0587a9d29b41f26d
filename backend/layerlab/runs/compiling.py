"""Has the step of a run compiled by a process of its own, and gives the trainer what comes of it.

On a card nothing is compiled: there the trainer records its steps itself, which is only told here.
"""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import torch
from layerlab_schemas.run import EventKind

from layerlab.runs.compiler import CHANGE, SPEC, WORK
from layerlab.training.assemble import Assembly
from layerlab.training.changes import change_to
from layerlab.training.compilation import EAGER_STEPS
from layerlab.training.engines.refusal import Refusal

log = logging.getLogger(__name__)

#: So many steps before the compiled engine is to begin, compiling begins: not at once, for many runs are soon changed.
AHEAD = 2 * EAGER_STEPS // 3
#: What a run says while it waits.
WAITS = "Compiling the steps of this network. It takes about half a minute, once."


class Compiling:
    """The compiling of one run.

    Args:
        assembly: The run.
        tell: Takes what happened, in words.
        folder: Where packages are kept; None keeps to the eager engine.
    """

    def __init__(
        self, assembly: Assembly, *, tell: Callable[[EventKind, str], None], folder: Path | None = None
    ) -> None:
        self._assembly = assembly
        self._trainer = assembly.trainer
        self._compilation = assembly.trainer.compilation
        self._tell = tell
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._work: Path | None = None
        self._wanted: dict[int, Path] = {}
        self._told: Refusal | None = None
        begins = self._compilation.begins
        # A run that goes on has told it already.
        self._told_from = begins if begins is not None and begins < self._trainer.step else None

    def holds_up(self) -> bool:
        """Whether the next step has to wait. To be asked between steps: it also sees to what there is to do."""
        compilation = self._compilation
        if compilation.refusal is not self._told:
            self._say_why_not()
        if compilation.is_ready:
            self._say_from_when()
        if compilation.begins is None or compilation.is_ready or compilation.records:
            return False
        if self._trainer.step >= compilation.begins - AHEAD:
            self._see_to_it()
        return compilation.lacks_packages(self._trainer.step)

    def _say_why_not(self) -> None:
        self._told = self._compilation.refusal
        if self._told is not None:
            self._tell(EventKind.WARNING, f"not compiled: {self._told.reason}")

    def _say_from_when(self) -> None:
        begins = self._compilation.begins
        if begins is not None and begins != self._told_from:
            name = "CUDA graph" if self._compilation.records else "compiled"
            self._tell(EventKind.STATUS, f"{name} engine from step {begins}")
            self._told_from = begins

    def _see_to_it(self) -> None:
        if self._folder is None:
            self._compilation.fail("There is no folder for compiled programs.")
        elif self._process is None:
            self._begin(self._folder)
        elif self._process.poll() is not None:
            self._end(self._process.returncode)

    def _begin(self, folder: Path) -> None:
        """Take what is there, or have it made."""
        self._wanted = self._packages(folder)
        if all(path.exists() for path in self._wanted.values()):
            self._take()
            return
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            work = self._work = Path(tempfile.mkdtemp(prefix=WORK, dir=folder))
            (work / SPEC).write_text(self._assembly.spec.model_dump_json(), "utf-8")
            change = change_to(self._trainer.settings, self._assembly.network)
            (work / CHANGE).write_text(change.model_dump_json(exclude_none=True), "utf-8")
            self._process = _started(work, folder)
        except OSError as error:
            self._compilation.fail(f"The program could not be compiled: {error.strerror}.")

    def _packages(self, folder: Path) -> dict[int, Path]:
        """Of the step as it is now."""
        return self._compilation.packages(self._trainer.settings, folder)

    def _take(self) -> None:
        for path in self._wanted.values():
            with suppress(OSError):
                os.utime(path)  # used now: it stays when others have to go
        self._compilation.take(self._wanted)
        self._say_from_when()

    def _end(self, code: int) -> None:
        """The process is over; what it made is for the step as it was when it began."""
        assert self._folder is not None
        is_current = self._packages(self._folder) == self._wanted
        if code:
            log.warning("A step could not be compiled: %s", self._last_words())
        self.close()
        if code and is_current:
            self._compilation.fail("PyTorch could not compile the steps of this network.")
        elif is_current:
            self._take()

    def _last_words(self) -> str:
        assert self._work is not None
        with suppress(OSError, IndexError):
            return (self._work / "log").read_text("utf-8", "replace").strip().splitlines()[-1]
        return "no word"

    def close(self) -> None:
        """Nobody waits any more."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._work is not None:
            shutil.rmtree(self._work, ignore_errors=True)
        self._process = self._work = None


def _started(work: Path, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "layerlab.runs.compiler", str(work), str(folder)]
    own = {"TORCHINDUCTOR_CACHE_DIR": str(work / "inductor"), "TMPDIR": str(work)}
    with (work / "log").open("wb") as log_file:
        return subprocess.Popen(
            [*command, "--threads", str(torch.get_num_threads())],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log_file, env=os.environ | own,
        )  # fmt: skip
