"""The doctor's look: its numbers are PyTorch's, and it leaves no trace."""

import torch
from layerlab.diagnoses.exam import NUM_SAMPLES, examine
from layerlab.training.assemble import assemble
from layerlab.training.state import weights_digest
from torch import nn
from torch.nn import functional

from tests.backend.runs_worker.specs import NET, spec

PLAIN = [
    {"kind": "flatten"},
    {"id": "first", "kind": "linear", "out_features": 24},
    {"id": "squashed", "kind": "tanh"},
    {"id": "second", "kind": "linear", "out_features": 12},
    {"id": "cut", "kind": "relu"},
    {"id": "last", "kind": "linear", "out_features": 10},
]


def test_the_numbers_are_those_of_pytorch():
    assembly = assemble(spec(PLAIN, max_steps=5))
    with torch.no_grad():
        assembly.network.layers["second"].bias.fill_(-1.0)
        assembly.network.layers["first"].weight.mul_(8)
    exam = examine(assembly, turn=0)
    assert exam is not None
    x, targets = assembly.data.train_inputs[:NUM_SAMPLES], assembly.data.train_targets[:NUM_SAMPLES]
    modules = [nn.Flatten(), *(nn.Linear(*size) for size in [(64, 24), (24, 12), (12, 10)])]
    for module, name in zip(modules[1:], ("first", "second", "last"), strict=True):
        module.load_state_dict(assembly.network.layers[name].state_dict())
    flatten, first, second, last = modules
    a = first(flatten(x))
    h = a.tanh()
    b = second(h)
    cut = b.relu()
    loss = functional.cross_entropy(last(cut), targets)
    for tensor in (a, h, b):
        tensor.retain_grad()
    loss.backward()
    assert exam.num_samples == len(x)
    assert exam.loss == torch.tensor(loss.item()).item()
    signs = exam.signs
    for node, tensor in {"first": a, "squashed": h, "second": b}.items():
        torch.testing.assert_close(signs[node].gradient, tensor.grad.norm().item(), rtol=1e-5, atol=0)
        torch.testing.assert_close(signs[node].std, tensor.detach().std(correction=0).item(), rtol=1e-5, atol=0)
    assert signs["squashed"].saturated == (h.abs() > 0.99).double().mean().item()
    assert 0 < signs["squashed"].saturated < 1
    assert torch.equal(signs["cut"].dead_u, (cut == 0).all(0))
    torch.testing.assert_close(signs["first"].weight, first.weight.norm().item(), rtol=1e-5, atol=0)
    torch.testing.assert_close(signs["first"].weight_gradient, first.weight.grad.norm().item(), rtol=1e-5, atol=0)
    norms = [module.weight.grad.norm() ** 2 for module in (first, second, last)]
    torch.testing.assert_close(exam.gradient, sum(norms).sqrt().item(), rtol=1e-5, atol=0)
    assert not any(one.is_alike for one in signs.values())


def test_it_leaves_no_trace():
    """Batch norm, dropout and gradients of the last step: all as before, and other samples at each turn."""
    assembly = assemble(spec(NET, max_steps=5))
    next(steps := assembly.trainer.steps())
    next(steps)
    network = assembly.network

    def everything() -> tuple:
        gradients = [weight.grad.clone() for weight in network.parameters()]
        draws = {node: generator.get_state() for node, generator in network.generators().items()}
        return weights_digest(network), gradients, draws, network.training

    before = everything()
    looks = [examine(assembly, turn=turn) for turn in range(2)]
    after = everything()
    assert before[0] == after[0]
    assert all(torch.equal(a, b) for a, b in zip(before[1], after[1], strict=True))
    assert all(torch.equal(before[2][node], after[2][node]) for node in before[2])
    assert network.training
    assert looks[0].loss != looks[1].loss
