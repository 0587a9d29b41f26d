"""What the check says of right graphs: names, shapes, parameters, multiply-adds, memory; all computed by hand."""

import pytest
from layerlab.graph.check import check

from tests.backend.graph.building import LENET, checked, facts, nodes


def test_lenet_has_the_numbers_of_the_paper_trail():
    result = checked(LENET, facts((1, 28, 28)))
    assert result.ok
    assert result.problems == []
    assert result.totals.parameters == 1_256_080
    assert result.totals.multiply_adds == 6_522_000
    by_id = {node.id: node for node in result.nodes}
    assert [node.output_shape for node in result.nodes] == [
        [20, 28, 28], [20, 28, 28], [20, 14, 14], [50, 14, 14], [50, 14, 14], [50, 7, 7], [2450], [500], [500], [10]
    ]  # fmt: skip
    assert by_id["conv1"].parameters == 20 * 25 + 20
    assert by_id["conv2"].parameter_shapes == {"weight": [50, 20, 5, 5], "bias": [50]}
    assert by_id["conv2"].multiply_adds == 14 * 14 * 50 * 25 * 20
    assert by_id["fc1"].multiply_adds == 2450 * 500
    assert by_id["pool1"].multiply_adds == 0
    assert by_id["conv1"].memory_bytes == 4 * (520 + 20 * 28 * 28)
    assert result.totals.memory_bytes == sum(node.memory_bytes for node in result.nodes)


def test_ten_filters_on_a_colour_image():
    specs = [{"kind": "conv2d", "out_channels": 10, "kernel_size": 5, "padding": 2}]
    result = checked(specs, facts((3, 32, 32), output=(10, 32, 32)))
    assert result.ok
    assert result.totals.parameters == 760
    assert result.totals.multiply_adds == 768_000


# fields of one node, input, output, parameters, multiply-adds
ONE_NODE = [
    ({"kind": "linear", "out_features": 3}, (5,), (3,), 18, 15),
    ({"kind": "linear", "out_features": 3, "bias": False}, (4, 5), (4, 3), 15, 60),
    ({"kind": "conv2d", "out_channels": 4, "kernel_size": [3, 2], "stride": 2}, (2, 9, 8), (4, 4, 4), 52, 768),
    (
        {"kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": "same", "groups": 4},
        (4, 6, 6),
        (8, 6, 6),
        80,
        8 * 36 * 9,
    ),
    ({"kind": "conv2d", "out_channels": 1, "kernel_size": 3, "dilation": 3}, (1, 9, 8), (1, 3, 2), 10, 54),
    ({"kind": "batch_norm"}, (6, 4, 4), (6, 4, 4), 12, 0),
    ({"kind": "batch_norm"}, (7, 6), (7, 6), 12, 0),
    ({"kind": "layer_norm"}, (6, 4, 4), (6, 4, 4), 192, 0),
    ({"kind": "layer_norm"}, (7, 6), (7, 6), 12, 0),
    ({"kind": "group_norm", "num_groups": 3}, (6, 4, 4), (6, 4, 4), 12, 0),
    ({"kind": "instance_norm", "affine": True}, (6, 4, 4), (6, 4, 4), 12, 0),
    ({"kind": "rnn", "hidden_size": 5}, (7, 3), (5,), 5 * 3 + 25 + 10, 7 * 5 * 8),
    ({"kind": "lstm", "hidden_size": 5}, (7, 3), (5,), 4 * (15 + 25 + 10), 7 * 4 * 5 * 8),
    (
        {"kind": "gru", "hidden_size": 5, "num_layers": 2, "bidirectional": True, "output": "sequence"},
        (7, 3),
        (7, 10),
        2 * 3 * (15 + 25 + 10) + 2 * 3 * (50 + 25 + 10),
        7 * 2 * 3 * 5 * (8 + 15),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "given", "shape", "parameters", "multiply_adds"), ONE_NODE)
def test_one_node_by_hand(spec, given, shape, parameters, multiply_adds):
    result = checked([spec], facts(given, output=shape))
    assert result.problems == []
    (node,) = result.nodes
    assert tuple(node.output_shape) == shape
    assert node.parameters == parameters
    assert node.multiply_adds == multiply_adds


def test_pools_by_hand():
    pool = {"kind": "max_pool2d", "kernel_size": 3, "stride": 2, "padding": 1}
    result = checked([pool, {**pool, "ceil_mode": True}, {"kind": "flatten"}], facts((1, 8, 10), output=6))
    # (8 − 3 + 2)/2 + 1 = 4 and (10 − 3 + 2)/2 + 1 = 5; then 2.5 and 3, rounded up: 3 and 3.
    assert [node.output_shape for node in result.nodes] == [[1, 4, 5], [1, 3, 3], [9]]


def test_embedding_takes_the_number_of_tokens_from_the_data():
    data = facts((6,), output=2, input_is_index=True, num_tokens=11, input_kind="sequence")
    specs = [{"kind": "embedding", "embedding_dim": 4}, {"kind": "lstm", "hidden_size": 3}]
    result = checked([*specs, {"kind": "linear", "out_features": 2}], data)
    assert result.ok
    assert [node.output_shape for node in result.nodes] == [[6, 4], [3], [2]]
    assert result.nodes[0].parameters == 44
    assert result.nodes[0].multiply_adds == 0


def test_names_are_made_from_kind_and_count():
    specs = [
        {"kind": "linear", "out_features": 4},
        {"kind": "relu"},
        {"id": "linear_2", "kind": "linear", "out_features": 4},
        {"kind": "relu"},
        {"kind": "dense", "out_features": 10},
    ]
    result = checked(specs, facts((5,)))
    assert result.ok
    assert [node.id for node in result.nodes] == ["linear_1", "relu_1", "linear_2", "relu_2", "linear_3"]
    assert result.nodes[-1].kind == "linear"
    assert [node.inputs for node in result.nodes] == [["input"], ["linear_1"], ["relu_1"], ["linear_2"], ["relu_2"]]


def test_any_order_is_right_as_long_as_nothing_depends_on_itself():
    specs = [
        {"id": "answer", "kind": "linear", "out_features": 10, "inputs": ["sum"]},
        {"id": "sum", "kind": "add", "inputs": ["left", "right"]},
        {"id": "right", "kind": "tanh", "inputs": ["left"]},
        {"id": "left", "kind": "linear", "out_features": 6, "inputs": ["input"]},
    ]
    result, plan = check(nodes(*specs), facts((5,)))
    assert result.problems == []
    assert [node.id for node in result.nodes] == ["answer", "sum", "right", "left"]
    assert [node.id for node in plan.nodes] == ["left", "right", "sum", "answer"]
    assert plan.output == "answer"


def test_a_name_of_pytorch_is_a_fine_name_for_a_node():
    specs = [{"id": name, "kind": "relu"} for name in ("keys", "float", "forward", "training", "type")]
    result = checked([*specs, {"id": "values", "kind": "linear", "out_features": 10}], facts((5,)))
    assert result.ok


@pytest.mark.parametrize(
    ("shape", "fields"), [((2,), {"input_kind": "points"}), ((4,), {}), ((6, 3), {}), ((1, 8, 8), {})]
)
def test_any_data_will_do(shape, fields):
    result = checked([{"kind": "flatten"}, {"kind": "linear", "out_features": 10}], facts(shape, **fields))
    assert result.ok


def test_regression_asks_for_its_targets():
    data = facts((3,), output=2, task="regression")
    assert checked([{"kind": "linear", "out_features": 2}], data).ok
    (problem,) = checked([{"kind": "linear", "out_features": 1}], data).problems
    assert problem.message == "linear_1 gives 1 number, and Made has 2 targets."


def test_a_loss_that_wants_one_number_is_told_so():
    data = facts((3,), output=1, class_names=["no", "yes"])
    (problem,) = checked([{"kind": "linear", "out_features": 2}], data).problems
    assert problem.message == "linear_1 gives 2 numbers, and the loss wants 1."
    assert problem.mend.value == 1
