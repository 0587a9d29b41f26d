"""What a table lacks is filled in by the training part alone, as scikit-learn does it."""

import random

import numpy as np
import pytest
import torch
from layerlab.datasets.rows import whole
from layerlab.shelf import UPLOADS
from layerlab.training.data import prepare
from layerlab.training.preview import preview
from layerlab_schemas.run import DataSpec
from layerlab_schemas.server import Preparation, PreviewRequest
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.uploads import arrays, put

UPLOAD = "u0000000000000001"
NUM = 60


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    monkeypatch.setenv(UPLOADS, str(tmp_path))
    return tmp_path


def rows(*, moved: float = 0.0, validation: tuple[int, ...] = ()) -> list[list[str]]:
    """A table with gaps; the numbers of some rows may be moved."""
    chance = random.Random(4)
    found = []
    for place in range(NUM):
        age, weight = chance.gauss(40, 12), chance.gauss(70, 9)
        colour = chance.choice(["red", "red", "green", "blue"])
        price = age * 3 + weight
        if place in validation:
            age, price = age + moved, price + moved
        gone = chance.random()
        found.append(
            [
                "" if gone < 0.2 else f"{age:.4f}",
                "" if 0.15 < gone < 0.3 else f"{weight:.4f}",
                "" if 0.3 < gone < 0.45 else "rare" if place == 0 else colour,
                f"{price:.4f}",
            ]
        )
    return found


def bring(shelf, table: list[list[str]]) -> None:
    text = "\n".join(",".join(row) for row in [["age", "weight", "colour", "price"], *table])
    put(shelf, "csv", text.encode(), upload=UPLOAD)


def data(**fields) -> DataSpec:
    params = {"upload": UPLOAD, "target": "price", "features": ["age", "weight", "colour"], "missing": "median"}
    params |= fields.pop("params", {})
    return DataSpec.model_validate({"dataset": "csv", "params": params, "validation_fraction": 0.3} | fields)


def prepared(seed: int = 0, **fields):
    return prepare(data(**fields), None, seed)


def told(seed: int = 0, **fields) -> Preparation:
    found = preview(PreviewRequest(data=data(**fields), seed=seed, with_preparation=True)).preparation
    assert found is not None
    return found


def places(seed: int) -> tuple[list[int], list[int]]:
    """Which rows of the file are for training and for validation: all prices differ."""
    price = np.array([float(row[3]) for row in rows()], np.float32)
    found = prepared(seed, params={"scale_target": False})
    return tuple(
        [int(np.flatnonzero(price == np.float32(one))[0]) for one in targets[:, 0].tolist()]
        for targets in (found.train_targets, found.validation_targets)
    )  # type: ignore[return-value]


@pytest.mark.parametrize("missing", ["mean", "median"])
@pytest.mark.parametrize("method", ["none", "standardize"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_is_what_scikit_learn_makes_of_the_training_part(shelf, missing, method, seed):
    bring(shelf, rows())
    found = prepared(seed, preprocess=method, params={"missing": missing})
    names = [name.removeprefix("colour = ") for name in found.facts.feature_names[2:]]
    train, validation = places(seed)
    numbers = np.array([[float(value or "nan") for value in row[:2]] for row in rows()])
    words = np.array([[row[2] or None] for row in rows()], object)
    imputer = SimpleImputer(strategy=missing).fit(numbers[train])
    frequent = SimpleImputer(strategy="most_frequent", missing_values=None).fit(words[train])
    seen = sorted(set(frequent.transform(words[train])[:, 0]), key=names.index)
    encoder = OneHotEncoder(categories=[seen], handle_unknown="ignore", sparse_output=False)

    def theirs(part):
        codes = np.zeros((len(part), len(names)))
        codes[:, [names.index(one) for one in seen]] = encoder.fit_transform(frequent.transform(words[part]))
        return np.hstack([imputer.transform(numbers[part]), codes])

    scaler = StandardScaler(with_mean=method == "standardize", with_std=method == "standardize").fit(theirs(train))
    for inputs, part in ((found.train_inputs, train), (found.validation_inputs, validation)):
        np.testing.assert_allclose(whole(inputs).numpy(), scaler.transform(theirs(part)), atol=2e-5)


def test_what_is_in_the_validation_part_has_no_say(shelf):
    bring(shelf, rows())
    _, validation = places(0)
    before = prepared(preprocess="standardize")
    again = UPLOAD[:-1] + "2"
    text = "\n".join(
        ",".join(row)
        for row in [["age", "weight", "colour", "price"], *rows(moved=1000.0, validation=tuple(validation))]
    )
    put(shelf, "csv", text.encode(), upload=again)
    after = prepared(preprocess="standardize", params={"upload": again})
    assert whole(before.train_inputs).equal(whole(after.train_inputs))
    assert before.train_targets.equal(after.train_targets)
    assert not before.validation_targets.equal(after.validation_targets)


def test_numbers_as_targets_are_standardised_by_the_training_part(shelf):
    bring(shelf, rows())
    raw, scaled = prepared(params={"scale_target": False}), prepared()
    theirs = StandardScaler().fit(raw.train_targets.numpy())
    for ours, before in (
        (scaled.train_targets, raw.train_targets),
        (scaled.validation_targets, raw.validation_targets),
    ):
        np.testing.assert_allclose(ours.numpy(), theirs.transform(before.numpy()), atol=1e-5)
    mean, deviation = told().fitted[-2:]
    assert (mean.names, mean.name, deviation.name) == (["target"], "mean", "standard deviation")
    assert mean.values == pytest.approx(theirs.mean_.tolist())
    assert deviation.values == pytest.approx(theirs.scale_.tolist())


def test_arrays_too(shelf):
    y = np.random.default_rng(0).normal(5, 3, (40, 2))
    put(shelf, "npz", arrays(x=np.ones((40, 3)), y=y), upload=UPLOAD)
    spec = DataSpec.model_validate({"dataset": "npz", "params": {"upload": UPLOAD, "scale_target": True}})
    targets = prepare(spec, None, 0).train_targets.numpy()
    np.testing.assert_allclose([targets.mean(0), targets.std(0)], [[0, 0], [1, 1]], atol=1e-6)


def test_each_step_is_told(shelf):
    bring(shelf, rows())
    seed = next(seed for seed in range(50) if 0 in places(seed)[1])
    found = told(seed, preprocess="standardize")
    assert [stage.name for stage in found.stages] == ["raw", "filled", "shifted", "scaled"]
    raw, filled = found.stages[:2]
    part = prepared(seed)
    for column in raw.statistics:
        values = part.train_raw[:, part.facts.feature_names.index(column.name)]
        assert column.num_missing == int(values.isnan().sum())
        assert column.mean == pytest.approx(float(values.nanmean()), rel=1e-5)
        assert sum(column.counts) == int((~values.isnan()).sum())
    assert all(column.num_missing == 0 for column in filled.statistics)
    gaps = [
        (at, place) for at, one in enumerate(raw.samples) for place, value in enumerate(one.values) if value is None
    ]
    assert gaps
    put_there, never = found.fitted[:2]
    assert never.names == ["colour = rare"]
    for at, place in gaps:
        name = part.facts.feature_names[place]
        assert filled.samples[at].values[place] == pytest.approx(put_there.values[put_there.names.index(name)])
    assert found.model_dump_json().count("NaN") == 0


def test_a_column_that_the_training_part_lacks_wholly_is_0(shelf):
    table = [["", "1", "red", f"{place}.5"] for place in range(NUM)]
    bring(shelf, table)
    table[places_of_prices(shelf)[0]][0] = "7"
    again = UPLOAD[:-1] + "3"
    text = "\n".join(",".join(row) for row in [["age", "weight", "colour", "price"], *table])
    put(shelf, "csv", text.encode(), upload=again)
    found = prepared(params={"upload": again, "features": ["age", "weight"]})
    assert torch.equal(whole(found.train_inputs)[:, 0], torch.zeros(found.num_train))
    assert 7 in whole(found.validation_inputs)[:, 0].tolist()


def places_of_prices(shelf) -> list[int]:
    """Rows for validation of a table whose prices are 0.5, 1.5, …"""
    found = prepared(params={"scale_target": False, "features": ["weight"]})
    return [int(price) for price in found.validation_targets[:, 0].tolist()]


def test_nothing_is_done_to_a_table_that_lacks_nothing(shelf):
    table = [[f"{place}", "1", "red" if place % 2 else "blue", f"{place}.5"] for place in range(NUM)]
    bring(shelf, table)
    assert [stage.name for stage in told(preprocess="none").stages] == ["raw"]
    assert "put where missing" not in [one.name for one in told().fitted]
