"""The network: values as by hand, recordings, live changes, and what a checkpoint needs."""

import pytest
import torch
from layerlab.errors import BatchTooSmall, SpecError
from torch import nn

from tests.backend.graph.building import LENET, facts, network

DIAMOND = [
    {"id": "answer", "kind": "linear", "out_features": 3, "inputs": ["join"]},
    {"id": "join", "kind": "concat", "inputs": ["left", "right", "input"]},
    {"id": "left", "kind": "tanh", "inputs": ["first"]},
    {"id": "right", "kind": "relu", "inputs": ["first"]},
    {"id": "first", "kind": "linear", "out_features": 4, "inputs": ["input"]},
]


def test_forward_is_that_of_the_graph():
    net = network(DIAMOND, facts((5,), output=3))
    x = torch.randn(7, 5)
    first, answer = net.layers["first"], net.layers["answer"]
    hidden = nn.functional.linear(x, first.weight, first.bias)
    joined = torch.cat([hidden.tanh(), hidden.relu(), x], dim=1)
    assert torch.equal(net(x), nn.functional.linear(joined, answer.weight, answer.bias))


def test_the_answer_may_stand_anywhere_in_the_plan():
    specs = [
        {"id": "aside", "kind": "tanh", "inputs": ["body"]},
        {"id": "answer", "kind": "linear", "out_features": 3, "inputs": ["body"]},
        {"id": "body", "kind": "relu", "inputs": ["aside2"]},
        {"id": "aside2", "kind": "linear", "out_features": 4, "inputs": ["input"]},
    ]
    # "aside" and "answer" are both ends and "aside2" is last and read: unclear, so put the answer last.
    net = network([specs[0], specs[2], specs[3], specs[1]], facts((5,), output=3))
    assert net.plan.output == "answer"
    assert net(torch.randn(2, 5)).shape == (2, 3)


def test_parameters_are_named_by_node():
    net = network(LENET, facts((1, 28, 28)))
    names = [name for name, _ in net.named_parameters()]
    assert names[:2] == ["layers.conv1.weight", "layers.conv1.bias"]
    assert sum(parameter.numel() for parameter in net.parameters()) == 1_256_080


def test_names_of_pytorch_are_fine_for_nodes():
    words = ("keys", "float", "forward", "training", "type", "values")
    specs = [{"id": word, "kind": "linear", "out_features": 3} for word in words]
    net = network(specs, facts((5,), output=3))
    assert net(torch.randn(2, 5)).shape == (2, 3)
    assert set(net.state_dict()) == {f"layers.{word}.{part}" for word in words for part in ("weight", "bias")}
    other = network(specs, facts((5,), output=3), seed=1)
    other.load_state_dict(net.state_dict())
    x = torch.randn(2, 5)
    assert torch.equal(other(x), net(x))
    net.double()
    assert net(x.double()).dtype == torch.float64


class TestRecording:
    @pytest.mark.parametrize("mode", ["train", "eval"])
    def test_holds_what_every_node_read_and_gave(self, mode):
        net = network(DIAMOND, facts((5,), output=3))
        net.train(mode == "train")
        x = torch.randn(7, 5)
        with net.recording() as record:
            out = net(x)
        assert set(record.outputs) == {"input", "first", "left", "right", "join", "answer"}
        assert torch.equal(record.outputs["input"], x)
        assert torch.equal(record.outputs["answer"], out)
        assert torch.equal(record.outputs["left"], record.outputs["first"].tanh())
        assert [tuple(value.shape) for value in record.inputs["join"]] == [(7, 4), (7, 4), (7, 5)]
        assert torch.equal(record.inputs["join"][1], record.outputs["right"])
        assert not any(value.requires_grad for value in record.outputs.values())
        assert not any(value.requires_grad for values in record.inputs.values() for value in values)

    def test_keeps_the_latest_pass_and_stops_at_the_end(self):
        net = network(DIAMOND, facts((5,), output=3))
        x, y = torch.randn(7, 5), torch.randn(2, 5)
        with net.recording() as record:
            net(x)
            net(y)
        net(x)
        assert torch.equal(record.outputs["input"], y)

    def test_a_recording_inside_another_leaves_the_outer_as_it_was(self):
        net = network(DIAMOND, facts((5,), output=3))
        x, y = torch.randn(7, 5), torch.randn(2, 5)
        with net.recording() as outer:
            net(x)
            with net.recording() as inner:
                net(y)
        assert torch.equal(outer.outputs["input"], x)
        assert torch.equal(inner.outputs["input"], y)

    def test_changes_nothing(self):
        specs = [
            {"kind": "conv2d", "out_channels": 4, "kernel_size": 3},
            {"kind": "batch_norm"},
            {"kind": "relu"},
            {"kind": "dropout"},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 10},
        ]
        watched, alone = (network(specs, facts((1, 8, 8)), seed=3) for _ in range(2))
        for step in range(5):
            x = torch.randn(6, 1, 8, 8, generator=torch.Generator().manual_seed(step))
            with watched.recording():
                watched(x).square().sum().backward()
            alone(x).square().sum().backward()
            for net in (watched, alone):
                with torch.no_grad():
                    for parameter in net.parameters():
                        parameter -= 0.01 * parameter.grad
                        parameter.grad = None
        for name, value in watched.state_dict().items():
            assert torch.equal(value, alone.state_dict()[name]), name


class TestLiveChanges:
    SPECS = [
        {"kind": "linear", "out_features": 6},
        {"kind": "batch_norm"},
        {"kind": "dropout", "p": 0.25},
        {"kind": "linear", "out_features": 3},
    ]

    def make(self, seed=0):
        return network(self.SPECS, facts((5,), output=3), seed=seed)

    def test_acts_at_the_next_pass(self):
        net = self.make()
        assert net.live_fields() == {"batch_norm_1": {"momentum": 0.1}, "dropout_1": {"p": 0.25}}
        after = net.change("dropout_1", {"p": 0.0})
        net.change("batch_norm_1", {"momentum": 1.0})
        assert after.p == 0.0
        assert net.params("dropout_1") == after
        assert net.live_fields() == {"batch_norm_1": {"momentum": 1.0}, "dropout_1": {"p": 0.0}}
        with net.recording() as record:
            net(torch.randn(8, 5))
        assert torch.equal(record.outputs["dropout_1"], record.inputs["dropout_1"][0])
        mean = record.inputs["batch_norm_1"][0].mean(0)
        assert torch.allclose(net.layers["batch_norm_1"].running_mean, mean, atol=1e-6)

    @pytest.mark.parametrize(
        ("node", "fields", "code", "path"),
        [
            ("dropout_1", {"p": 1.5}, "invalid_field", "nodes.dropout_1.p"),
            ("dropout_1", {"q": 0.5}, "unknown_field", "nodes.dropout_1.q"),
            ("batch_norm_1", {"eps": 0.1}, "not_live", "nodes.batch_norm_1.eps"),
            ("dropout_2", {"p": 0.5}, "unknown_node", "nodes.dropout_2"),
        ],
    )
    def test_refusals_change_nothing(self, node, fields, code, path):
        net = self.make()
        before = net.live_fields()
        with pytest.raises(SpecError) as caught:
            net.change(node, fields)
        (problem,) = caught.value.problems()
        assert (problem.code, problem.path) == (code, path)
        assert net.live_fields() == before

    def test_generators_carry_the_masks_over_a_checkpoint(self):
        first, second = self.make(), self.make()
        assert list(first.generators()) == ["dropout_1"]
        x = torch.randn(8, 5)
        first(x)
        state = {name: generator.get_state() for name, generator in first.generators().items()}
        expected = first(x)
        for name, generator in second.generators().items():
            generator.set_state(state[name])
        assert torch.equal(second(x), expected)

    def test_a_batch_of_one_is_explained_at_the_node(self):
        net = self.make()
        with pytest.raises(BatchTooSmall) as caught:
            net(torch.randn(1, 5))
        assert caught.value.place == "batch_norm_1"
        assert "at least 2 samples" in str(caught.value)
        net.eval()
        assert net(torch.randn(1, 5)).shape == (1, 3)
