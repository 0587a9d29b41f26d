"""A convolutional net like LeNet-5 on real digits."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="lenet_digits",
    title="Convolutional net on digits",
    summary="Two convolutions with batch norm and a hidden layer read 1 797 real digits: 97 % within seconds.",
    spec=RunSpec.model_validate(
        {
            "name": "LeNet on digits",
            "data": {"dataset": "digits", "preprocess": "standardize", "batch_size": 64},
            "graph": [
                {"id": "conv1", "kind": "conv2d", "out_channels": 20, "kernel_size": 5, "padding": 2},
                {"kind": "batch_norm"},
                {"kind": "relu"},
                {"kind": "max_pool2d", "kernel_size": 2},
                {"id": "conv2", "kind": "conv2d", "out_channels": 50, "kernel_size": 5, "padding": 2},
                {"kind": "batch_norm"},
                {"kind": "relu"},
                {"kind": "max_pool2d", "kernel_size": 2},
                {"kind": "flatten"},
                {"id": "fc1", "kind": "linear", "out_features": 500},
                {"kind": "relu"},
                {"kind": "dropout", "p": 0.3},
                {"id": "logits", "kind": "linear", "out_features": 10},
            ],
            "init": {"scheme": "kaiming_normal"},
            "loss": {"kind": "cross_entropy"},
            "optimizer": {"kind": "sgd", "lr": 0.05, "momentum": 0.9},
            "training": {"epochs": 80, "seed": 0},
        }
    ),
)
