"""The nets of 6n + 2 layers with which He et al. compared plain and residual ones on images of 32×32."""

from typing import Any

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

NUM_BLOCKS = 3
"""n: blocks in each of the three stages. 3 makes 20 layers with weights, shortcuts not counted."""
WIDTHS = (8, 16, 32)
"""Half of those in the paper, so that two cores train it in a minute or two."""

Nodes = list[dict[str, Any]]


def deep_experiment(
    *, id: str, title: str, name: str, summary: str, residual: bool, learning_rate: float
) -> Experiment:
    """A deep net on coloured shapes, with shortcuts or without; all else is the same."""
    return Experiment(
        id=id,
        title=title,
        summary=summary,
        group="Images",
        spec=RunSpec.model_validate(
            {
                "name": name,
                "data": {
                    "dataset": "shapes",
                    "params": {"colour": "colour", "samples": 1200, "scale": 0.3},
                    "batch_size": 48,
                },
                "graph": deep_net(residual=residual),
                "init": {"scheme": "xavier_normal"},
                "loss": {"kind": "cross_entropy"},
                "optimizer": {"kind": "sgd", "lr": learning_rate, "momentum": 0.9},
                "schedule": {"kind": "cosine"},
                "regularization": {"l2": 0.0001},
                "training": {"epochs": 12, "seed": 0},
            }
        ),
    )


def deep_net(*, residual: bool) -> Nodes:
    """A convolution, three stages of blocks, the mean over each map, and a linear layer."""
    nodes: Nodes = [
        {"id": "stem", "kind": "conv2d", "out_channels": WIDTHS[0], "kernel_size": 3, "padding": 1, "bias": False},
        {"kind": "batch_norm"},
        {"id": "stem_out", "kind": "relu"},
    ]
    for stage, width in enumerate(WIDTHS, start=1):
        for place in range(1, NUM_BLOCKS + 1):
            nodes += _block(
                f"block{stage}_{place}", nodes[-1]["id"], width, halve=stage > 1 and place == 1, residual=residual
            )
    return [*nodes, {"kind": "global_avg_pool"}, {"id": "logits", "kind": "linear", "out_features": 6}]


def _block(name: str, source: str, width: int, *, halve: bool, residual: bool) -> Nodes:
    """Two convolutions with norms. The shortcut around them is their input, or a 1×1 convolution where sides halve."""
    stride = 2 if halve else 1
    conv = {"kind": "conv2d", "out_channels": width, "kernel_size": 3, "padding": 1, "bias": False}
    nodes: Nodes = [
        {"id": f"{name}_conv1", **conv, "stride": stride, "inputs": [source]},
        {"kind": "batch_norm"},
        {"kind": "relu"},
        {"id": f"{name}_conv2", **conv},
        {"id": f"{name}_norm2", "kind": "batch_norm"},
    ]
    if residual:
        shortcut = source
        if halve:
            shortcut = f"{name}_shortcut"
            nodes.append(
                {
                    "id": shortcut,
                    "kind": "conv2d",
                    "out_channels": width,
                    "kernel_size": 1,
                    "stride": 2,
                    "bias": False,
                    "inputs": [source],
                }
            )
        nodes.append({"id": f"{name}_add", "kind": "add", "inputs": [f"{name}_norm2", shortcut]})
    nodes.append({"id": f"{name}_out", "kind": "relu"})
    return [node | {"block": name} for node in nodes]
