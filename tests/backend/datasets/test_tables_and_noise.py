"""Tables, noise and the curve: shapes, names, and numbers that others know too."""

import numpy as np
import pytest
import torch
from layerlab.datasets import REGISTRY
from layerlab.datasets.rows import whole
from layerlab.errors import SpecError
from layerlab.registry import read_params
from layerlab.training.data import prepare
from layerlab_schemas.run import DataSpec
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_linnerud, load_wine

from tests.backend.datasets.test_datasets import load

TABLES = {"iris": load_iris, "wine": load_wine, "breast_cancer": load_breast_cancer}


@pytest.mark.parametrize(("kind", "theirs"), TABLES.items(), ids=TABLES)
def test_tables_are_those_of_scikit_learn(kind, theirs):
    ours, expected = load(kind), theirs()
    np.testing.assert_allclose(ours.inputs.numpy(), expected.data, rtol=1e-6)
    assert ours.targets.tolist() == expected.target.tolist()
    assert len(ours.feature_names) == len(expected.feature_names) == ours.inputs.shape[1]
    assert len(ours.class_names) == len(expected.target_names)


def test_names_of_columns_are_in_the_right_order():
    assert load("breast_cancer").feature_names == tuple(load_breast_cancer().feature_names.tolist())
    assert load("breast_cancer").class_names == ("malignant", "benign")
    assert [name.replace(" ", "_").replace("colour", "color").lower() for name in load("wine").feature_names[:11]] == (
        load_wine().feature_names[:11]
    )


def test_diabetes_is_that_of_scikit_learn_in_its_own_units():
    ours, theirs = load("diabetes"), load_diabetes(scaled=False)
    np.testing.assert_allclose(ours.inputs.numpy(), theirs.data, rtol=1e-6)
    assert ours.targets.tolist() == theirs.target[:, None].tolist()


def test_linnerud_is_that_of_scikit_learn_in_its_own_units():
    ours, theirs = load("linnerud"), load_linnerud()
    assert np.array_equal(ours.inputs.numpy(), theirs.data)
    assert np.array_equal(ours.targets.numpy(), theirs.target)
    assert list(ours.feature_names) == [{"Chins": "chin-ups", "Situps": "sit-ups", "Jumps": "jumps"}[name]
                                        for name in theirs.feature_names]  # fmt: skip


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("kind", "theirs"), [("diabetes", load_diabetes()), ("linnerud", load_linnerud())])
def test_their_targets_are_standardised_by_the_training_part_alone(kind, theirs, seed):
    spec = DataSpec.model_validate({"dataset": kind, "validation_fraction": 0.4})
    found = prepare(spec, None, seed)
    raw = theirs.target.reshape(len(theirs.target), -1)
    scale = found.target_scale
    train = whole(found.train_targets).double() * scale.deviation + scale.mean
    held = whole(found.validation_targets).double() * scale.deviation + scale.mean
    both = np.concatenate([train.numpy(), held.numpy()])
    np.testing.assert_allclose(sorted(both.tolist()), sorted(raw.tolist()), rtol=1e-4)
    np.testing.assert_allclose(scale.mean.numpy(), train.mean(0).numpy(), rtol=1e-5)
    np.testing.assert_allclose(scale.deviation.numpy(), train.numpy().std(0), rtol=1e-4)
    assert abs(scale.mean.numpy() - raw.mean(0)).max() > 0.1


def test_noise_has_no_mean_unit_variance_and_labels_by_chance():
    rows = load("noise", features=50, classes=4, samples=4000)
    assert rows.inputs.shape == (4000, 50)
    assert rows.input_kind == "tabular"
    assert rows.inputs.mean().item() == pytest.approx(0, abs=0.01)
    assert rows.inputs.std().item() == pytest.approx(1, abs=0.01)
    assert (rows.targets.bincount() / 4000).tolist() == pytest.approx([0.25] * 4, abs=0.03)


def test_noise_may_be_images():
    images = load("noise", shape=[3, 8, 6], samples=20)
    assert (images.inputs.shape, images.input_kind) == ((20, 3, 8, 6), "image")


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("noise", {"features": 100_000, "samples": 50_000}, "samples"),
        ("noise", {"shape": [3, 500, 500], "samples": 1000}, "samples"),
        ("shapes", {"size": 64, "colour": "colour", "samples": 20_000}, "samples"),
        ("shapes", {"classes": 9}, "classes"),
        ("parity", {"shortest": 4}, "shortest"),
        ("parity", {"encoding": "token", "length": 8, "shortest": 9}, "shortest"),
        ("reverse", {"length": 8, "shortest": 9}, "shortest"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(kind, fields, field):
    with pytest.raises(SpecError) as caught:
        read_params(REGISTRY.get(kind), fields, path="data.params")
    (problem,) = caught.value.problems()
    assert problem.path == f"data.params.{field}"
    assert problem.message.startswith(f"{field} of {kind} ")


@pytest.mark.parametrize(
    ("curve", "height"),
    [
        ("line", lambda x: x / 6),
        ("sine", torch.sin),
        ("steps", lambda x: torch.sin(x * torch.pi / 3).sign()),
        ("bumps", lambda x: torch.sin(x * x / 3)),
    ],
)
def test_a_curve_is_as_its_formula_says(curve, height):
    still = load("curve_regression", curve=curve, noise=0)
    torch.testing.assert_close(still.targets, height(still.inputs))
    assert still.inputs.shape == still.targets.shape == (500, 1)


def test_noise_and_outliers_of_a_curve():
    noisy = load("curve_regression", samples=20_000, noise=0.5)
    assert (noisy.targets - noisy.inputs.sin()).std().item() == pytest.approx(0.5, rel=0.02)
    off = load("curve_regression", samples=20_000, noise=0, outliers=0.1)
    moved = off.targets - off.inputs.sin()
    assert (moved > 2.9).float().mean().item() == pytest.approx(0.1, abs=0.01)
    assert ((moved.abs() < 1e-6) | ((moved - 3).abs() < 1e-5)).all()
