"""Every layer's PyTorch code does what the layer does: our weights go in by order, the same numbers come out."""

import pytest
import torch
from layerlab.layers import REGISTRY

from tests.numerics.layer_cases import APART, CASES, case_name
from tests.numerics.scripted import run_code
from tests.numerics.test_layers import build


@pytest.mark.parametrize("mode", ["train", "eval"])
@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_code_is_the_layer(case, mode):
    kind, fields, shapes, _ = case
    layer, params, module = build(kind, fields, shapes)
    written, call = run_code(layer.code(params, shapes))
    assert layer.code(params, shapes).module is None or "\n" not in layer.code(params, shapes).module
    draws = torch.Generator().manual_seed(4)
    ours = module.state_dict()
    with torch.no_grad():
        for value in ours.values():
            if value.is_floating_point():
                value.copy_(torch.rand(value.shape, generator=draws) * 0.5 + 0.1)
    if written is not None:
        theirs = written.state_dict()
        assert [value.shape for value in theirs.values()] == [value.shape for value in ours.values()]
        named = zip(written.parameters(), module.parameters(), strict=True)
        assert all(one.shape == other.shape for one, other in named)
        written.load_state_dict(dict(zip(theirs, ours.values(), strict=True)))
        written.train(mode == "train")
    module.train(mode == "train")
    inputs = inputs_for(layer, params, shapes, draws)
    given, expected = call(*inputs), module(*inputs)
    if isinstance(expected, tuple):
        assert len(given) == len(expected)
    else:
        given, expected = (given,), (expected,)
    for one, other in zip(given, expected, strict=True):
        assert torch.allclose(one, other, atol=1e-6, rtol=1e-5)
    if written is not None:
        after = zip(written.state_dict().values(), module.state_dict().values(), strict=True)
        assert all(torch.allclose(one, other) for one, other in after)


def inputs_for(layer, params, shapes, draws, size=6):
    if layer.takes_index:
        return [torch.randint(0, 5, (size, *shape), generator=draws) for shape in shapes]
    return [torch.randn(size, *shape, generator=draws) for shape in shapes]


def test_every_kind_is_written():
    covered = {case[0] for case in CASES} | APART
    assert {kind.kind for kind in REGISTRY} == covered


@pytest.mark.parametrize(
    ("kind", "fields", "shapes", "module", "call"),
    [
        (
            "conv2d",
            {"out_channels": 20, "kernel_size": 5, "padding": 2},
            [(1, 28, 28)],
            "nn.Conv2d(1, 20, 5, padding=2)",
            "{self}({0})",
        ),
        ("linear", {"out_features": 10, "bias": False}, [(64,)], "nn.Linear(64, 10, bias=False)", "{self}({0})"),
        ("max_pool2d", {"kernel_size": 2}, [(1, 8, 8)], "nn.MaxPool2d(2)", "{self}({0})"),
        ("dropout", {}, [(8,)], "nn.Dropout(0.5)", "{self}({0})"),
        ("batch_norm", {}, [(8, 4, 4)], "nn.BatchNorm2d(8)", "{self}({0})"),
        ("embedding", {"num_embeddings": 9, "embedding_dim": 4}, [(5,)], "nn.Embedding(9, 4)", "{self}({0})"),
        (
            "lstm",
            {"hidden_size": 8, "bidirectional": True},
            [(5, 3)],
            "nn.LSTM(3, 8, batch_first=True, bidirectional=True)",
            'carry({self}, {0}, None, output="last", masks={masks})',
        ),
        ("add", {}, [(3,), (3,)], None, "{0} + {1}"),
        ("concat", {}, [(3,), (3,)], None, "torch.cat([{0}, {1}], dim=1)"),
    ],
)
def test_it_reads_as_a_person_writes(kind, fields, shapes, module, call):
    layer, params, _ = build(kind, fields, shapes)
    code = layer.code(params, shapes)
    assert (code.module, code.call) == (module, call)
