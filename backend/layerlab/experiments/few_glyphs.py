"""A small convolutional net on 120 drawn letters: what the experiments with few training images share."""

from typing import Any

from layerlab_schemas.run import RunSpec


def few_glyphs(name: str, augment: list[dict[str, Any]]) -> RunSpec:
    """The run, with these augmentations; nine tenths of 1 200 letters are kept to judge it by."""
    conv: dict[str, Any] = {"kind": "conv2d", "kernel_size": 5, "padding": 2}
    return RunSpec.model_validate(
        {
            "name": name,
            "data": {
                "dataset": "glyphs",
                "params": {"size": 20, "samples": 1200},
                "validation_fraction": 0.9,
                "batch_size": 20,
                "augment": augment,
            },
            "graph": [
                {"id": "conv1", **conv, "out_channels": 8},
                {"kind": "relu"},
                {"kind": "max_pool2d", "kernel_size": 2},
                {"id": "conv2", **conv, "out_channels": 16},
                {"kind": "relu"},
                {"kind": "max_pool2d", "kernel_size": 2},
                {"kind": "flatten"},
                {"id": "logits", "kind": "linear", "out_features": 10},
            ],
            "optimizer": {"kind": "adam", "lr": 0.001},
            "training": {"epochs": 60, "seed": 0},
        }
    )
