"""A plain recurrent net on short sequences."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="rnn_parity",
    title="RNN on short parity",
    summary="A plain RNN learns whether 8 bits hold an odd number of ones; double the length, and it hardly does.",
    group="Sequences",
    spec=RunSpec.model_validate(
        {
            "name": "RNN on parity",
            "data": {"dataset": "parity", "params": {"length": 8, "samples": 3000}, "batch_size": 64},
            "graph": [
                {"id": "rnn", "kind": "rnn", "hidden_size": 32},
                {"id": "logits", "kind": "linear", "out_features": 2},
            ],
            "init": {"scheme": "xavier_uniform"},
            "loss": {"kind": "cross_entropy"},
            "optimizer": {"kind": "adam", "lr": 0.003},
            "regularization": {"clip_grad_norm": 1.0},
            "training": {"epochs": 60, "seed": 0},
        }
    ),
)
