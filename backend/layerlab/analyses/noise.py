"""Dropout switched on and off in a copy of a network, with draws of its own."""

from typing import Literal

import torch
from torch import Tensor

from layerlab.datasets.rows import Samples, parts_of, whole
from layerlab.graph.network import Network
from layerlab.layers.masking import DropoutModule
from layerlab.seeding import generator
from layerlab.training.data import TrainingData

#: Samples in one forward pass.
CHUNK = 512


def switch_dropout(network: Network, *, is_on: bool, seed: int, name: str) -> int:
    """Puts every dropout, and nothing else, in train mode or in eval mode.

    Args:
        network: A copy: its generators are exchanged for ones made from ``seed`` and ``name``.
        is_on: Whether numbers are dropped.
        seed: The run's.
        name: Whose draws they are.

    Returns:
        How many dropouts there are.
    """
    parts = [(path, part) for path, part in network.named_modules() if isinstance(part, DropoutModule)]
    for path, part in parts:
        part.train(is_on)
        part.generator = generator(seed, f"{name}.{path}", part.generator.device)
    return len(parts)


def part_of(
    data: TrainingData, wanted: Literal["train", "validation"] = "validation"
) -> tuple[Samples, Tensor, Literal["train", "validation"]]:
    """Inputs and targets of a part of the data, and its name; the training part where there is no validation part."""
    if wanted == "validation" and data.num_validation > 0:
        return data.validation_inputs, data.validation_targets, "validation"
    return data.train_inputs, data.train_targets, "train"


@torch.no_grad()
def outputs_of(network: Network, inputs: Samples) -> Tensor:
    """What the network gives for all inputs, in its present mode, in chunks of nearly one size."""
    return torch.cat([network(whole(inputs_b)) for inputs_b in parts_of(inputs, -(-len(inputs) // CHUNK))])
