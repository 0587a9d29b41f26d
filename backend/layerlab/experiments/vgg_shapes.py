"""A net of the build of VGG, for images of 32×32."""

from typing import Any

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec


def _stage(number: int, width: int) -> list[dict[str, Any]]:
    """Two convolutions of 3×3 and a pooling that halves the sides."""
    block = f"stage{number}"
    nodes: list[dict[str, Any]] = []
    for place in (1, 2):
        nodes.append(
            {"id": f"conv{number}_{place}", "kind": "conv2d", "out_channels": width, "kernel_size": 3, "padding": 1}
        )
        nodes.append({"kind": "relu"})
    nodes.append({"kind": "max_pool2d", "kernel_size": 2})
    return [node | {"block": block} for node in nodes]


EXPERIMENT = Experiment(
    id="vgg_shapes",
    title="VGG-like",
    summary="Nothing but 3×3 convolutions, two at a time between poolings, twice as wide after each; shapes in colour.",
    group="Images",
    spec=RunSpec.model_validate(
        {
            "name": "VGG-like on shapes",
            "data": {
                "dataset": "shapes",
                "params": {"colour": "colour", "samples": 1200, "scale": 0.3},
                "batch_size": 48,
            },
            "graph": [
                *_stage(1, 16),
                *_stage(2, 32),
                *_stage(3, 64),
                {"kind": "flatten"},
                {"id": "fc1", "kind": "linear", "out_features": 64},
                {"kind": "relu"},
                {"kind": "dropout", "p": 0.3},
                {"id": "logits", "kind": "linear", "out_features": 6},
            ],
            "init": {"scheme": "kaiming_normal"},
            "loss": {"kind": "cross_entropy"},
            "optimizer": {"kind": "adam", "lr": 0.002},
            "training": {"epochs": 12, "seed": 0},
        }
    ),
)
