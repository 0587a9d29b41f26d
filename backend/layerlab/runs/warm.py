"""What the zygote does before it waits, so that its forks find everything loaded."""

from collections.abc import Sequence

import torch
from layerlab_schemas.frames import Frame

from layerlab.catalog import build_catalog
from layerlab.experiments import EXPERIMENTS
from layerlab.runs import process
from layerlab.runs.encode import pack_frame
from layerlab.runs.meter import Meter
from layerlab.runs.telemetry import Telemetry
from layerlab.training.assemble import assemble


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
    telemetry = Telemetry(
        assembly, run="warm-up", deliver=_pack, meter=Meter(),
        has_room=lambda: True,
    )  # fmt: skip
    telemetry.measure_start()
    for _ in assembly.trainer.steps():
        telemetry.measure_all()
    assembly.trainer.state()


def _pack(frames: Sequence[Frame]) -> None:
    for frame in frames:
        pack_frame(frame)
