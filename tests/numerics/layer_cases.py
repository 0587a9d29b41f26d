"""Every layer kind with PyTorch's own module that does the same: kind, fields, shapes of one sample, the module."""

import torch
from torch import nn


def swap(module):
    """PyTorch's norms of sequences want channels first: [N, T, F] → [N, F, T] and back."""

    class Swapped(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = module

        def forward(self, x):
            return self.inner(x.transpose(1, 2)).transpose(1, 2)

    return Swapped()


def last_of(module, *, directions=1):
    """The final state of PyTorch's recurrent module; of two directions both."""

    class Last(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = module

        def forward(self, x):
            out, _ = self.inner(x)
            hidden = module.hidden_size
            forward = out[:, -1, :hidden]
            return forward if directions == 1 else torch.cat([forward, out[:, 0, hidden:]], dim=1)

    return Last()


def sequence_of(module):
    class Sequence(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = module

        def forward(self, x):
            return self.inner(x)[0]

    return Sequence()


# kind, fields, shapes of one sample, PyTorch's module
CASES = [
    ("linear", {"out_features": 5}, [(7,)], lambda: nn.Linear(7, 5)),
    ("linear", {"out_features": 5, "bias": False, "in_features": 7}, [(7,)], lambda: nn.Linear(7, 5, bias=False)),
    ("linear", {"out_features": 5}, [(4, 7)], lambda: nn.Linear(7, 5)),
    ("linear", {"out_features": 5}, [(7, 1, 1)], lambda: nn.Sequential(nn.Flatten(), nn.Linear(7, 5))),
    ("conv2d", {"out_channels": 4, "kernel_size": 3}, [(2, 8, 9)], lambda: nn.Conv2d(2, 4, 3)),
    (
        "conv2d",
        {"out_channels": 6, "kernel_size": [3, 2], "stride": [2, 1], "padding": [1, 2], "dilation": 2, "groups": 2},
        [(4, 9, 8)],
        lambda: nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 2), dilation=2, groups=2),
    ),
    (
        "conv2d",
        {"out_channels": 3, "kernel_size": 4, "padding": "same", "bias": False, "in_channels": 1},
        [(1, 8, 8)],
        lambda: nn.Conv2d(1, 3, 4, padding="same", bias=False),
    ),
    ("max_pool2d", {"kernel_size": 2}, [(3, 8, 9)], lambda: nn.MaxPool2d(2)),
    (
        "max_pool2d",
        {"kernel_size": [3, 2], "stride": [2, 1], "padding": [1, 0], "ceil_mode": True},
        [(3, 8, 9)],
        lambda: nn.MaxPool2d((3, 2), (2, 1), (1, 0), ceil_mode=True),
    ),
    ("avg_pool2d", {"kernel_size": 2}, [(3, 8, 9)], lambda: nn.AvgPool2d(2)),
    (
        "avg_pool2d",
        {"kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": False, "ceil_mode": True},
        [(3, 8, 8)],
        lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False, ceil_mode=True),
    ),
    ("flatten", {}, [(3, 4, 5)], lambda: nn.Flatten()),
    ("flatten", {}, [(6,)], lambda: nn.Flatten()),
    ("batch_norm", {}, [(5,)], lambda: nn.BatchNorm1d(5)),
    ("batch_norm", {"eps": 1e-3, "momentum": 0.3}, [(5, 4, 3)], lambda: nn.BatchNorm2d(5, eps=1e-3, momentum=0.3)),
    ("batch_norm", {"affine": False}, [(4, 5)], lambda: swap(nn.BatchNorm1d(5, affine=False))),
    (
        "batch_norm",
        {"track_running_stats": False, "num_features": 5},
        [(5,)],
        lambda: nn.BatchNorm1d(5, track_running_stats=False),
    ),
    ("layer_norm", {}, [(5,)], lambda: nn.LayerNorm(5)),
    ("layer_norm", {"eps": 1e-2}, [(5, 4, 3)], lambda: nn.LayerNorm([5, 4, 3], eps=1e-2)),
    ("layer_norm", {"elementwise_affine": False}, [(4, 5)], lambda: nn.LayerNorm(5, elementwise_affine=False)),
    ("layer_norm", {"bias": False}, [(4, 5)], lambda: nn.LayerNorm(5, bias=False)),
    ("instance_norm", {}, [(5, 4, 3)], lambda: nn.InstanceNorm2d(5)),
    (
        "instance_norm",
        {"affine": True, "track_running_stats": True, "momentum": 0.5},
        [(5, 4, 3)],
        lambda: nn.InstanceNorm2d(5, affine=True, track_running_stats=True, momentum=0.5),
    ),
    ("instance_norm", {"affine": True}, [(4, 5)], lambda: swap(nn.InstanceNorm1d(5, affine=True))),
    ("group_norm", {"num_groups": 2}, [(6, 4, 3)], lambda: nn.GroupNorm(2, 6)),
    ("group_norm", {"num_groups": 3, "affine": False}, [(6,)], lambda: nn.GroupNorm(3, 6, affine=False)),
    ("group_norm", {}, [(4, 6)], lambda: swap(nn.GroupNorm(3, 6))),
    ("relu", {}, [(3, 4)], lambda: nn.ReLU()),
    ("leaky_relu", {"negative_slope": 0.2}, [(3, 4)], lambda: nn.LeakyReLU(0.2)),
    ("tanh", {}, [(7,)], lambda: nn.Tanh()),
    ("sigmoid", {}, [(7,)], lambda: nn.Sigmoid()),
    ("gelu", {}, [(7,)], lambda: nn.GELU()),
    ("gelu", {"approximate": "tanh"}, [(7,)], lambda: nn.GELU(approximate="tanh")),
    ("rnn", {"hidden_size": 5}, [(6, 3)], lambda: last_of(nn.RNN(3, 5, batch_first=True))),
    (
        "rnn",
        {"hidden_size": 5, "nonlinearity": "relu", "num_layers": 2, "output": "sequence", "bias": False},
        [(6, 3)],
        lambda: sequence_of(nn.RNN(3, 5, 2, nonlinearity="relu", bias=False, batch_first=True)),
    ),
    ("lstm", {"hidden_size": 5, "input_size": 3}, [(6, 3)], lambda: last_of(nn.LSTM(3, 5, batch_first=True))),
    (
        "lstm",
        {"hidden_size": 5, "bidirectional": True, "num_layers": 2},
        [(6, 3)],
        lambda: last_of(nn.LSTM(3, 5, 2, bidirectional=True, batch_first=True), directions=2),
    ),
    (
        "gru",
        {"hidden_size": 5, "bidirectional": True},
        [(6, 3)],
        lambda: last_of(nn.GRU(3, 5, bidirectional=True, batch_first=True), directions=2),
    ),
    (
        "gru",
        {"hidden_size": 5, "output": "sequence"},
        [(6, 3)],
        lambda: sequence_of(nn.GRU(3, 5, batch_first=True)),
    ),
]


def case_name(case):
    return f"{case[0]}-{'x'.join(map(str, case[2][0]))}-{'-'.join(case[1]) or 'plain'}"


def first_of(given):
    """The output alone: a module with ports gives a tuple."""
    return given[0] if isinstance(given, tuple) else given
