"""The work of a recorded step where it lies on another device: nothing goes between the two, and nothing is waited for.

A card records neither a copy from the host nor what waits for its numbers, so this is what can be seen of recording
without a card; see also ``tape``.
"""

import pytest
import torch
from layerlab import losses
from layerlab.graph.check import check
from layerlab.graph.compile import compile_network
from layerlab.graph.network import Network
from layerlab.optimizers import REGISTRY
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.choice import choose
from layerlab.training.engines.compiled import CompiledStep
from layerlab.training.engines.functional import PureStep
from layerlab.training.engines.graphed import Graphs
from layerlab.training.engines.refusal import refusal
from layerlab_schemas.graph import InitSpec
from layerlab_schemas.run import KindSpec, RegularizationSpec, RunSpec
from torch import nn

from tests.backend.card import CARD, Traffic, card
from tests.backend.graph.building import nodes
from tests.backend.graph.random_graphs import random_batch, random_graph
from tests.backend.training.engines.stepping import pure_step
from tests.backend.training.engines.test_functional import SPECS
from tests.backend.training.engines.test_graphed import LIMITS, PURE, TEMPLATES
from tests.backend.training.engines.test_templates import EAGER
from tests.backend.training.specs import plane

NOTHING = Traffic()
OPTIMIZERS = {
    f"{kind} {name}": plane(optimizer=REGISTRY.get(kind).example, regularization=limits)
    for kind in PURE
    for name, limits in {"plain": {}, "limited": LIMITS}.items()
}


def to_card(network: Network) -> None:
    for part in network.modules():
        for name, weight in part._parameters.items():
            if weight is not None:
                moved = weight.detach().contiguous().to(CARD)
                part._parameters[name] = nn.Parameter(moved, requires_grad=weight.requires_grad)
        for name, buffer in part._buffers.items():
            part._buffers[name] = None if buffer is None else buffer.to(CARD)


class Watching:
    """A recorder that does the work itself each time, and keeps what it moved between the devices."""

    def __init__(self, traffic: Traffic) -> None:
        self.seen: list[Traffic] = []
        self._traffic = traffic

    def __call__(self, work):
        self._traffic.clear()
        work()
        self.seen.append(self._traffic.copy())
        return work


def blocks(made: Assembly, size: int, device: torch.device):
    """What two blocks told, the traffic of recording, and that of the second block."""
    chosen = made.trainer.settings.optimizer
    samples_kb = (torch.arange(12 * size) % made.data.num_train).view(12, size)
    with card() as traffic:
        inputs, targets = made.data.train_inputs.contiguous(), made.data.train_targets
        if device == CARD:
            to_card(made.network)
        inputs, targets, samples_kb = inputs.to(device), targets.to(device), samples_kb.to(device)
        step, watching = pure_step(made, is_compiled=False), Watching(traffic)
        optimizer = chosen.kind.build(chosen.params, [one for one in made.network.parameters() if one.requires_grad])
        graphs = Graphs(step, made.network, [size], inputs=inputs, targets=targets, record=watching)
        engine = CompiledStep(graphs, step, made.network, optimizer)
        told = [engine.run(samples_kb[:5], [0.01] * 5)]
        traffic.clear()
        told.append(engine.run(samples_kb[5:], [0.02] * 7))
        moved = traffic.copy()
        engine.undo()
        assert engine.run(samples_kb[5:], [0.02] * 7) == told[1]
        for state in optimizer.state.values():  # as PyTorch's kernels keep it that go weight by weight
            state |= {name: value.cpu() for name, value in state.items() if name in ("step", "mu_product")}
        engine = CompiledStep(graphs, step, made.network, optimizer)
        told.append(engine.run(samples_kb[:3], [0.01] * 3))
    return told, watching.seen, moved


@pytest.mark.parametrize("name", [*SPECS, *OPTIMIZERS])
def test_blocks_are_the_same_there_with_one_copy_of_rates_and_one_back(name):
    spec = (SPECS | OPTIMIZERS)[name]
    expected, _, _ = blocks(assemble(spec), spec.data.batch_size, torch.device("cpu"))
    found, seen, moved = blocks(assemble(spec), spec.data.batch_size, CARD)
    assert found == expected
    assert seen == [NOTHING]
    assert moved == Traffic(there=[(7,)], back=[(3, 7)])


@pytest.mark.parametrize("name", sorted(TEMPLATES.keys() - EAGER))
def test_the_step_of_a_template_moves_nothing(name):
    training = TEMPLATES[name].training.model_copy(update={"engine": "eager"})
    made = assemble(RunSpec.model_validate(TEMPLATES[name].model_copy(update={"training": training})))
    step = pure_step(made, is_compiled=False)
    assert recorded(step, made.network, made.data.train_inputs, made.data.train_targets, 4) == [NOTHING]


def recorded(step: PureStep, network: Network, inputs: torch.Tensor, targets: torch.Tensor, size: int) -> list[Traffic]:
    with card() as traffic:
        to_card(network)
        watching = Watching(traffic)
        inputs, targets = inputs.contiguous().to(CARD), targets.to(CARD)
        Graphs(step, network, [size], inputs=inputs, targets=targets, record=watching)
    return watching.seen


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_no_layer_that_is_not_refused_moves_anything(start):
    loss = choose(losses.REGISTRY, KindSpec(kind="mse"), path="loss")
    optimizer = choose(REGISTRY, KindSpec(kind="adam"), path="optimizer")
    num_seen = 0
    for seed in range(start, start + 50):
        specs, data = random_graph(seed)
        _, plan = check(nodes(*specs), data, smallest_batch=3)
        network = compile_network(plan, init=InitSpec(scheme="xavier_normal"), seed=seed)
        inputs, targets = random_batch(data, 6, seed), torch.randn(6, *data.output_shape)
        if data.padding_token is not None or is_refused(network):
            continue
        num_seen += 1
        step = PureStep(network, loss, optimizer, RegularizationSpec(l2=0.1), is_compiled=False)
        assert recorded(step, network, inputs, targets, 3) == [NOTHING], specs
    assert num_seen > 10


def is_refused(network: Network) -> bool:
    """For one of its nodes."""
    made = assemble(plane())
    return refusal(network, made.data, made.trainer.settings.optimizer, (), torch.device("cuda")) is not None
