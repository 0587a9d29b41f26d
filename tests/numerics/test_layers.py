"""Every layer does what PyTorch's own module does: same weights, same values, same gradients, in both modes."""

import pytest
import torch
from layerlab.layers import REGISTRY
from layerlab.layers.base import Site
from layerlab.registry import read_params
from layerlab.seeding import generator
from torch import nn

from tests.numerics.layer_cases import APART, CASES, CLOSE, case_name, first_of


def build(kind, fields, shapes, seed=0):
    layer = REGISTRY.get(kind)
    params = read_params(layer, fields)
    site = Site(node="here", path="graph.0", inputs=tuple(f"before{index}" for index in range(len(shapes))))
    assert layer.check_inputs(params, shapes, site) == []
    return layer, params, layer.build(params, shapes, generator=generator(seed, "layer"))


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@pytest.mark.parametrize("mode", ["train", "eval"])
@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_equals_pytorch(case, mode):
    kind, fields, shapes, reference_of = case
    layer, params, module = build(kind, fields, shapes)
    reference = reference_of()
    if kind in CLOSE:
        module, reference = module.double(), reference.double()
    same = (lambda a, b: torch.allclose(a, b, rtol=1e-12, atol=1e-12)) if kind in CLOSE else torch.equal
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
    dtype = torch.float64 if kind in CLOSE else torch.float32
    xs = [torch.randn(8, *shape, generator=draws, dtype=dtype, requires_grad=True) for shape in shapes]
    ys = [x.detach().clone().requires_grad_() for x in xs]
    out, expected = first_of(module(*xs)), reference(*ys)
    assert same(out, expected)
    assert tuple(out.shape[1:]) == layer.output_shape(params, *_on_meta(layer, params, shapes))
    if out.requires_grad:
        upstream = torch.randn(out.shape, generator=draws, dtype=dtype)
        out.backward(upstream)
        expected.backward(upstream)
        assert all(same(x.grad, y.grad) for x, y in zip(xs, ys, strict=True))
        pairs = zip(module.parameters(), reference.parameters(), strict=True)
        assert all(same(ours.grad, theirs.grad) for ours, theirs in pairs)
    after = zip(module.state_dict().values(), reference.state_dict().values(), strict=True)
    assert all(same(ours, theirs) for ours, theirs in after)


def _on_meta(layer, params, shapes):
    with torch.device("meta"):
        return layer.build(params, shapes, generator=torch.Generator(device="cpu")), shapes


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@pytest.mark.parametrize("case", [case for case in CASES if build(*case[:3])[2].state_dict()], ids=case_name)
def test_twenty_steps_equal_pytorch(case):
    """In double, so that only another order of a sum can differ, by a few units in the last place."""
    kind, fields, shapes, reference_of = case
    module, reference = build(kind, fields, shapes)[2].double(), reference_of().double()
    draws = torch.Generator().manual_seed(3)
    for value in module.parameters():
        nn.init.normal_(value, std=0.3, generator=draws)
    theirs = reference.state_dict()
    reference.load_state_dict(dict(zip(theirs, module.state_dict().values(), strict=True)))
    xs = [torch.randn(8, *shape, generator=draws, dtype=torch.float64) for shape in shapes]
    target = torch.randn(first_of(module(*xs)).shape, generator=draws, dtype=torch.float64)
    reference.load_state_dict(dict(zip(theirs, module.state_dict().values(), strict=True)))
    losses = []
    for one in (module, reference):
        optimizer = torch.optim.SGD(list(one.parameters()) or [torch.zeros(1)], lr=0.05)
        for _ in range(20):
            optimizer.zero_grad()
            loss = (first_of(one(*xs)) - target).square().mean()
            if loss.requires_grad:
                loss.backward()
            optimizer.step()
        losses.append(loss.item())
    assert losses[0] == pytest.approx(losses[1], rel=1e-9)
    after = zip(module.state_dict().values(), reference.state_dict().values(), strict=True)
    assert all(torch.allclose(ours.double(), theirs.double(), rtol=1e-8, atol=1e-10) for ours, theirs in after)


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
    covered = {case[0] for case in CASES} | APART
    assert {kind.kind for kind in REGISTRY} == covered
