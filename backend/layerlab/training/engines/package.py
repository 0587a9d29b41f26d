"""The name of a compiled package: a digest of all that it depends on, so that equal steps share one."""

import json
from hashlib import sha256
from typing import Any

import torch
from layerlab_schemas.run import RegularizationSpec
from torch import Tensor

from layerlab import __version__
from layerlab.graph.network import Network
from layerlab.training.choice import LossChoice, OptimizerChoice
from layerlab.training.engines.block import BLOCK
from layerlab.training.engines.functional import PENALTIES

SUFFIX = ".pt2"


def key(
    network: Network,
    loss: LossChoice,
    optimizer: OptimizerChoice,
    regularization: RegularizationSpec,
    *,
    inputs: Tensor,
    targets: Tensor,
    batch_size: int,
) -> str:
    """64 hexadecimal digits.

    In it are layers with their fields and shapes (not their names), loss, batch size, number of threads, versions and
    the CPU's instruction set. Of numbers of optimizer and regularization only whether they are 0: how large they are
    goes in at each call, so a new rate, momentum or decay needs no new package.
    """
    places = {node.id: str(place) for place, node in enumerate(network.plan.nodes)}
    told = {
        "nodes": [
            [
                node.layer.kind,
                network.params(node.id).model_dump(mode="json"),
                [_renamed(name, places) for name in node.inputs],
                [list(shape) for shape in node.input_shapes],
            ]
            for node in network.plan.nodes
        ],
        "output": places[network.plan.output],
        "data": [_form(inputs), _form(targets)],
        "loss": [loss.kind.kind, loss.params.model_dump(mode="json")],
        "optimizer": [optimizer.kind.kind, terms(optimizer.params.model_dump(exclude={"lr"}))],
        "regularization": terms({name: getattr(regularization, name) or 0.0 for name in PENALTIES}),
        "batch": [batch_size, BLOCK],
        "machine": [torch.backends.cpu.get_cpu_capability(), torch.get_num_threads()],
        "versions": [__version__, torch.__version__],
    }
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def terms(fields: dict[str, Any]) -> dict[str, Any]:
    """Flags and words as they are; of numbers only whether they are 0."""
    return {name: value if isinstance(value, bool | str) else _is_on(value) for name, value in fields.items()}


def _is_on(value: Any) -> str:
    return "on" if isinstance(value, list) or value else "off"


def _renamed(source: str, places: dict[str, str]) -> str:
    """The source with the node's place for its name: "encoder.state" is "3.state"."""
    node, dot, port = source.partition(".")
    return places.get(node, node) + dot + port


def _form(samples: Tensor) -> list[Any]:
    return [str(samples.dtype), list(samples.shape[1:])]
