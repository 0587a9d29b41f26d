"""Two hundred random graphs: what the check says is what the built network does with real tensors."""

import pytest
import torch
from layerlab.graph.check import check
from layerlab.graph.compile import compile_network
from layerlab.layers import REGISTRY
from layerlab.registry import read_params
from layerlab_schemas.graph import InitSpec
from torch.utils.flop_counter import FlopCounterMode

from tests.backend.graph.building import nodes
from tests.backend.graph.random_graphs import random_graph


def batch(data, size, seed):
    draws = torch.Generator().manual_seed(seed)
    if data.input_is_index:
        return torch.randint(0, data.num_tokens, (size, *data.input_shape), generator=draws)
    return torch.randn(size, *data.input_shape, generator=draws)


@pytest.mark.parametrize("seed", range(200))
def test_checked_is_built(seed):
    specs, data = random_graph(seed)
    result, plan = check(nodes(*specs), data, smallest_batch=4)
    assert result.ok, (specs, result.problems)
    net = compile_network(plan, init=InitSpec(scheme="xavier_normal"), seed=seed)
    x = batch(data, 4, seed)
    with net.recording() as record:
        out = net(x)
    for node in result.nodes:
        assert list(record.outputs[node.id].shape) == [4, *node.output_shape], (specs, node)
        parameters = {name: list(value.shape) for name, value in net.layers[node.id].named_parameters()}
        assert parameters == node.parameter_shapes
        assert node.parameters == sum(value.numel() for value in net.layers[node.id].parameters())
        assert [list(value.shape[1:]) for value in record.inputs[node.id]] == node.input_shapes
    assert result.totals.parameters == sum(value.numel() for value in net.parameters())
    out.square().mean().backward()
    unused = {problem.node for problem in result.problems if problem.code == "unused_node"}
    assert unused or all(value.grad is not None for value in net.parameters())
    assert all(value.grad is None or torch.isfinite(value.grad).all() for value in net.parameters())
    net.eval()
    with torch.no_grad():
        assert net(x[:1]).shape == (1, 3)


def test_the_graphs_are_of_many_kinds():
    kinds = {spec["kind"] for seed in range(200) for spec in random_graph(seed)[0]}
    assert kinds == {kind.kind for kind in REGISTRY}
    branched = [seed for seed in range(200) if any(len(spec.get("inputs", [])) > 1 for spec in random_graph(seed)[0])]
    assert len(branched) > 50


def has_no_recurrent(seed):
    return not {spec["kind"] for spec in random_graph(seed)[0]} & {"rnn", "lstm", "gru"}


@pytest.mark.parametrize("seed", list(filter(has_no_recurrent, range(200)))[:40])
def test_multiply_adds_agree_with_pytorch_s_counter(seed):
    """PyTorch counts two operations for a multiply-add, in matrix products and convolutions; here two samples."""
    specs, data = random_graph(seed)
    result, plan = check(nodes(*specs), data)
    net = compile_network(plan, init=InitSpec(scheme="xavier_normal"), seed=seed)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(batch(data, 2, seed))
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
