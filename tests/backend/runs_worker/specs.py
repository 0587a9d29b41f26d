"""Runs that the tests train."""

from layerlab_schemas.run import RunSpec

#: Has everything whose state could be disturbed by a look: batch norm, dropout, momentum.
NET = [
    {"id": "conv", "kind": "conv2d", "out_channels": 6, "kernel_size": 3, "padding": 1},
    {"id": "norm", "kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "max_pool2d", "kernel_size": 2},
    {"kind": "flatten"},
    {"kind": "linear", "out_features": 24},
    {"id": "tanh", "kind": "tanh"},
    {"kind": "dropout", "p": 0.3},
    {"kind": "linear", "out_features": 10},
]
POINTS_NET = [{"kind": "linear", "out_features": 8}, {"kind": "tanh"}, {"kind": "linear", "out_features": 2}]


def spec(graph=NET, dataset="digits", *, batch_size=64, optimizer=None, **training) -> RunSpec:
    return RunSpec.model_validate(
        {
            "data": {"dataset": dataset, "batch_size": batch_size},
            "graph": graph,
            "optimizer": optimizer or {"kind": "sgd", "lr": 0.05, "momentum": 0.9},
            "training": {"epochs": None, "max_steps": 20, "seed": 3} | training,
        }
    )


def as_json(run: RunSpec) -> dict:
    return run.model_dump(mode="json")
