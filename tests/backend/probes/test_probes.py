import hashlib

import pytest
import torch
from layerlab import probes
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec

from tests.backend.probes.watching import (
    array,
    context_of,
    evaluated,
    last,
    measure,
    spec,
    watched,
)


@pytest.fixture(scope="module")
def trained():
    return last(spec())


def weights_digest(network):
    digest = hashlib.sha256()
    for value in network.state_dict().values():
        digest.update(value.contiguous().numpy().tobytes())
    return digest.hexdigest()


def test_watching_changes_nothing():
    """Losses, weights, running statistics and the generators' states are equal bit for bit (P22)."""
    watched_losses, network = [], None
    for assembly, context, loss in watched(spec()):
        for probe in probes.REGISTRY:
            probe.measure(context)
        watched_losses.append(loss)
        network = assembly.network
    alone = assemble(spec())
    losses = [report.loss for report in alone.trainer.steps()]
    assert losses == watched_losses
    assert weights_digest(alone.network) == weights_digest(network)
    for name, generator in alone.network.generators().items():
        assert torch.equal(generator.get_state(), network.generators()[name].get_state())


@pytest.mark.parametrize("node", ["conv", "norm", "relu", "hidden", "tanh", "logits"])
def test_activations_are_those_of_the_modules_run_by_hand(trained, node):
    assembly, context = trained
    frame = measure("activations", context)
    assert (frame.split, frame.mode, frame.num_samples, frame.step) == ("validation", "eval", 64, 6)
    item = next(item for item in frame.items if item.node == node)
    exact = evaluated(assembly, node).double()
    assert item.mean == pytest.approx(float(exact.mean()), abs=1e-6)
    assert item.std == pytest.approx(float(exact.std(correction=0)), abs=1e-6)
    assert item.zeros == pytest.approx(float((exact == 0).double().mean()))
    assert (item.saturated is not None) == (node == "tanh")
    assert (item.dead is not None) == (node == "relu")


def test_layers_that_pass_on_are_left_out(trained):
    _, context = trained
    assert [item.node for item in measure("activations", context).items] == [
        "conv", "norm", "relu", "max_pool2d_1", "hidden", "tanh", "logits",
    ]  # fmt: skip


def test_weights_and_their_gradients(trained):
    assembly, context = trained
    weights, gradients = measure("weights", context), measure("weight_gradients", context)
    named = [(node.id, name) for node in assembly.plan.nodes
             for name, _ in assembly.network.layers[node.id].named_parameters()]  # fmt: skip
    assert [(item.node, item.parameter) for item in weights.items] == named
    assert [(item.node, item.parameter) for item in gradients.items] == named
    assert weights.split is None
    assert (gradients.split, gradients.mode, gradients.num_samples) == ("train", "train", 32)
    kernel = assembly.network.layers["conv"].weight
    assert weights.items[0].mean == pytest.approx(float(kernel.detach().double().mean()), abs=1e-9)
    assert gradients.items[0].max == pytest.approx(float(kernel.grad.max()))


def test_filters_are_the_weights_of_the_first_convolution(trained):
    assembly, context = trained
    (item,) = measure("filters", context).items
    kernel = assembly.network.layers["conv"].weight.detach()
    assert (array(item.images) == kernel.numpy()).all()
    assert item.high == -item.low == pytest.approx(float(kernel.abs().max()))
    assert (item.node, item.total, item.signed) == ("conv", 6, True)


def test_norm_statistics_are_those_of_the_training_batch():
    """The running statistics follow from the batch's by PyTorch's own rule, which checks both."""
    before, momentum = None, 0.1
    for assembly, context, _ in watched(spec()):
        norm = assembly.network.layers["norm"]
        if context.step == 0:
            assert measure("norm_statistics", context) is None
            before = (norm.running_mean.clone().numpy(), norm.running_var.clone().numpy())
            continue
        frame = measure("norm_statistics", context)
        (item,) = frame.items
        assert (array(item.running_mean) == norm.running_mean.numpy()).all()
        assert (array(item.weight) == norm.weight.detach().numpy()).all()
        assert (frame.split, frame.mode, frame.num_samples, item.axes) == ("train", "train", 32, "N, H, W")
        n = 32 * 8 * 8
        mean = (1 - momentum) * before[0] + momentum * array(item.batch_mean)
        variance = (1 - momentum) * before[1] + momentum * array(item.batch_var) * n / (n - 1)
        assert mean == pytest.approx(norm.running_mean.numpy(), rel=1e-4, abs=1e-6)
        assert variance == pytest.approx(norm.running_var.numpy(), rel=1e-4, abs=1e-6)
        before = (norm.running_mean.clone().numpy(), norm.running_var.clone().numpy())


@pytest.mark.parametrize(
    ("norm", "axes", "expected"),
    [
        ({"kind": "layer_norm"}, "C, H, W", lambda x: x.mean((1, 2, 3)).mean(0, keepdim=True)),
        ({"kind": "instance_norm"}, "H, W", lambda x: x.mean((2, 3)).mean(0)),
        ({"kind": "group_norm", "num_groups": 2}, "C / groups, H, W",
         lambda x: x.unflatten(1, (2, 3)).mean((2, 3, 4)).mean(0)),
    ],
)  # fmt: skip
def test_norms_of_single_samples_give_the_mean_over_them(norm, axes, expected):
    graph = [
        {"id": "conv", "kind": "conv2d", "out_channels": 6, "kernel_size": 3},
        {"id": "norm", **norm},
        {"kind": "flatten"},
        {"kind": "linear", "out_features": 10},
    ]
    _, context = last(spec(graph))
    (item,) = measure("norm_statistics", context).items
    read = context.batch.inputs["norm"][0]
    assert item.axes == axes
    assert array(item.batch_mean) == pytest.approx(expected(read).numpy(), rel=1e-4, abs=1e-6)
    assert item.running_mean is None


def test_feature_maps_show_one_sample_on_its_way(trained):
    assembly, context = trained
    frame = measure("feature_maps", context)
    data, sample = assembly.data, 4
    items = {item.node: item for item in frame.items}
    assert list(items) == ["input", *(node.id for node in assembly.plan.nodes)]
    assert (array(items["input"].images)[0] == data.validation_raw[sample].numpy()).all()
    assert array(items["conv"].images).shape == (6, 1, 8, 8)
    assert array(items["hidden"].images).shape == (16, 1, 1, 1)
    assembly.network.eval()
    with torch.no_grad():
        shares = assembly.network(data.validation_inputs[sample : sample + 1]).softmax(1)[0]
    assembly.network.train()
    assert frame.sample.index == sample
    assert frame.sample.label == str(int(data.validation_targets[sample]))
    assert frame.sample.prediction == str(int(shares.argmax()))
    assert frame.sample.probability == pytest.approx(float(shares.max()), abs=1e-6)
    assert not items["relu"].signed
    assert items["logits"].signed


def test_confusion_counts_every_validation_sample(trained):
    assembly, context = trained
    frame = measure("confusion", context)
    counts = array(frame.items[0].values)
    data = assembly.data
    assembly.network.eval()
    with torch.no_grad():
        predicted = assembly.network(data.validation_inputs).argmax(1)
    assembly.network.train()
    for true in range(10):
        for guess in range(10):
            exact = int(((data.validation_targets == true) & (predicted == guess)).sum())
            assert counts[true, guess] == exact
    assert frame.num_samples == counts.sum() == data.num_validation


def test_the_decision_surface_is_the_network_on_a_grid():
    graph = [{"kind": "linear", "out_features": 8}, {"kind": "tanh"}, {"kind": "linear", "out_features": 2}]
    assembly, context = last(spec(graph, "spiral"))
    frame = measure("decision_surface", context)
    (item,) = frame.items
    values = array(item.values)
    assert values.shape == (2, 97, 97)
    assert values.sum(0) == pytest.approx(1, abs=1e-5)
    x = item.x[0] + (item.x[1] - item.x[0]) * 50 / 96
    y = item.y[0] + (item.y[1] - item.y[0]) * 10 / 96
    assembly.network.eval()
    with torch.no_grad():
        exact = assembly.network(assembly.data.preprocessing.apply(torch.tensor([[x, y]]))).softmax(1)[0]
    assert values[:, 10, 50] == pytest.approx(exact.numpy(), abs=1e-4)
    raw = assembly.data.train_raw
    assert item.x[0] < raw[:, 0].min()
    assert raw[:, 1].max() < item.y[1]


def test_a_probe_that_does_not_apply_says_nothing():
    graph = [{"kind": "linear", "out_features": 2}]
    _, context = last(spec(graph, "spiral"))
    assert measure("filters", context) is None
    assert measure("norm_statistics", context) is None
    _, image_context = last(spec([{"kind": "flatten"}, {"kind": "linear", "out_features": 10}]))
    assert measure("decision_surface", image_context) is None


@pytest.mark.parametrize("graph", [
    [{"kind": "embedding", "embedding_dim": 4}, {"kind": "lstm", "hidden_size": 5, "output": "sequence"},
     {"kind": "gru", "hidden_size": 6}, {"kind": "linear", "out_features": 2}],
])  # fmt: skip
def test_sequences_are_shown_as_units_over_time(graph):
    run = spec(graph, "parity")
    run = RunSpec.model_validate(
        run.model_dump() | {"data": {"dataset": "parity", "params": {"encoding": "token"}, "batch_size": 32}}
    )
    assembly, context = last(run)
    items = {item.node: item for item in measure("feature_maps", context).items}
    steps = assembly.data.facts.input_shape[0]
    assert array(items["lstm_1"].images).shape == (1, 1, 5, steps)
    assert array(items["gru_1"].images).shape == (6, 1, 1, 1)


@pytest.mark.parametrize("probe", list(probes.REGISTRY), ids=lambda probe: probe.kind)
def test_each_applies_to_its_example(probe):
    run = RunSpec.model_validate({**probe.example, "training": {"max_steps": 1}})
    *_, (_, context, _) = watched(run)
    assert probe.measure(context) is not None


def test_before_the_first_batch_all_but_what_needs_one_can_be_seen():
    assembly = assemble(spec(max_steps=0))
    list(assembly.trainer.steps())
    context = context_of(assembly)
    seen = {probe.kind for probe in probes.REGISTRY if probe.measure(context) is not None}
    assert seen == {"activations", "weights", "filters", "feature_maps", "pixel_arithmetic"}
