"""Which runs can be compiled, or recorded on a card: a rule over spec and machine alone, asked before all else."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from layerlab.graph.network import Network
from layerlab.losses.base import has_steps
from layerlab.training.augmenting import AugmentChoice
from layerlab.training.choice import OptimizerChoice
from layerlab.training.engines.recorder import can_record
from layerlab.training.training_data import TrainingData

#: Said of both ways to do without Python.
CANNOT = "cannot be compiled or recorded"


@dataclass(frozen=True)
class Refusal:
    """Why a run stays eager, as a full sentence; ``node`` where one of them is the cause."""

    reason: str
    node: str | None = None


def refusal(
    network: Network,
    data: TrainingData,
    optimizer: OptimizerChoice,
    augment: Sequence[AugmentChoice],
    device: torch.device,
) -> Refusal | None:
    """The first reason against compiling; None where it can be done."""
    if device.type != "cpu" and not can_record(device):
        return Refusal(f"The compiled engine is for the CPU and for CUDA, and this run is on {device}.")
    if not optimizer.kind.is_pure:
        return Refusal(f"The optimizer {optimizer.kind.kind} {CANNOT}.")
    if optimizer.kind.full_batch:
        return Refusal(f"{optimizer.kind.kind} takes all samples in each step, which needs no such engine.")
    if augment:
        return Refusal(f"Augmentation draws random numbers in each step, which {CANNOT}.")
    if refused := _of_data(data) or _of_nodes(network):
        return refused
    if not can_record(device) and compiler() is None:
        return Refusal("Compiling needs a C++ compiler, such as g++ or clang++, and there is none on this machine.")
    return None


def compiler() -> str | None:
    """The C++ compiler that PyTorch would call; None where there is none."""
    wanted = os.environ.get("CXX")
    return next((found for name in (wanted, "g++", "clang++") if name and (found := shutil.which(name))), None)


def _of_data(data: TrainingData) -> Refusal | None:
    if not isinstance(data.train_inputs, Tensor):
        return Refusal("The data is read while training, and the compiled engine needs all of it in memory.")
    if data.facts.padding_token is not None:
        return Refusal(f"The sequences have padding, whose masks {CANNOT}.")
    if has_steps(data.train_targets):
        return Refusal(f"Each step of a sequence has an answer of its own, which {CANNOT}.")
    return None


def _of_nodes(network: Network) -> Refusal | None:
    drawing = network.generators()
    for node in network.plan.nodes:
        if node.id in drawing:
            return Refusal(f"{node.id} draws random numbers in each step, which {CANNOT}.", node.id)
        if node.layer.is_recurrent:
            return Refusal(
                f"{node.id} carries a state from step to step, which PyTorch's own loop does faster.", node.id
            )
    return None
