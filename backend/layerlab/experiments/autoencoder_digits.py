"""An autoencoder: digits through a waist of a few numbers."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="autoencoder_digits",
    title="Autoencoder",
    summary="64 pixels through a code of 8 numbers and back: what is drawn again is what the code could keep.",
    group="Images",
    spec=RunSpec.model_validate(
        {
            "name": "Autoencoder on digits",
            "data": {"dataset": "digits", "target": "input", "batch_size": 64},
            "graph": [
                {"kind": "flatten"},
                {"id": "encoder", "kind": "linear", "out_features": 64},
                {"kind": "relu"},
                {"id": "code", "kind": "linear", "out_features": 8},
                {"id": "decoder", "kind": "linear", "out_features": 64},
                {"kind": "relu"},
                {"id": "pixels", "kind": "linear", "out_features": 64},
                {"id": "image", "kind": "reshape", "shape": [1, 8, 8]},
            ],
            "init": {"scheme": "kaiming_normal"},
            "loss": {"kind": "mse"},
            "optimizer": {"kind": "adam", "lr": 0.002},
            "training": {"epochs": 100, "seed": 0},
        }
    ),
)
