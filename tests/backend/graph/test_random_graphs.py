"""Two thousand random graphs: what the check says is what the built network does with real tensors, and it trains."""

import pytest
import torch
from layerlab.graph.check import check
from layerlab.graph.compile import compile_network
from layerlab.layers import REGISTRY
from layerlab.registry import read_params
from layerlab_schemas.graph import InitSpec
from torch.utils.flop_counter import FlopCounterMode

from tests.backend.graph.building import nodes
from tests.backend.graph.random_graphs import random_batch, random_graph

NUM_GRAPHS, BLOCK = 2_000, 50
SCHEMES = ["xavier_normal", "kaiming_normal", "xavier_uniform", "normal"]


@pytest.fixture(autouse=True)
def one_thread():
    """Tensors are tiny here: two threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("start", range(0, NUM_GRAPHS, BLOCK))
def test_checked_is_built_and_trains(start):
    for seed in range(start, start + BLOCK):
        specs, data = random_graph(seed)
        result, plan = check(nodes(*specs), data, smallest_batch=3)
        assert result.ok, (seed, specs, result.problems)
        net = compile_network(plan, init=InitSpec(scheme=SCHEMES[seed % len(SCHEMES)]), seed=seed)
        x = random_batch(data, 3, seed)
        agrees_with_the_check(net, result, x, specs)
        before = [value.detach().clone() for value in net.parameters()]
        for _ in range(2):
            train_a_step(net, x, result)
        assert any(not torch.equal(old, new) for old, new in zip(before, net.parameters(), strict=True)), specs
        with torch.no_grad():
            out = net.eval()(x[:1])
        assert list(out.shape) == [1, *data.output_shape]
        assert torch.isfinite(out).all(), specs


def agrees_with_the_check(net, result, x, specs):
    with net.recording() as record, torch.no_grad():
        net(x)
    for node in result.nodes:
        assert list(record.outputs[node.id].shape) == [len(x), *node.output_shape], (specs, node)
        parameters = {name: list(value.shape) for name, value in net.layers[node.id].named_parameters()}
        assert parameters == node.parameter_shapes
        assert node.parameters == sum(value.numel() for value in net.layers[node.id].parameters())
        assert [list(value.shape[1:]) for value in record.inputs[node.id]] == node.input_shapes
    assert result.totals.parameters == sum(value.numel() for value in net.parameters())


def train_a_step(net, x, result):
    net.zero_grad()
    (net(x) - 1).square().mean().backward()
    unused = {problem.node for problem in result.problems if problem.code == "unused_node"}
    assert unused or all(value.grad is not None for value in net.parameters())
    with torch.no_grad():
        for value in net.parameters():
            if value.grad is not None:
                assert torch.isfinite(value.grad).all()
                value -= 0.01 * value.grad / (1 + value.grad.abs().max())


def depth(specs):
    """Nodes on the longest way from the data to any node."""
    found, before = {"input": 0, "decoder_input": 0}, "input"
    for spec in specs:
        found[spec["id"]] = 1 + max(found[name.partition(".")[0]] for name in spec.get("inputs", [before]))
        before = spec["id"]
    return max(found.values())


def test_the_graphs_are_of_many_kinds():
    graphs = [random_graph(seed) for seed in range(NUM_GRAPHS)]
    assert {spec["kind"] for specs, _ in graphs for spec in specs} == {kind.kind for kind in REGISTRY}
    assert sum(any(len(spec.get("inputs", [])) > 1 for spec in specs) for specs, _ in graphs) > 150
    assert sum(any(".state" in name for spec in specs for name in spec.get("inputs", [])) for specs, _ in graphs) > 20
    depths = [depth(specs) for specs, _ in graphs]
    assert min(depths) == 1
    assert max(depths) >= 30
    assert sum(data.padding_token is not None for _, data in graphs) >= 80
    assert sum(data.has_decoder_input for _, data in graphs) >= 40


def is_counted(seed):
    """PyTorch's counter cannot see into fused recurrent kernels."""
    return not {spec["kind"] for spec in random_graph(seed)[0]} & {"rnn", "lstm", "gru"}


@pytest.mark.parametrize("seed", list(filter(is_counted, range(200)))[:60])
def test_multiply_adds_agree_with_pytorch_s_counter(seed):
    """PyTorch counts two operations for a multiply-add, in matrix products and convolutions; here two samples."""
    specs, data = random_graph(seed)
    result, plan = check(nodes(*specs), data)
    net = compile_network(plan, init=InitSpec(scheme="xavier_normal"), seed=seed)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(random_batch(data, 2, seed))
    assert counter.get_total_flops() == 2 * 2 * result.totals.multiply_adds


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("fields", [{}, {"num_layers": 2, "bidirectional": True, "output": "sequence"}])
def test_recurrent_multiply_adds_agree_with_pytorch_s_counter(kind, fields):
    """On the meta device, where PyTorch takes the layer apart into its products."""
    layer = REGISTRY.get(kind)
    params = read_params(layer, {"hidden_size": 5, **fields})
    with torch.device("meta"):
        module = layer.build(params, [(7, 3)], generator=torch.Generator(device="cpu"))
        with FlopCounterMode(display=False) as counter:
            out, _ = module(torch.empty(2, 7, 3))
    shape = layer.output_shape(params, module, [(7, 3)])
    assert tuple(out.shape[1:]) == shape
    assert counter.get_total_flops() == 2 * 2 * layer.multiply_adds(params, module, [(7, 3)], shape)
