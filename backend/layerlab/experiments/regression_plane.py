"""A surface over the plane, fitted by mean squared error."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="regression_plane",
    title="Hills and hollows",
    summary="A net fits three hills and three hollows over the plane: numbers instead of classes, mean squared error.",
    spec=RunSpec.model_validate(
        {
            "name": "Regression on the plane",
            "data": {
                "dataset": "plane_regression",
                "params": {"samples": 1000, "surface": "peaks", "noise": 0.1},
                "batch_size": 32,
            },
            "graph": [
                {"id": "hidden1", "kind": "linear", "out_features": 32},
                {"kind": "relu"},
                {"id": "hidden2", "kind": "linear", "out_features": 32},
                {"kind": "relu"},
                {"id": "height", "kind": "linear", "out_features": 1},
            ],
            "init": {"scheme": "kaiming_normal"},
            "loss": {"kind": "mse"},
            "optimizer": {"kind": "adam", "lr": 0.005},
            "training": {"epochs": 300, "seed": 0},
        }
    ),
)
