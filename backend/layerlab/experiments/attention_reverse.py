"""An encoder and a decoder that looks back at every step."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="attention_reverse",
    title="Encoder–decoder with attention",
    summary="At each step the decoder asks where in the source to look: 98 % of symbols right, 95 % without attention.",
    group="Sequences",
    spec=RunSpec.model_validate(
        {
            "name": "Attention on reverse",
            "data": {"dataset": "reverse", "params": {"length": 8, "shortest": 4, "samples": 6000}, "batch_size": 64},
            "graph": [
                {"id": "source", "kind": "embedding", "embedding_dim": 16, "inputs": ["input"]},
                {"id": "encoder", "kind": "gru", "hidden_size": 64, "output": "sequence"},
                {"id": "target", "kind": "embedding", "embedding_dim": 16, "inputs": ["decoder_input"]},
                {"id": "decoder", "kind": "gru", "hidden_size": 64, "output": "sequence",
                 "inputs": ["target", "encoder.state"]},
                {"id": "attention", "kind": "attention", "score": "additive", "hidden_size": 32,
                 "inputs": ["decoder", "encoder"]},
                {"id": "both", "kind": "concat", "inputs": ["decoder", "attention"]},
                {"id": "logits", "kind": "linear", "out_features": 8},
            ],
            "init": {"scheme": "xavier_uniform"},
            "loss": {"kind": "cross_entropy"},
            "optimizer": {"kind": "adam", "lr": 0.005},
            "regularization": {"clip_grad_norm": 1.0},
            "training": {"epochs": 12, "seed": 0},
        }
    ),
)  # fmt: skip
