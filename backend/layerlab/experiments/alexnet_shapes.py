"""A net of the build of AlexNet, for images of 32×32."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="alexnet_shapes",
    title="AlexNet-like",
    summary="Five convolutions with overlapping pooling and two hidden layers with dropout, on shapes in colour.",
    group="Images",
    spec=RunSpec.model_validate(
        {
            "name": "AlexNet-like on shapes",
            "data": {
                "dataset": "shapes",
                "params": {"colour": "colour", "samples": 1200, "scale": 0.3},
                "batch_size": 48,
            },
            "graph": [
                {"id": "conv1", "kind": "conv2d", "out_channels": 24, "kernel_size": 5, "padding": 2},
                {"kind": "relu"},
                {"kind": "max_pool2d", "kernel_size": 3, "stride": 2},
                {"id": "conv2", "kind": "conv2d", "out_channels": 48, "kernel_size": 5, "padding": 2},
                {"kind": "relu"},
                {"kind": "max_pool2d", "kernel_size": 3, "stride": 2},
                {"id": "conv3", "kind": "conv2d", "out_channels": 64, "kernel_size": 3, "padding": 1},
                {"kind": "relu"},
                {"id": "conv4", "kind": "conv2d", "out_channels": 48, "kernel_size": 3, "padding": 1},
                {"kind": "relu"},
                {"id": "conv5", "kind": "conv2d", "out_channels": 48, "kernel_size": 3, "padding": 1},
                {"kind": "relu"},
                {"kind": "max_pool2d", "kernel_size": 3, "stride": 2},
                {"kind": "flatten"},
                {"kind": "dropout", "p": 0.3},
                {"id": "fc1", "kind": "linear", "out_features": 128},
                {"kind": "relu"},
                {"kind": "dropout", "p": 0.3},
                {"id": "fc2", "kind": "linear", "out_features": 128},
                {"kind": "relu"},
                {"id": "logits", "kind": "linear", "out_features": 6},
            ],
            "init": {"scheme": "kaiming_normal"},
            "loss": {"kind": "cross_entropy"},
            "optimizer": {"kind": "adam", "lr": 0.001},
            "training": {"epochs": 20, "seed": 0},
        }
    ),
)
