"""The check of networks on clips: shapes, costs, fields, and the mends of what does not fit."""

import pytest
from layerlab.graph.check import check
from layerlab.graph.seen import seen_by
from layerlab_schemas.graph import NodeSpec

from tests.backend.graph.building import checked, facts, network, nodes

FRAMES = 6
CONVS = [
    {"id": "conv", "kind": "conv2d", "out_channels": 4, "kernel_size": 3},
    {"id": "norm", "kind": "batch_norm"},
    {"id": "pool", "kind": "max_pool2d", "kernel_size": 2},
    {"id": "block", "kind": "residual"},
]
CLIP = facts((FRAMES, 1, 16, 16))
IMAGE = facts((1, 16, 16))


def test_costs_are_those_of_an_image_times_the_frames():
    end = [{"kind": "flatten"}, {"kind": "linear", "out_features": 10}]
    on_clip, on_image = (checked(CONVS + end, data).nodes for data in (CLIP, IMAGE))
    for clip, image in zip(on_clip[:4], on_image[:4], strict=True):
        assert clip.output_shape == [FRAMES, *image.output_shape]
        assert clip.multiply_adds == FRAMES * image.multiply_adds
        assert clip.receptive_field == image.receptive_field
        assert clip.parameter_shapes == image.parameter_shapes
        assert clip.expected_std == image.expected_std
    assert on_clip[4].output_shape == [FRAMES * 4 * 7 * 7]
    assert on_clip[4].receptive_field is None


def test_places_see_the_same_pixels_of_each_frame():
    end = [{"kind": "flatten"}, {"id": "scores", "kind": "linear", "out_features": 10}]
    on_clip, on_image = (seen_by(network(CONVS + end, data)) for data in (CLIP, IMAGE))
    assert on_clip == on_image


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_a_recurrent_layer_gets_its_flatten(kind):
    graph = [*CONVS, {"id": "memory", "kind": kind, "hidden_size": 8}, {"kind": "linear", "out_features": 10}]
    (problem,) = checked(graph, CLIP).problems
    assert (problem.code, problem.node, problem.got) == ("needs_sequence", "memory", "6×4×7×7")
    assert problem.mend.field == "insert_before"
    mended = [*graph[:4], problem.mend.value, *graph[4:]]
    found = checked(mended, CLIP)
    assert found.ok, found.problems
    assert found.nodes[4].output_shape == [FRAMES, 4 * 7 * 7]
    assert found.nodes[5].output_shape == [8]


def test_a_linear_layer_is_told_that_it_reads_a_clip():
    (problem,) = checked([{"id": "scores", "kind": "linear", "out_features": 10}], CLIP).problems
    assert problem.code == "needs_flatten"
    assert "a clip 6×1×16×16" in problem.message
    tiny = checked([{"kind": "linear", "out_features": 10}], facts((FRAMES, 3, 1, 1)))
    assert [one.code for one in tiny.problems] == ["needs_flatten"]


def test_flatten_refuses_an_axis_that_is_not_there():
    graph = [{"id": "row", "kind": "flatten", "start_dim": 4}, {"kind": "linear", "out_features": 10}]
    (problem,) = checked(graph, IMAGE).problems
    assert (problem.code, problem.field, problem.expected, problem.got) == (
        "no_such_axis", "start_dim", "at most 3", "4",
    )  # fmt: skip
    assert problem.mend.value == 1


def test_one_clip_is_a_batch_for_a_norm():
    """A channel has a value in each frame, so that even one sample of one pixel has a variance."""
    graph = [{"kind": "batch_norm"}, {"kind": "flatten"}, {"kind": "linear", "out_features": 10}]
    clip, image = (checked(graph, facts(shape), smallest_batch=1) for shape in ((FRAMES, 3, 1, 1), (3, 1, 1)))
    assert clip.ok
    assert [one.code for one in image.problems] == ["batch_too_small"]


def test_means_over_frames_and_then_over_time():
    graph = [*CONVS, {"id": "maps", "kind": "global_avg_pool"}, {"id": "time", "kind": "global_avg_pool"},
             {"kind": "linear", "out_features": 10}]  # fmt: skip
    found = checked(graph, CLIP)
    assert [node.output_shape for node in found.nodes[-3:]] == [[FRAMES, 4], [4], [10]]


def test_an_autoencoder_of_clips_can_be_written():
    data = CLIP.model_copy(update={"output_shape": CLIP.input_shape, "class_names": [], "task": "regression"})
    graph = [
        {"kind": "conv2d", "out_channels": 4, "kernel_size": 2, "stride": 2},
        {"kind": "relu"},
        {"kind": "conv_transpose2d", "out_channels": 1, "kernel_size": 2, "stride": 2},
    ]
    assert check(nodes(*graph), data)[0].ok
    row = [{"kind": "flatten"}, {"kind": "linear", "out_features": 6 * 256}]
    shaped = NodeSpec.model_validate({"kind": "reshape", "shape": [6, 1, 16, 16]})
    assert check([*nodes(*row), shaped], data)[0].ok
