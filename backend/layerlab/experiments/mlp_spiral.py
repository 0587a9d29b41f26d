"""A small tanh net that winds its border around a spiral."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="mlp_spiral",
    title="Small net on the spiral",
    summary="Three hidden layers of eight tanh units learn two winding arms; watch the border bend.",
    spec=RunSpec.model_validate(
        {
            "name": "MLP on the spiral",
            "data": {"dataset": "spiral", "params": {"samples": 1000, "noise": 0.1}, "batch_size": 20},
            "graph": [
                {"id": "hidden1", "kind": "linear", "out_features": 8},
                {"kind": "tanh"},
                {"id": "hidden2", "kind": "linear", "out_features": 8},
                {"kind": "tanh"},
                {"id": "hidden3", "kind": "linear", "out_features": 8},
                {"kind": "tanh"},
                {"id": "score", "kind": "linear", "out_features": 1},
            ],
            "init": {"scheme": "xavier_normal", "gain": 1.5},
            "loss": {"kind": "bce"},
            "optimizer": {"kind": "adam", "lr": 0.02},
            "schedule": {"kind": "cosine"},
            "training": {"epochs": 300, "seed": 0},
        }
    ),
)
