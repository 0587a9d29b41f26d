"""An encoder and a decoder, joined by one state."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="encoder_decoder_reverse",
    title="Encoder–decoder",
    summary="All of a sequence has to fit into the one state that the encoder hands on; longer ones lose symbols.",
    group="Sequences",
    spec=RunSpec.model_validate(
        {
            "name": "Encoder–decoder on reverse",
            "data": {"dataset": "reverse", "params": {"length": 8, "shortest": 4, "samples": 6000}, "batch_size": 64},
            "graph": [
                {"id": "source", "kind": "embedding", "embedding_dim": 16, "inputs": ["input"]},
                {"id": "encoder", "kind": "gru", "hidden_size": 64},
                {"id": "target", "kind": "embedding", "embedding_dim": 16, "inputs": ["decoder_input"]},
                {"id": "decoder", "kind": "gru", "hidden_size": 64, "output": "sequence",
                 "inputs": ["target", "encoder.state"]},
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
