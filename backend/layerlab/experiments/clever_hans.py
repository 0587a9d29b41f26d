"""A net that reads a mark and not the digit."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="clever_hans",
    title="Clever Hans",
    summary="In training every 3 bears a mark and all seems well; in validation the others do, and many are read as 3.",
    group="Data",
    spec=RunSpec.model_validate(
        {
            "name": "Clever Hans",
            "data": {
                "dataset": "marked_digits",
                "params": {"digit": 3, "validation": "moved"},
                "preprocess": "standardize",
                "batch_size": 32,
            },
            "graph": [
                {"id": "conv1", "kind": "conv2d", "out_channels": 12, "kernel_size": 3, "padding": 1},
                {"kind": "relu"},
                {"kind": "max_pool2d", "kernel_size": 2},
                {"kind": "flatten"},
                {"id": "fc1", "kind": "linear", "out_features": 32},
                {"kind": "relu"},
                {"id": "logits", "kind": "linear", "out_features": 10},
            ],
            "init": {"scheme": "kaiming_normal"},
            "loss": {"kind": "cross_entropy"},
            "optimizer": {"kind": "adam", "lr": 0.002},
            "training": {"epochs": 20, "seed": 0},
        }
    ),
)
