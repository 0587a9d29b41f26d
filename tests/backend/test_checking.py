"""What the check says cannot be measured is just what finds nothing, each with a sentence for people."""

import pytest
from layerlab import analyses, probes
from layerlab.checking import check
from layerlab.experiments import EXPERIMENTS
from layerlab.training.assemble import assemble
from layerlab_schemas.run import CheckRequest, RunSpec

KINDS = [*probes.REGISTRY, *analyses.REGISTRY]
LINEAR = [{"kind": "linear", "out_features": 2}]
RECURRENT = [
    {"kind": "embedding", "embedding_dim": 4},
    {"kind": "lstm", "hidden_size": 300},
    {"kind": "linear", "out_features": 2},
]


def lacking(data: dict, graph: list[dict]) -> dict[str, tuple[str, str | None]]:
    found = check(CheckRequest.model_validate({"data": data, "graph": graph}))
    assert found.ok, found.problems
    return {name: (lack.text, lack.offer) for name, lack in found.lacking.items()}


@pytest.mark.parametrize("spec", [one.spec for one in EXPERIMENTS], ids=[one.id for one in EXPERIMENTS])
def test_each_kind_applies_or_says_in_a_sentence_what_is_lacking(spec):
    told = check(spec).lacking
    plan = assemble(spec).plan
    assert {kind.kind for kind in KINDS if not kind.applies(plan)} == set(told)
    for lack in told.values():
        assert lack.text[0].isupper()
        assert lack.text.endswith(".")


def test_no_kind_lacks_anything_in_its_own_example():
    for probe in probes.REGISTRY:
        assert probe.kind not in check(RunSpec.model_validate(probe.example)).lacking


def test_norms_and_dropout_are_offered_where_they_are_lacking():
    deep = [{"kind": "linear", "out_features": 4}, {"kind": "tanh"}, *LINEAR]
    found = lacking({"dataset": "moons"}, deep)
    assert found["batch_noise"] == found["norm_statistics"] == ("This network has no normalisation layer.", "add_norm")
    assert found["dropout_masks"] == found["monte_carlo_plane"] == ("This network has no dropout.", "add_dropout")
    assert lacking({"dataset": "moons"}, LINEAR)["dropout_masks"] == ("This network has no dropout.", None)
    assert "norm_statistics" not in lacking({"dataset": "moons"}, [*deep[:1], {"kind": "batch_norm"}, *deep[1:]])
    assert "filters" in found
    assert "decision_surface" not in found


def test_a_norm_inside_a_block_is_a_norm():
    block = [{"kind": "residual", "out_channels": 4}, {"kind": "flatten"}, {"kind": "linear", "out_features": 10}]
    assert "norm_statistics" not in lacking({"dataset": "digits"}, block)


@pytest.mark.parametrize(
    ("data", "graph", "kind", "words"),
    [
        ({"dataset": "diabetes"}, [{"kind": "linear", "out_features": 1}], "confusion", "no classes"),
        ({"dataset": "diabetes"}, [{"kind": "linear", "out_features": 1}], "calibration", "no classes"),
        ({"dataset": "moons"}, LINEAR, "residuals", "predicts classes"),
        ({"dataset": "moons", "validation_fraction": 0}, LINEAR, "roc", "no validation samples"),
        ({"dataset": "moons", "validation_fraction": 0}, LINEAR, "feature_maps", "no validation sample to show"),
        ({"dataset": "iris"}, [{"kind": "linear", "out_features": 3}], "saliency", "no images"),
        ({"dataset": "iris"}, [{"kind": "linear", "out_features": 3}], "templates", "reads the pixels"),
        ({"dataset": "parity", "params": {"encoding": "token"}}, RECURRENT, "recurrent_spectrum", "than 256 units"),
        ({"dataset": "parity", "params": {"encoding": "token"}}, RECURRENT, "sampled_text", "next token"),
        ({"dataset": "parity", "params": {"encoding": "token"}}, RECURRENT, "attention_maps", "no attention"),
        ({"dataset": "noise", "params": {"classes": 40, "features": 8}}, [{"kind": "linear", "out_features": 40}],
         "confusion", "With 40 classes the matrix"),
    ],
)  # fmt: skip
def test_the_reason_fits(data, graph, kind, words):
    assert words in lacking(data, graph)[kind][0]


def test_a_network_with_problems_lacks_nothing_yet():
    found = check(CheckRequest.model_validate({"data": {"dataset": "iris"}, "graph": [{"kind": "conv2d"}]}))
    assert not found.ok
    assert found.lacking == {}
