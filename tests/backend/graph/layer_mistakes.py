"""Mistakes with the layers that a graph of their own sort brings: sequences, attention, blocks, shapes.

As in ``mistakes.py``: specs, data, code, path and node of the one problem they have. All of these have a mend.
"""

from tests.backend.graph.building import facts

IMAGE = facts((4, 8, 8))
ROW = facts((6,))
SEQUENCE = facts((5, 6))
TOKENS = facts((5,), input_is_index=True, num_tokens=9, input_kind="sequence")
TEXT = facts((5,), input_is_index=True, num_tokens=9, input_kind="sequence", has_decoder_input=True)
END = [{"kind": "flatten"}, {"kind": "linear", "out_features": 10}]
EMBED = {"kind": "embedding", "embedding_dim": 6}
CODER = [
    {"id": "words", **EMBED, "inputs": ["input"]},
    {"id": "encoder", "kind": "lstm", "hidden_size": 8},
    {"id": "answers", **EMBED, "inputs": ["decoder_input"]},
]

MENDABLE_MISTAKES = {
    "state of another size": (
        [*CODER, {"id": "d", "kind": "lstm", "hidden_size": 7, "inputs": ["answers", "encoder.state"]}, *END],
        TEXT, "wrong_state", "graph.3.hidden_size", "d",
    ),
    "state of another kind": (
        [*CODER, {"id": "d", "kind": "gru", "hidden_size": 8, "inputs": ["answers", "encoder.state"]}, *END],
        TEXT, "wrong_state", "graph.3.hidden_size", "d",
    ),
    "no such port": (
        [*CODER, {"id": "d", "kind": "lstm", "hidden_size": 8, "inputs": ["answers", "encoder.cell"]}, *END],
        TEXT, "unknown_port", "graph.3.inputs.1", "d",
    ),
    "attention after a last state": (
        [{"id": "g", "kind": "gru", "hidden_size": 6}, {"id": "a", "kind": "attention"}, *END],
        SEQUENCE, "needs_sequence", "graph.1.inputs", "a",
    ),
    "heads that do not divide": (
        [{"kind": "multi_head_attention", "num_heads": 4}, *END],
        SEQUENCE, "heads_do_not_divide", "graph.0.num_heads", "multi_head_attention_1",
    ),
    "heads of a block": (
        [{"id": "b", "kind": "transformer_block", "num_heads": 5}, *END],
        SEQUENCE, "heads_do_not_divide", "graph.0.num_heads", "b",
    ),
    "dot products of two sizes": (
        [
            {"id": "w", "kind": "linear", "out_features": 4},
            {"id": "a", "kind": "attention", "inputs": ["w", "input"]},
            *END,
        ],
        SEQUENCE, "sizes_differ", "graph.1.hidden_size", "a",
    ),
    "wrong model size": (
        [{"kind": "transformer_block", "num_heads": 2, "d_model": 8}, *END],
        SEQUENCE, "size_mismatch", "graph.0.d_model", "transformer_block_1",
    ),
    "lstm of a grey image": (
        [{"kind": "lstm", "hidden_size": 4}, END[1]],
        facts((1, 8, 8)), "needs_sequence", "graph.0.inputs", "lstm_1",
    ),
    "conv1d of features": (
        [{"kind": "conv1d", "out_channels": 2, "kernel_size": 3}, *END],
        ROW, "needs_sequence", "graph.0.inputs", "conv1d_1",
    ),
    "conv1d too large": (
        [{"kind": "conv1d", "out_channels": 2, "kernel_size": 9}, *END],
        SEQUENCE, "kernel_too_large", "graph.0.kernel_size", "conv1d_1",
    ),
    "conv2d of a sequence": (
        [{"kind": "conv2d", "out_channels": 2, "kernel_size": 3}, *END],
        SEQUENCE, "needs_image", "graph.0.inputs", "conv2d_1",
    ),
    "groups of a convolution": (
        [{"kind": "conv2d", "out_channels": 6, "kernel_size": 3, "groups": 4}, *END],
        IMAGE, "groups_do_not_divide", "graph.0.groups", "conv2d_1",
    ),
    "tokens into attention": (
        [{"id": "m", "kind": "multi_head_attention", "num_heads": 2}, *END],
        TOKENS, "needs_embedding", "graph.0.inputs", "m",
    ),
    "too few places": (
        [{"kind": "one_hot", "num_classes": 8}, *END],
        TOKENS, "too_few_tokens", "graph.0.num_classes", "one_hot_1",
    ),
    "an even kernel": (
        [{"kind": "residual", "kernel_size": 4}, *END],
        IMAGE, "even_kernel", "graph.0.kernel_size", "residual_1",
    ),
    "reshape to other numbers": (
        [{"kind": "reshape", "shape": [4, 60]}, *END],
        IMAGE, "wrong_size", "graph.0.shape", "reshape_1",
    ),
    "reshape with two unknowns": (
        [{"kind": "reshape", "shape": [-1, 4, -1]}, *END],
        IMAGE, "wrong_size", "graph.0.shape", "reshape_1",
    ),
    "more output padding than stride": (
        [{"kind": "conv_transpose2d", "out_channels": 2, "kernel_size": 3, "output_padding": 1}, *END],
        IMAGE, "padding_too_large", "graph.0.output_padding", "conv_transpose2d_1",
    ),
    "all cut off": (
        [{"kind": "conv_transpose2d", "out_channels": 2, "kernel_size": 3, "padding": 5}, *END],
        IMAGE, "padding_too_large", "graph.0.padding", "conv_transpose2d_1",
    ),
    "maps of features": (
        [{"kind": "dropout2d"}, *END],
        ROW, "needs_image", "graph.0.inputs", "dropout2d_1",
    ),
    "instance norm of features": (
        [{"kind": "instance_norm"}, *END],
        ROW, "one_value", "graph.0.inputs", "instance_norm_1",
    ),
    "mean of features": (
        [{"kind": "global_avg_pool"}, *END],
        ROW, "needs_places", "graph.0.inputs", "global_avg_pool_1",
    ),
    "maxout of an image": (
        [{"kind": "maxout", "out_features": 10}],
        IMAGE, "needs_flatten", "graph.0.inputs", "maxout_1",
    ),
    "sum of unlike branches": (
        [
            {"id": "a", "kind": "conv2d", "out_channels": 6, "kernel_size": 3, "padding": 1},
            {"id": "s", "kind": "add", "inputs": ["input", "a"]},
            *END,
        ],
        IMAGE, "shapes_differ", "graph.1.inputs", "s",
    ),
    "two inputs for one": (
        [
            {"kind": "flatten"},
            {"id": "a", "kind": "relu"},
            {"id": "l", "kind": "linear", "out_features": 10, "inputs": ["a", "flatten_1"]},
        ],
        IMAGE, "wrong_arity", "graph.2.inputs", "l",
    ),
    "a block with one feature": (
        [{"id": "b", "kind": "transformer_block", "num_heads": 1}, *END],
        facts((5, 1)), "one_value", "graph.0.inputs", "b",
    ),
}  # fmt: skip
