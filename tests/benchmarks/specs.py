"""The runs that benchmarks train, and the machine that they ran on."""

import os
import platform
from typing import Any

import torch

#: 2-8-8-1 tanh on the spiral, batch 10, plain SGD: the ground of the browser toys.
TINY: dict[str, Any] = {
    "data": {"dataset": "spiral", "params": {"samples": 1000, "noise": 0.1}, "batch_size": 10},
    "graph": [
        {"kind": "linear", "out_features": 8},
        {"kind": "tanh"},
        {"kind": "linear", "out_features": 8},
        {"kind": "tanh"},
        {"kind": "linear", "out_features": 1},
    ],
    "loss": {"kind": "bce"},
    "optimizer": {"kind": "sgd", "lr": 0.03},
}
#: LeNet-5 (20, 50, 500) on drawn 28×28 letters, batch 64.
LENET: dict[str, Any] = {
    "data": {"dataset": "glyphs", "params": {"size": 28, "samples": 4000}, "batch_size": 64},
    "graph": [
        {"kind": "conv2d", "out_channels": 20, "kernel_size": 5},
        {"kind": "max_pool2d", "kernel_size": 2},
        {"kind": "conv2d", "out_channels": 50, "kernel_size": 5},
        {"kind": "max_pool2d", "kernel_size": 2},
        {"kind": "flatten"},
        {"kind": "linear", "out_features": 500},
        {"kind": "relu"},
        {"kind": "linear", "out_features": 10},
    ],
    "loss": {"kind": "cross_entropy"},
    "optimizer": {"kind": "sgd", "lr": 0.01, "momentum": 0.9},
}
RUNS = {"tiny": TINY, "lenet": LENET}
#: What the page's first screen asks for: the default panels and the cards or the picture of the network
#: (``panels/arrangement.ts``, ``app/Stage.tsx``, ``points/measured.ts``).
FIRST_SCREEN = {
    "tiny": ("activations", "connections", "decision_surface", "units"),
    "lenet": ("activations", "confusion", "feature_maps", "filters"),
}


def endless(run: dict[str, Any], **training: Any) -> dict[str, Any]:
    """The run without an end that a benchmark would see."""
    return run | {"training": {"epochs": None, "max_steps": 10**8, "seed": 0, "device": "cpu"} | training}


def machine() -> str:
    """The machine in a line; how busy it is, too, for the figures depend on it."""
    load = os.getloadavg()[0]
    return f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, PyTorch {torch.__version__}"
