"""Every layer does what PyTorch's own module does: same weights, same values, same gradients, in both modes."""

import pytest
import torch
from layerlab.layers import REGISTRY
from layerlab.layers.base import Site
from layerlab.registry import read_params
from layerlab.seeding import generator
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
    ("point_features", {}, [(2,)], lambda: nn.Identity()),
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


def build(kind, fields, shapes, seed=0):
    layer = REGISTRY.get(kind)
    params = read_params(layer, fields)
    site = Site(node="here", path="graph.0", inputs=tuple(f"before{index}" for index in range(len(shapes))))
    assert layer.check_inputs(params, shapes, site) == []
    return layer, params, layer.build(params, shapes, generator=generator(seed, "layer"))


def case_name(case):
    return f"{case[0]}-{'x'.join(map(str, case[2][0]))}-{'-'.join(case[1]) or 'plain'}"


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@pytest.mark.parametrize("mode", ["train", "eval"])
@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_equals_pytorch(case, mode):
    kind, fields, shapes, reference_of = case
    layer, params, module = build(kind, fields, shapes)
    reference = reference_of()
    ours, theirs = dict(module.state_dict()), reference.state_dict()
    assert [tuple(value.shape) for value in ours.values()] == [tuple(value.shape) for value in theirs.values()]
    draws = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for value in ours.values():
            if value.is_floating_point():
                value.copy_(torch.rand(value.shape, generator=draws) + 0.1)
    reference.load_state_dict(dict(zip(theirs, ours.values(), strict=True)))
    module.train(mode == "train")
    reference.train(mode == "train")
    x = torch.randn(8, *shapes[0], generator=draws, requires_grad=True)
    y = x.detach().clone().requires_grad_()
    out, expected = module(x), reference(y)
    assert torch.equal(out, expected)
    assert tuple(out.shape[1:]) == layer.output_shape(params, *_on_meta(layer, params, shapes))
    if out.requires_grad:
        upstream = torch.randn(out.shape, generator=draws)
        out.backward(upstream)
        expected.backward(upstream)
        assert torch.equal(x.grad, y.grad)
        pairs = zip(module.parameters(), reference.parameters(), strict=True)
        assert all(torch.equal(ours.grad, theirs.grad) for ours, theirs in pairs)
    after = zip(module.state_dict().values(), reference.state_dict().values(), strict=True)
    assert all(torch.equal(ours, theirs) for ours, theirs in after)


def _on_meta(layer, params, shapes):
    with torch.device("meta"):
        return layer.build(params, shapes, generator=torch.Generator(device="cpu")), shapes


def test_embedding_equals_pytorch():
    _, _, module = build("embedding", {"num_embeddings": 7, "embedding_dim": 3}, [(5,)])
    reference = nn.Embedding(7, 3)
    reference.load_state_dict(module.state_dict())
    tokens = torch.randint(0, 7, (4, 5), generator=torch.Generator().manual_seed(0))
    assert torch.equal(module(tokens), reference(tokens))
    module(tokens).square().sum().backward()
    reference(tokens).square().sum().backward()
    assert torch.equal(module.weight.grad, reference.weight.grad)


def test_add_is_the_sum():
    _, _, module = build("add", {}, [(3, 2), (3, 2), (3, 2)])
    a, b, c = (torch.randn(4, 3, 2, requires_grad=True) for _ in range(3))
    out = module(a, b, c)
    assert torch.equal(out, a + b + c)
    out.sum().backward()
    assert all(torch.equal(x.grad, torch.ones(4, 3, 2)) for x in (a, b, c))


@pytest.mark.parametrize(
    ("shapes", "fields", "dim"),
    [
        ([(2, 4, 4), (3, 4, 4)], {}, 1),
        ([(2,), (5,)], {}, 1),
        ([(6, 2), (6, 5)], {}, 2),
        ([(6, 2), (4, 2)], {"dim": 1}, 1),
        ([(2, 4, 4), (2, 4, 3)], {"dim": -1}, 3),
    ],
)
def test_concat_equals_cat(shapes, fields, dim):
    _, _, module = build("concat", fields, shapes)
    inputs = [torch.randn(3, *shape) for shape in shapes]
    assert torch.equal(module(*inputs), torch.cat(inputs, dim=dim))


class TestDropout:
    def test_draws_from_its_own_generator_only(self):
        _, _, module = build("dropout", {"p": 0.4}, [(1000,)])
        before = torch.get_rng_state()
        module(torch.ones(2, 1000))
        assert torch.equal(before, torch.get_rng_state())

    def test_same_seed_same_masks(self):
        x = torch.randn(8, 50)
        first, second = (build("dropout", {"p": 0.4}, [(50,)], seed=5)[2] for _ in range(2))
        other = build("dropout", {"p": 0.4}, [(50,)], seed=6)[2]
        for _ in range(3):
            expected = first(x)
            assert torch.equal(expected, second(x))
            assert not torch.equal(expected, other(x))

    @pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
    def test_law_is_that_of_nn_dropout(self, p):
        _, _, module = build("dropout", {"p": p}, [(400_000,)])
        x = torch.ones(1, 400_000)
        out = module(x)
        with torch.random.fork_rng():
            torch.manual_seed(0)
            reference = nn.Dropout(p)(x)
        assert set(out.unique().tolist()) == set(reference.unique().tolist())
        deviation = (p * (1 - p) / 400_000) ** 0.5
        assert abs((out == 0).float().mean().item() - p) < 5 * deviation
        assert abs((reference == 0).float().mean().item() - p) < 5 * deviation

    def test_gradient_goes_through_the_mask(self):
        _, _, module = build("dropout", {"p": 0.5}, [(100,)])
        x = torch.ones(4, 100, requires_grad=True)
        out = module(x)
        out.sum().backward()
        assert torch.equal(x.grad, out.detach())

    def test_eval_and_p_0_pass_everything(self):
        _, _, module = build("dropout", {"p": 0.5}, [(100,)])
        x = torch.randn(4, 100)
        state = module.generator.get_state()
        assert torch.equal(module.eval()(x), x)
        module.train().p = 0.0
        assert torch.equal(module(x), x)
        assert torch.equal(module.generator.get_state(), state)


#: Features, a sequence, an image.
SHAPES = [(6,), (5, 6), (6, 4, 3)]


class TestNormRows:
    """The rows that share one mean and variance are those that the module really normalises."""

    @pytest.mark.parametrize(
        ("kind", "fields", "shape"),
        [
            *(("batch_norm", {}, shape) for shape in SHAPES),
            *(("layer_norm", {}, shape) for shape in SHAPES),
            *(("instance_norm", {}, shape) for shape in SHAPES if len(shape) > 1),
            *(("group_norm", {"num_groups": 3}, shape) for shape in SHAPES),
        ],
    )
    def test_rows_come_out_with_mean_0_and_variance_1(self, kind, fields, shape):
        layer, params, module = build(kind, fields, [shape])
        x = torch.randn(16, *shape, generator=torch.Generator().manual_seed(1)) * 3 + 2
        rows = layer.norm_rows(params, module(x).detach())
        assert rows.numel() == x.numel()
        assert torch.allclose(rows.mean(1), torch.zeros(len(rows)), atol=1e-5)
        assert torch.allclose(rows.var(1, unbiased=False), torch.ones(len(rows)), atol=1e-3)

    @pytest.mark.parametrize("shape", SHAPES)
    def test_batch_rows_are_the_channels_of_the_running_mean(self, shape):
        layer, params, module = build("batch_norm", {"momentum": 1.0}, [shape])
        x = torch.randn(16, *shape, generator=torch.Generator().manual_seed(1)) * 3 + 2
        module(x)
        assert torch.allclose(layer.norm_rows(params, x).mean(1), module.running_mean, atol=1e-5)

    def test_group_norm_of_one_group_is_layer_norm_and_of_all_is_instance_norm(self):
        x = torch.randn(5, 6, 4, 3)
        one, every = (build("group_norm", {"num_groups": groups}, [(6, 4, 3)])[2] for groups in (1, 6))
        assert torch.allclose(one(x), build("layer_norm", {}, [(6, 4, 3)])[2](x), atol=1e-6)
        assert torch.allclose(every(x), build("instance_norm", {}, [(6, 4, 3)])[2](x), atol=1e-6)


def test_every_kind_is_compared():
    covered = {case[0] for case in CASES} | {"embedding", "add", "concat", "dropout"}
    assert {kind.kind for kind in REGISTRY} == covered
