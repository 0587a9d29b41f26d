"""An LSTM that keeps one bit in mind."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="lstm_sequences",
    title="LSTM on parity",
    summary="Is the number of ones odd? For a while the LSTM guesses, then its cell finds out how to flip.",
    group="Sequences",
    spec=RunSpec.model_validate(
        {
            "name": "LSTM on parity",
            "data": {
                "dataset": "parity",
                "params": {"length": 16, "samples": 3000, "encoding": "token"},
                "batch_size": 64,
            },
            "graph": [
                {"id": "embedding", "kind": "embedding", "embedding_dim": 8},
                {"id": "lstm", "kind": "lstm", "hidden_size": 32},
                {"id": "logits", "kind": "linear", "out_features": 2},
            ],
            "init": {"scheme": "xavier_uniform"},
            "loss": {"kind": "cross_entropy"},
            "optimizer": {"kind": "adam", "lr": 0.005},
            "regularization": {"clip_grad_norm": 1.0},
            "training": {"epochs": 60, "seed": 0},
        }
    ),
)
