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


def of(module, forward):
    """A module around ``module`` whose forward is ``forward(module, *inputs)``."""

    class Around(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = module

        def forward(self, *inputs):
            return forward(module, *inputs)

    return Around()


def plain(forward):
    """A function as a module."""
    return of(nn.Identity(), lambda _, *inputs: forward(*inputs))


def later(steps, memory_steps):
    return torch.ones(steps, memory_steps, dtype=torch.bool).triu(1)


def attend(module, query, memory, hidden=None):
    return module(query, memory, memory, attn_mask=hidden)[0]


class Bahdanau(nn.Module):
    """Additive attention step by step, as the paper writes it."""

    def __init__(self, query_size, memory_size, hidden):
        super().__init__()
        self.w = nn.Linear(query_size, hidden, bias=False)
        self.u = nn.Linear(memory_size, hidden, bias=False)
        self.v = nn.Linear(hidden, 1, bias=False)

    def forward(self, query, memory):
        given = []
        for step in query.unbind(1):
            scores = [self.v(torch.tanh(self.w(step) + self.u(place))) for place in memory.unbind(1)]
            shares = torch.softmax(torch.cat(scores, dim=1), dim=1)
            given.append(sum(shares[:, place, None] * memory[:, place] for place in range(memory.shape[1])))
        return torch.stack(given, dim=1)


class BasicBlock(nn.Module):
    """As in torchvision's ResNet, with the projection where one is given."""

    def __init__(self, channels, width, stride, *, projects, norm=nn.BatchNorm2d, activation=nn.ReLU, bias=False):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride=stride, padding=1, bias=bias)
        self.bn1 = norm(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=bias)
        self.bn2 = norm(width)
        self.downsample = None
        if projects:
            self.downsample = nn.Sequential(nn.Conv2d(channels, width, 1, stride=stride, bias=bias), norm(width))
        self.relu = activation()

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(out)) + identity)


def encoder_layer(*sizes, causal=0, **fields):
    module = nn.TransformerEncoderLayer(*sizes, batch_first=True, **fields)
    return of(module, lambda layer, x: layer(x, src_mask=later(causal, causal) if causal else None))


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
    ("elu", {"alpha": 0.7}, [(3, 4)], lambda: nn.ELU(0.7)),
    ("silu", {}, [(7,)], lambda: nn.SiLU()),
    ("identity", {}, [(7,)], lambda: nn.Identity()),
    ("softmax", {}, [(7,)], lambda: nn.Softmax(1)),
    ("softmax", {}, [(4, 7)], lambda: nn.Softmax(2)),
    ("softmax", {}, [(4, 7, 3)], lambda: nn.Softmax2d()),
    ("rms_norm", {}, [(5,)], lambda: nn.RMSNorm(5)),
    ("rms_norm", {"eps": 1e-2}, [(5, 4, 3)], lambda: nn.RMSNorm([5, 4, 3], eps=1e-2)),
    ("rms_norm", {"elementwise_affine": False}, [(4, 5)], lambda: nn.RMSNorm(5, elementwise_affine=False)),
    ("conv1d", {"out_channels": 4, "kernel_size": 3}, [(9, 2)], lambda: swap(nn.Conv1d(2, 4, 3))),
    (
        "conv1d",
        {"out_channels": 6, "kernel_size": 2, "stride": 2, "padding": 1, "dilation": 3, "groups": 2, "bias": False},
        [(9, 4)],
        lambda: swap(nn.Conv1d(4, 6, 2, stride=2, padding=1, dilation=3, groups=2, bias=False)),
    ),
    (
        "conv1d",
        {"out_channels": 3, "kernel_size": 4, "padding": "same", "in_channels": 2},
        [(9, 2)],
        lambda: swap(nn.Conv1d(2, 3, 4, padding="same")),
    ),
    (
        "conv1d",
        {"out_channels": 3, "kernel_size": 3, "padding": "same"},
        [(9, 2)],
        lambda: swap(nn.Conv1d(2, 3, 3, padding="same")),
    ),
    (
        "conv1d",
        {"out_channels": 3, "kernel_size": 3, "padding": "causal", "dilation": 2},
        [(9, 2)],
        lambda: swap(nn.Sequential(nn.ConstantPad1d((4, 0), 0.0), nn.Conv1d(2, 3, 3, dilation=2))),
    ),
    ("max_pool1d", {"kernel_size": 2}, [(9, 3)], lambda: swap(nn.MaxPool1d(2))),
    (
        "max_pool1d",
        {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
        [(8, 3)],
        lambda: swap(nn.MaxPool1d(3, 2, 1, ceil_mode=True)),
    ),
    ("global_avg_pool", {}, [(3, 4, 5)], lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())),
    ("global_avg_pool", {}, [(4, 5)], lambda: plain(lambda x: x.mean(1))),
    ("reshape", {"shape": [4, -1]}, [(3, 8, 2)], lambda: plain(lambda x: x.view(-1, 4, 12))),
    ("reshape", {"shape": [2, 3, 4]}, [(24,)], lambda: nn.Unflatten(1, (2, 3, 4))),
    ("add", {}, [(3, 2), (3, 2), (3, 2)], lambda: plain(lambda a, b, c: torch.stack([a, b, c]).sum(0))),
    ("multiply", {}, [(3, 2), (3, 2), (3, 2)], lambda: plain(lambda a, b, c: torch.stack([a, b, c]).prod(0))),
    ("concat", {}, [(2, 4, 4), (3, 4, 4)], lambda: plain(lambda a, b: torch.cat([a, b], 1))),
    ("concat", {"dim": -2}, [(6, 2), (4, 2)], lambda: plain(lambda a, b: torch.cat([a, b], 1))),
    (
        "maxout",
        {"out_features": 5, "num_pieces": 3},
        [(7,)],
        lambda: of(nn.Linear(7, 15), lambda inner, x: torch.stack(inner(x).split(5, -1)).amax(0)),
    ),
    (
        "maxout",
        {"out_features": 5, "bias": False, "in_features": 7},
        [(4, 7)],
        lambda: of(nn.Linear(7, 10, bias=False), lambda inner, x: torch.maximum(*inner(x).split(5, -1))),
    ),
    (
        "maxout",
        {"out_features": 2},
        [(7, 1, 1)],
        lambda: of(nn.Linear(7, 4), lambda inner, x: inner(x.flatten(1)).view(-1, 2, 2).amax(1)),
    ),
    ("upsample", {}, [(2, 3, 4)], lambda: nn.Upsample(scale_factor=2)),
    (
        "upsample",
        {"scale_factor": [3, 2], "mode": "bilinear"},
        [(2, 3, 4)],
        lambda: nn.Upsample(scale_factor=(3, 2), mode="bilinear"),
    ),
    (
        "conv_transpose2d",
        {"out_channels": 3, "kernel_size": 2, "stride": 2},
        [(4, 5, 6)],
        lambda: nn.ConvTranspose2d(4, 3, 2, 2),
    ),
    (
        "conv_transpose2d",
        {
            "out_channels": 6,
            "kernel_size": [3, 4],
            "stride": [2, 1],
            "padding": [1, 2],
            "output_padding": [1, 0],
            "dilation": [1, 2],
            "groups": 2,
            "bias": False,
        },
        [(4, 5, 6)],
        lambda: nn.ConvTranspose2d(4, 6, (3, 4), (2, 1), (1, 2), (1, 0), groups=2, bias=False, dilation=(1, 2)),
    ),
    ("residual", {}, [(4, 6, 5)], lambda: BasicBlock(4, 4, 1, projects=False)),
    ("residual", {"out_channels": 6, "stride": 2}, [(4, 6, 5)], lambda: BasicBlock(4, 6, 2, projects=True)),
    (
        "residual",
        {"out_channels": 8, "norm": "group_norm", "activation": "silu"},
        [(4, 6, 5)],
        lambda: BasicBlock(4, 8, 1, projects=True, norm=lambda width: nn.GroupNorm(4, width), activation=nn.SiLU),
    ),
    (
        "residual",
        {"stride": 2, "norm": "none", "activation": "tanh"},
        [(4, 6, 5)],
        lambda: BasicBlock(4, 4, 2, projects=True, norm=lambda width: nn.Identity(), activation=nn.Tanh, bias=True),
    ),
    (
        "positional_encoding",
        {"encoding": "learned"},
        [(7, 5)],
        lambda: of(nn.Embedding(7, 5), lambda table, x: x + table(torch.arange(7))),
    ),
    (
        "attention",
        {},
        [(7, 5)],
        lambda: plain(lambda x: nn.functional.scaled_dot_product_attention(x, x, x)),
    ),
    (
        "attention",
        {"causal": True},
        [(7, 5), (6, 5)],
        lambda: plain(lambda x, m: nn.functional.scaled_dot_product_attention(x, m, m, attn_mask=~later(7, 6))),
    ),
    (
        "attention",
        {"hidden_size": 4},
        [(7, 5), (6, 3)],
        lambda: of(
            nn.ModuleList([nn.Linear(5, 4, bias=False), nn.Linear(3, 4, bias=False)]),
            lambda w, x, m: nn.functional.scaled_dot_product_attention(w[0](x), w[1](m), m),
        ),
    ),
    ("attention", {"score": "additive"}, [(7, 5)], lambda: of(Bahdanau(5, 5, 5), lambda inner, x: inner(x, x))),
    ("attention", {"score": "additive", "hidden_size": 4}, [(7, 5), (6, 3)], lambda: Bahdanau(5, 3, 4)),
    (
        "multi_head_attention",
        {"num_heads": 2},
        [(7, 6)],
        lambda: of(nn.MultiheadAttention(6, 2, batch_first=True), lambda inner, x: attend(inner, x, x)),
    ),
    (
        "multi_head_attention",
        {"num_heads": 3, "bias": False, "causal": True, "embed_dim": 6},
        [(7, 6)],
        lambda: of(
            nn.MultiheadAttention(6, 3, bias=False, batch_first=True),
            lambda inner, x: attend(inner, x, x, later(7, 7)),
        ),
    ),
    (
        "multi_head_attention",
        {"num_heads": 2},
        [(7, 6), (4, 5)],
        lambda: of(nn.MultiheadAttention(6, 2, kdim=5, vdim=5, batch_first=True), attend),
    ),
    (
        "multi_head_attention",
        {"num_heads": 1},
        [(7, 6), (4, 6)],
        lambda: of(nn.MultiheadAttention(6, 1, batch_first=True), attend),
    ),
    (
        "transformer_block",
        {"num_heads": 2, "dropout": 0.0},
        [(7, 6)],
        lambda: encoder_layer(6, 2, 24, dropout=0.0),
    ),
    (
        "transformer_block",
        {
            "num_heads": 3,
            "dim_feedforward": 10,
            "dropout": 0.0,
            "activation": "gelu",
            "norm_first": True,
            "causal": True,
        },
        [(7, 6)],
        lambda: encoder_layer(6, 3, 10, dropout=0.0, activation="gelu", norm_first=True, causal=7),
    ),
]


#: Kinds whose sums PyTorch takes in another order: equal to a few units in the last place of a double.
CLOSE = {"add", "multiply", "attention", "multi_head_attention", "transformer_block", "global_avg_pool"}
#: Kinds whose cases are no rows here, since they read tokens or draw random numbers.
APART = {"embedding", "one_hot", "bag_of_words", "dropout", "dropout2d"}


def case_name(case):
    shapes = "+".join("x".join(map(str, shape)) for shape in case[2])
    return f"{case[0]}-{shapes}-{'-'.join(case[1]) or 'plain'}"


def first_of(given):
    """The output alone: a module with ports gives a tuple."""
    return given[0] if isinstance(given, tuple) else given
