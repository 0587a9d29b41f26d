"""A script augments as the run does: the same batches from the same seed, and the same losses."""

import pytest
from layerlab import augment, datasets
from layerlab.export.script import python_script
from layerlab.training import reading
from layerlab_schemas.run import RunSpec

from tests.backend.export.written import assert_alike, assert_each_name_once, run, trained
from tests.backend.training.stored import KIND, teach

FLIP = {"kind": "horizontal_flip", "p": 0.5}
IMAGE_KINDS = [kind.kind for kind in augment.REGISTRY if "image" in kind.takes]
TIME_KINDS = [kind.kind for kind in augment.REGISTRY if "image" not in kind.takes] + ["mixup", "rotate"]


def run_of(dataset: str, listed: list[dict], **parts) -> RunSpec:
    data = {"dataset": dataset, "augment": listed, "batch_size": 40, **parts.pop("data", {})}
    classes = {"digits": 10, "shapes": 3, KIND: 2, "clips": 3}[dataset]
    graph = parts.pop("graph", [{"kind": "flatten"}, {"kind": "linear", "out_features": classes}])
    body = {"optimizer": {"kind": "sgd", "lr": 0.01}, **parts, "data": data, "graph": graph}
    body["training"] = {"epochs": 2, "eval_every": 1, "device": "cpu", **body.get("training", {})}
    return RunSpec.model_validate(body)


def assert_same(spec: RunSpec) -> None:
    text = python_script(spec)
    assert_each_name_once(text)
    assert_alike(run(spec), trained(spec))


@pytest.mark.parametrize("kind", IMAGE_KINDS)
def test_every_kind(kind):
    example = augment.REGISTRY.get(kind).example
    params = {"size": 12, "colour": "colour", "samples": 60, "classes": 3}
    assert_same(run_of("shapes", [example], data={"params": params}, training={"epochs": 1}))


@pytest.mark.parametrize("kind", TIME_KINDS)
def test_every_kind_for_clips(kind):
    params = {"size": 8, "frames": 4, "samples": 36, "classes": 3}
    assert "clips" in datasets.REGISTRY
    assert_same(run_of("clips", [augment.REGISTRY.get(kind).example], data={"params": params}, training={"epochs": 1}))


@pytest.mark.parametrize(
    ("listed", "parts"),
    [
        ([FLIP, {"kind": "gaussian_noise"}, FLIP | {"p": 0.2}], {}),
        ([{"kind": "mixup"}, FLIP, {"kind": "cutmix"}], {}),
        ([{"kind": "mixup"}], {"loss": {"kind": "cross_entropy", "label_smoothing": 0.1}}),
        ([{"kind": "mixup"}], {"loss": {"kind": "mse"}}),
        ([FLIP], {"optimizer": {"kind": "gd", "lr": 0.1}}),
        ([FLIP], {"optimizer": {"kind": "lbfgs"}}),
        ([FLIP], {"data": {"preprocess": "whiten", "subset": 100, "shuffle": False}}),
    ],
    ids=["three", "mixed twice", "smoothed", "mse", "gd", "lbfgs", "whitened"],
)
def test_lists_and_what_goes_with_them(listed, parts):
    parts["data"] = {"subset": 200, **parts.get("data", {})}
    assert_same(run_of("digits", listed, **parts))


@pytest.mark.parametrize("listed", [[FLIP], [{"kind": "mixup"}]], ids=["flipped", "mixed"])
def test_an_autoencoder(listed):
    graph = [{"kind": "flatten"}, {"kind": "linear", "out_features": 64}, {"kind": "reshape", "shape": [1, 8, 8]}]
    assert_same(run_of("digits", listed, graph=graph, data={"target": "input", "subset": 100}))


@pytest.mark.parametrize("listed", [[], [FLIP]], ids=["plain", "augmented"])
@pytest.mark.parametrize(
    "params", [{}, {"held_out": True}, {"marked": True}, {"held_out": True, "marked": True}], ids=str
)
def test_parts_of_a_set_that_are_its_own(monkeypatch, params, listed):
    teach(monkeypatch)
    reading._KEPT.clear()
    data = {"params": params, "split_seed": 7, "stratify": False, "validation_fraction": 0.3}
    assert_same(run_of(KIND, listed, data=data))


def test_a_script_says_that_it_needs_kornia():
    head = python_script(run_of("digits", [{"kind": "elastic"}])).splitlines()[0]
    assert head.endswith('needs PyTorch, scikit-learn and kornia."""')
