"""A small transformer that writes."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="transformer_text",
    title="Small transformer",
    summary="Two causal blocks of attention on the text of the grammar: no state, each step looks back at all before.",
    group="Sequences",
    spec=RunSpec.model_validate(
        {
            "name": "Transformer on text",
            "data": {"dataset": "grammar_text", "params": {"length": 40, "samples": 2000}, "batch_size": 64},
            "graph": [
                {"id": "embedding", "kind": "embedding", "embedding_dim": 32},
                {"id": "positions", "kind": "positional_encoding"},
                {"id": "block1", "kind": "transformer_block", "num_heads": 4, "dim_feedforward": 64, "causal": True,
                 "dropout": 0.0, "norm_first": True},
                {"id": "block2", "kind": "transformer_block", "num_heads": 4, "dim_feedforward": 64, "causal": True,
                 "dropout": 0.0, "norm_first": True},
                {"kind": "layer_norm"},
                {"id": "logits", "kind": "linear", "out_features": 29},
            ],
            "init": {"scheme": "xavier_uniform"},
            "loss": {"kind": "cross_entropy"},
            "optimizer": {"kind": "adam", "lr": 0.003},
            "regularization": {"clip_grad_norm": 1.0},
            "training": {"epochs": 20, "seed": 0},
        }
    ),
)  # fmt: skip
