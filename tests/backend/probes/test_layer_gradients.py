"""Gradients with respect to activations, their norms, and updates, against PyTorch's autograd and its optimizers."""

import math

import pytest
import torch
from layerlab import probes
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec

from tests.backend.probes.watching import NET, array, context_of, measure, spec, watched

TOKENS = {"dataset": "parity", "params": {"encoding": "token", "shortest": 4, "samples": 60}}
EMBED = {"id": "embedding", "kind": "embedding", "embedding_dim": 4}
NETS = {
    "conv": ({"dataset": "digits"}, NET, {"kind": "adam"}),
    "two readers": (
        {"dataset": "digits"},
        [
            {"kind": "flatten"}, {"id": "a", "kind": "linear", "out_features": 8},
            {"id": "b", "kind": "linear", "out_features": 8}, {"id": "sum", "kind": "add", "inputs": ["a", "b"]},
            {"id": "scores", "kind": "linear", "out_features": 10},
        ],
        {"kind": "sgd"},
    ),
    "recurrent": (TOKENS, [EMBED, {"id": "lstm", "kind": "lstm", "hidden_size": 4},
                           {"id": "scores", "kind": "linear", "out_features": 1}], {"kind": "sgd"}),
    "attention": (
        TOKENS,
        [EMBED, {"id": "attend", "kind": "multi_head_attention", "num_heads": 2}, {"kind": "global_avg_pool"},
         {"id": "scores", "kind": "linear", "out_features": 1}],
        {"kind": "muon"},
    ),
    "gd": ({"dataset": "iris"}, [{"id": "h", "kind": "linear", "out_features": 6}, {"kind": "relu"},
                                 {"id": "scores", "kind": "linear", "out_features": 3}], {"kind": "gd"}),
    "lbfgs": ({"dataset": "iris"}, [{"id": "h", "kind": "linear", "out_features": 6}, {"kind": "tanh"},
                                    {"id": "scores", "kind": "linear", "out_features": 3}],
              {"kind": "lbfgs", "max_iter": 4}),
}  # fmt: skip


def body(name: str) -> RunSpec:
    data, graph, optimizer = NETS[name]
    loss = {"kind": "bce"} if data is TOKENS else None
    training = {"max_steps": 3, "epochs": None, "seed": 2}
    return RunSpec.model_validate(
        {"data": data, "graph": graph, "optimizer": optimizer, "loss": loss, "training": training}
    )


@pytest.fixture(scope="module", params=NETS)
def stepped(request):
    """A run after 3 steps, the gradients that PyTorch retained at each node, and the weights before the last step."""
    run = body(request.param)
    assembly = assemble(run)
    outputs: dict[str, torch.Tensor] = {}

    def keep(node: str):
        def hook(_module, _inputs, output):
            value = output[0] if isinstance(output, tuple) else output
            if value.requires_grad:
                value.retain_grad()
                outputs[node] = value

        return hook

    with assembly.network.recording() as recording:
        steps = assembly.trainer.steps()
        next(steps), next(steps), next(steps)
        for node, module in assembly.network.layers.items():
            module.register_forward_hook(keep(node))
        before = {weight: weight.detach().clone() for weight in assembly.network.parameters()}
        next(steps)
    return assembly, context_of(assembly, recording, before=before), outputs


def test_activation_gradients_are_those_that_autograd_retains(stepped):
    _, context, outputs = stepped
    frame = measure("activation_gradients", context)
    assert (frame.split, frame.mode, frame.num_samples) == ("train", "train", len(context.batch.outputs["input"]))
    assert {item.node for item in frame.items} >= {"scores"} & set(outputs)
    for item in frame.items:
        exact = outputs[item.node].grad
        assert torch.equal(context.batch.gradients[item.node], exact)
        assert (item.min, item.max) == (float(exact.min()), float(exact.max()))
        assert item.mean == pytest.approx(float(exact.double().mean()), abs=1e-12)
        assert item.std == pytest.approx(float(exact.double().std(correction=0)), rel=1e-6, abs=1e-12)


def test_norms_by_depth(stepped):
    assembly, context, outputs = stepped
    (item,) = measure("gradient_norms", context).items
    nodes = [node.id for node in assembly.plan.nodes if list(assembly.network.layers[node.id].parameters())]
    assert item.x_names == nodes
    weights, activations = (array(series.y) for series in item.series)
    for place, node in enumerate(nodes):
        gradients = [weight.grad.flatten() for weight in assembly.network.layers[node].parameters()]
        assert weights[place] == pytest.approx(float(torch.cat(gradients).double().norm()), rel=1e-6)
        assert activations[place] == pytest.approx(float(outputs[node].grad.double().norm()), rel=1e-6)


def test_updates_are_the_change_of_the_weights(stepped):
    assembly, context, _ = stepped
    frame = measure("updates", context)
    named = {(node, name): weight for node, layer in assembly.network.layers.items()
             for name, weight in layer.named_parameters()}  # fmt: skip
    assert [(item.node, item.parameter) for item in frame.items] == list(named)
    for item in frame.items:
        weight = named[item.node, item.parameter]
        before = context.before[weight].double()
        change = weight.detach().double() - before
        assert item.max == pytest.approx(float(change.max()), abs=1e-7)
        assert item.std == pytest.approx(float(change.std(correction=0)), abs=1e-7)
        assert item.ratio == pytest.approx(float(change.norm() / before.norm()), rel=1e-4)


def test_the_gradient_of_the_whole_loss_by_hand():
    """Of a linear layer under cross-entropy, ∂L/∂logits is (softmax − one-hot) / N."""
    run = spec([{"kind": "flatten"}, {"id": "logits", "kind": "linear", "out_features": 10}], max_steps=2)
    assembly = assemble(run)
    with assembly.network.recording() as recording:
        steps = assembly.trainer.steps()
        next(steps)
        batch = assembly.trainer._sampler.upcoming()
        next(steps)
    targets = torch.nn.functional.one_hot(assembly.data.train_targets[batch], 10)
    exact = (recording.outputs["logits"].softmax(1) - targets) / 32
    torch.testing.assert_close(recording.gradients["logits"], exact, rtol=1e-5, atol=1e-8)


def test_a_weight_of_zeros_has_no_ratio_and_an_update_needs_the_weights_before():
    run = spec([{"kind": "flatten"}, {"id": "logits", "kind": "linear", "out_features": 10}], max_steps=1)
    run = run.model_copy(update={"optimizer": run.optimizer.model_copy(update={"kind": "sgd"})})
    assembly = assemble(run)
    torch.nn.init.zeros_(assembly.network.layers["logits"].bias)
    *_, (_, context, _) = watched_of(assembly)
    weight, bias = measure("updates", context).items
    assert weight.ratio is not None
    assert weight.ratio > 0
    assert bias.ratio is None
    assert bias.max != 0
    assert measure("updates", context_of(assembly)) is None
    assert measure("activation_gradients", context_of(assembly)) is None
    assert measure("gradient_norms", context_of(assembly)) is None


def watched_of(assembly):
    before = {weight: weight.detach().clone() for weight in assembly.network.parameters()}
    for report in assembly.trainer.steps():
        yield assembly, context_of(assembly, before=before if report.step else None), report.loss


def test_dead_units_are_counted_from_when_none_came_back():
    net = [{"kind": "flatten"}, {"id": "hidden", "kind": "linear", "out_features": 4}, {"id": "relu", "kind": "relu"},
           {"id": "logits", "kind": "linear", "out_features": 10}]  # fmt: skip
    assembly = assemble(spec(net, max_steps=1))
    bias, memory = assembly.network.layers["hidden"].bias, {}

    def look(step: int, dead: set[int]):
        with torch.no_grad():
            bias.copy_(torch.tensor([-1e4 if unit in dead else 1e4 for unit in range(4)]))
        context = context_of(assembly, memory=memory)
        context.step = step
        item = next(item for item in measure("activations", context).items if item.node == "relu")
        return item.dead, item.dead_since

    assert look(0, set()) == (0, None)
    assert look(5, {1}) == (0.25, 5)
    assert look(8, {1, 2}) == (0.5, 5)
    assert look(9, {1, 3}) == (0.5, 9)
    assert look(12, {1, 3}) == (0.5, 9)
    assert look(20, set()) == (0, None)
    assert look(30, {0}) == (0.25, 30)
    assert math.isclose(look(31, {0, 1, 2, 3})[0], 1.0)


def test_each_step_has_its_own_gradients():
    digests = set()
    for _, context, _ in watched(spec(max_steps=4)):
        frame = measure("activation_gradients", context)
        if frame is not None:
            digests.add(tuple(item.std for item in frame.items))
    assert len(digests) == 4


@pytest.mark.parametrize("name", NETS)
def test_looking_at_every_step_changes_no_bit(name):
    losses, network = [], None
    for assembly, context, loss in watched(body(name)):
        for probe in probes.REGISTRY:
            if probe.applies(assembly.plan):
                probe.measure(context)
        losses.append(loss)
        network = assembly.network
    alone = assemble(body(name))
    assert [report.loss for report in alone.trainer.steps()] == losses
    for (key, value), (_, other) in zip(alone.network.state_dict().items(), network.state_dict().items(), strict=True):
        assert torch.equal(value, other), key
