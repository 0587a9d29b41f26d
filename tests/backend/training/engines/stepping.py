"""Runs taken by the eager trainer, and the same batches for an engine."""

import subprocess
import sys
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import torch
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.engines.compiled import CompiledStep
from layerlab.training.engines.functional import PureStep
from layerlab.training.engines.packaged import Packages
from layerlab_schemas.run import RunSpec

from tests.backend.training.specs import plane

#: Batches of 10, and of 8 at the end of each epoch of 5 steps.
PLAIN = plane(data={"batch_size": 10}, training={"epochs": 100})


def built(asked, folder):
    """Compiled by a process of its own, as a server does it; the test's process never imports the compiler."""
    path = folder / "spec.json"
    path.write_text(asked.model_dump_json(), "utf-8")
    command = [sys.executable, "-m", "layerlab.training.engines.build", str(path), str(folder), "--threads", "1"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == [str(path) for path in packages_of(assemble(asked), folder).values()]
    return folder


def pure_step(made: Assembly, *, is_compiled: bool = True) -> PureStep:
    chosen = made.trainer.settings
    return PureStep(made.network, made.trainer.loss, chosen.optimizer, chosen.regularization, is_compiled=is_compiled)


def packages_of(made: Assembly, folder: Path) -> dict[int, Path]:
    return made.trainer.compilation.packages(made.trainer.settings, folder)


def compiled(made: Assembly, folder: Path) -> CompiledStep:
    programs = Packages(packages_of(made, folder), inputs=made.data.train_inputs, targets=made.data.train_targets)
    return CompiledStep(programs, pure_step(made), made.network, made.trainer._optimizer)


def eager(spec: RunSpec, num_steps: int):
    """The assembly after so many steps, and of each step its batch, its rate and its report."""
    made = assemble(spec)
    steps = made.trainer.steps()
    next(steps)
    samples, rates, reports = [], [], []
    for _ in range(num_steps):
        samples.append(made.trainer.upcoming())
        reports.append(next(steps))
        rates.append(reports[-1].learning_rate)
    return made, samples, rates, reports


def tensors(made: Assembly) -> dict[str, torch.Tensor]:
    """Everything in a checkpoint that is a tensor, gradients with it."""
    gradients = {f"grad.{name}": one.grad.clone() for name, one in made.network.named_parameters()}
    return made.trainer.state().tensors | gradients


class Told(NamedTuple):
    """What steps told, as tensors [K]."""

    losses_k: torch.Tensor
    hits_k: torch.Tensor
    penalties_k: torch.Tensor


def run(step: CompiledStep, samples: list[torch.Tensor], rates: list[float]) -> Told:
    """All steps, in a block for each stretch of batches of one size."""
    blocks, start = [], 0
    for _, group in groupby(samples, key=len):
        batches = list(group)
        blocks.append(step.run(torch.stack(batches), rates[start : start + len(batches)]))
        start += len(batches)
    parts = zip(*((one.losses, one.hits, one.penalties) for one in blocks), strict=True)
    return Told(*(torch.tensor([value for values in part for value in values]) for part in parts))
