"""Specs for the tests of the server."""

from typing import Any

Spec = dict[str, Any]


def stand_in_spec(name: str = "plain", *, steps: int = 30, speed: float | None = None, **more: Any) -> Spec:
    """For the stand-in worker, which ignores the graph."""
    training = {"epochs": None, "max_steps": steps, "max_steps_per_second": speed}
    return {"name": name, "data": {"dataset": "d"}, "graph": [{"kind": "linear"}], "training": training, **more}


def digits_spec(*, steps: int) -> Spec:
    """A small convolutional net with dropout and batch norm on the real digits: all that has a state."""
    graph = [
        {"kind": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1},
        {"kind": "batch_norm"},
        {"kind": "relu"},
        {"kind": "max_pool2d", "kernel_size": 2},
        {"kind": "flatten"},
        {"kind": "dropout", "p": 0.3},
        {"kind": "linear", "out_features": 10},
    ]
    training = {"epochs": None, "max_steps": steps, "seed": 3}
    return {"data": {"dataset": "digits"}, "graph": graph, "optimizer": {"kind": "adam"}, "training": training}
