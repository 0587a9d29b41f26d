"""Contexts of analyses on small runs, in process."""

from pathlib import Path
from typing import Any

from layerlab.analyses import REGISTRY
from layerlab.analyses.base import AnalysisContext
from layerlab.api.unpacking import unpack
from layerlab.registry import read_params
from layerlab.runs.encode import pack_frame
from layerlab.training import checkpoint
from layerlab.training.assemble import Assembly, assemble
from layerlab_schemas.run import RunSpec

MOONS: dict[str, Any] = {
    "data": {"dataset": "moons", "params": {"samples": 200}, "batch_size": 32},
    "graph": [
        {"kind": "linear", "out_features": 8},
        {"kind": "batch_norm"},
        {"kind": "relu"},
        {"kind": "dropout", "p": 0.5},
        {"kind": "linear", "out_features": 2},
    ],
    "optimizer": {"kind": "sgd", "lr": 0.1, "momentum": 0.9},
    "training": {"epochs": None, "max_steps": 30, "seed": 1},
}


def trained(spec: dict[str, Any], directory: Path | None = None, every: int = 5) -> tuple[Assembly, AnalysisContext]:
    """A run that has trained, with a checkpoint at every few steps where there is a ``directory``."""
    assembly = assemble(RunSpec.model_validate(spec))
    start = assembly.trainer.state()
    paths = []
    for report in assembly.trainer.steps():
        if directory is not None and report.step and report.step % every == 0:
            paths.append(checkpoint.save(assembly.trainer.state(), directory))
    step = assembly.trainer.step
    return assembly, AnalysisContext(run="r", step=step, assembly=assembly, start=start, checkpoints=tuple(paths))


def analysed(context: AnalysisContext, kind: str, **fields: Any) -> dict[str, Any]:
    """The frame as REST gives it."""
    analysis = REGISTRY.get(kind)
    return unpack(pack_frame(analysis.analyse(context, read_params(analysis, fields))))
