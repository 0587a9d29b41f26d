"""A GRU on sequences of different length, filled up with padding."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="gru_parity",
    title="GRU on different lengths",
    summary="Parity of 5 to 20 bits in one batch: the GRU stops where the padding begins, and gets all of them right.",
    group="Sequences",
    spec=RunSpec.model_validate(
        {
            "name": "GRU on parity of different length",
            "data": {
                "dataset": "parity",
                "params": {"length": 20, "shortest": 5, "samples": 3000, "encoding": "token"},
                "batch_size": 64,
            },
            "graph": [
                {"id": "embedding", "kind": "embedding", "embedding_dim": 8},
                {"id": "gru", "kind": "gru", "hidden_size": 32},
                {"id": "logits", "kind": "linear", "out_features": 2},
            ],
            "init": {"scheme": "xavier_uniform"},
            "loss": {"kind": "cross_entropy"},
            "optimizer": {"kind": "adam", "lr": 0.005},
            "regularization": {"clip_grad_norm": 1.0},
            "training": {"epochs": 30, "seed": 0},
        }
    ),
)
