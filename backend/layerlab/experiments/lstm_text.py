"""A character language model."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="lstm_text",
    title="Character language model",
    summary="An LSTM guesses the next character at each step: of 29, it soon hesitates between one and a half.",
    group="Sequences",
    spec=RunSpec.model_validate(
        {
            "name": "LSTM on text",
            "data": {"dataset": "grammar_text", "params": {"length": 40, "samples": 2000}, "batch_size": 64},
            "graph": [
                {"id": "embedding", "kind": "embedding", "embedding_dim": 16},
                {"id": "lstm", "kind": "lstm", "hidden_size": 64, "output": "sequence"},
                {"id": "logits", "kind": "linear", "out_features": 29},
            ],
            "init": {"scheme": "xavier_uniform"},
            "loss": {"kind": "cross_entropy"},
            "optimizer": {"kind": "adam", "lr": 0.01},
            "regularization": {"clip_grad_norm": 1.0},
            "training": {"epochs": 12, "seed": 0},
        }
    ),
)
