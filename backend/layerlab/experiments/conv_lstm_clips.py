"""A convolutional LSTM network: filters see each frame, a memory sees the frames go by."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="conv_lstm_clips",
    title="Conv + LSTM on clips",
    summary="Which way does it move? The filters see one frame at a time, and only the LSTM can put them in order.",
    group="Video",
    spec=RunSpec.model_validate(
        {
            "name": "Conv + LSTM on clips",
            "data": {"dataset": "clips", "batch_size": 32, "preprocess": "standardize"},
            "graph": [
                {"id": "conv1", "kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
                {"kind": "batch_norm"},
                {"kind": "relu"},
                {"kind": "max_pool2d", "kernel_size": 2},
                {"id": "conv2", "kind": "conv2d", "out_channels": 16, "kernel_size": 3, "padding": 1},
                {"kind": "batch_norm"},
                {"kind": "relu"},
                {"kind": "max_pool2d", "kernel_size": 2},
                {"id": "conv3", "kind": "conv2d", "out_channels": 24, "kernel_size": 3, "padding": 1},
                {"kind": "batch_norm"},
                {"kind": "relu"},
                {"kind": "max_pool2d", "kernel_size": 2},
                {"id": "frames", "kind": "flatten", "start_dim": 2},
                {"id": "lstm", "kind": "lstm", "hidden_size": 48},
                {"id": "logits", "kind": "linear", "out_features": 7},
            ],
            "init": {"scheme": "kaiming_normal"},
            "loss": {"kind": "cross_entropy"},
            "optimizer": {"kind": "adam", "lr": 0.003},
            "schedule": {"kind": "cosine"},
            "regularization": {"clip_grad_norm": 1.0},
            "training": {"epochs": 25, "seed": 0},
        }
    ),
)
