"""A plain net on digits, with dropout against learning by heart."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="mlp_digits",
    title="Plain net on digits",
    summary="Two hidden layers without any convolution: the baseline to compare the convolutional net with.",
    group="Images",
    spec=RunSpec.model_validate(
        {
            "name": "MLP on digits",
            "data": {"dataset": "digits", "preprocess": "standardize", "batch_size": 64},
            "graph": [
                {"kind": "flatten"},
                {"id": "hidden1", "kind": "linear", "out_features": 128},
                {"kind": "relu"},
                {"kind": "dropout", "p": 0.2},
                {"id": "hidden2", "kind": "linear", "out_features": 64},
                {"kind": "relu"},
                {"id": "logits", "kind": "linear", "out_features": 10},
            ],
            "init": {"scheme": "kaiming_normal"},
            "loss": {"kind": "cross_entropy"},
            "optimizer": {"kind": "adamw", "lr": 0.002},
            "training": {"epochs": 200, "seed": 0},
        }
    ),
)
