"""What processes do before they are needed, so that a run finds everything loaded."""

import gc
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from layerlab_schemas.frames import Frame
from layerlab_schemas.run import RunSpec

from layerlab.catalog import build_catalog
from layerlab.experiments import EXPERIMENTS
from layerlab.runs import process
from layerlab.runs.encode import pack_frame
from layerlab.runs.meter import Meter
from layerlab.runs.telemetry import Telemetry
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.logbook import Logbook


def warm_up() -> None:
    """Import every kind, load the data of the first experiment, and train two steps of it, measuring everything.

    Where there is a graphics card, it is only assembled, on the CPU: a backward pass would look for cards, and a
    process that has talked to CUDA cannot be forked.
    """
    torch.set_flush_denormal(True)
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    build_catalog()
    spec = EXPERIMENTS[0].spec
    spec = spec.model_copy(update={"training": spec.training.model_copy(update={"max_steps": 2, "device": "cpu"})})
    assembly = assemble(spec)
    if torch.version.cuda is not None and process.has_gpu_driver():
        return
    telemetry = _telemetry(assembly, Logbook())
    telemetry.measure_start()
    for _ in assembly.trainer.steps():
        telemetry.measure_all()
    assembly.trainer.state()


def limber(spec: RunSpec, probes: Iterable[str]) -> None:
    """In a worker that has nothing to do yet: take the first steps of a run and forget it.

    A run like it then finds its code, its data and memory of this process at hand: it begins in a third of the time.
    Nothing else stays, not even a number drawn.
    """
    with _chance_kept():
        assembly = assemble(spec)
        assembly.trainer.compilation.switch_off()
        logbook, steps = Logbook(), assembly.trainer.steps()
        telemetry = _telemetry(assembly, logbook)
        logbook.note(next(steps))
        telemetry.watch(probes, None)
        telemetry.measure_start()
        with telemetry.around_step(0.0, everything=False, exact=False, is_first=True):
            logbook.note(next(steps))
        telemetry.after_step(free=True)
        telemetry.measure_rest()
    del assembly, telemetry, logbook, steps
    gc.collect()


@contextmanager
def _chance_kept() -> Iterator[None]:
    """What draws without a generator of its own draws afterwards as if nothing had been."""
    plain, numbers, tensors = random.getstate(), np.random.get_state(), torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(plain)
        np.random.set_state(numbers)
        torch.set_rng_state(tensors)


def _telemetry(assembly: Assembly, logbook: Logbook) -> Telemetry:
    return Telemetry(assembly, run="warm-up", logbook=logbook, deliver=_pack, meter=Meter(), has_room=lambda: True)


def _pack(frames: Sequence[Frame]) -> None:
    for frame in frames:
        pack_frame(frame)
