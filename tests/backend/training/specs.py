"""Small specs for the tests of training, each one change away from a whole run."""

from typing import Any

from layerlab.training.assemble import Assembly, assemble
from layerlab_schemas.run import RunSpec

PLANE = [{"kind": "linear", "out_features": 8}, {"kind": "tanh"}, {"id": "logits", "kind": "linear", "out_features": 2}]
SURFACE = [
    {"kind": "linear", "out_features": 8},
    {"kind": "tanh"},
    {"id": "height", "kind": "linear", "out_features": 1},
]
#: Everything with a memory of its own: convolution, running statistics, random masks.
DIGITS = [
    {"id": "conv1", "kind": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "max_pool2d", "kernel_size": 2},
    {"id": "conv2", "kind": "conv2d", "out_channels": 6, "kernel_size": 3},
    {"kind": "relu"},
    {"kind": "flatten"},
    {"kind": "dropout", "p": 0.3},
    {"id": "logits", "kind": "linear", "out_features": 10},
]
TOKENS = [
    {"kind": "embedding", "embedding_dim": 4},
    {"kind": "lstm", "hidden_size": 6},
    {"kind": "linear", "out_features": 2},
]


def plane(**parts: Any) -> RunSpec:
    """A small net on 60 points of two classes: 48 for training, 12 for validation, 4 steps an epoch."""
    data = {"dataset": "gaussians", "params": {"samples": 60}, "batch_size": 12} | parts.pop("data", {})
    return spec(data=data, graph=parts.pop("graph", PLANE), **parts)


def digits(**parts: Any) -> RunSpec:
    """A convolutional net on the first 200 training digits: 8 steps an epoch."""
    data = {"dataset": "digits", "subset": 200, "batch_size": 25} | parts.pop("data", {})
    return spec(data=data, graph=parts.pop("graph", DIGITS), **parts)


def spec(**parts: Any) -> RunSpec:
    parts["training"] = {"epochs": 3} | parts.get("training", {})
    return RunSpec.model_validate({"optimizer": {"kind": "sgd", "lr": 0.05}} | parts)


def losses(assembly: Assembly) -> list[float]:
    """Trains to the end; the loss of each step."""
    return [report.loss for report in assembly.trainer.steps() if report.loss is not None]


def train(run: RunSpec) -> Assembly:
    """Trains to the end."""
    assembly = assemble(run)
    for _ in assembly.trainer.steps():
        pass
    return assembly
