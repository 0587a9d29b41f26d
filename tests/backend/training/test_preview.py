"""The preview of each kind of data: text for tokens, answers in words, raw values."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from layerlab import datasets
from layerlab.errors import SpecError
from layerlab.training.data import prepare
from layerlab.training.preview import preview
from layerlab.training.statistics import statistics
from layerlab_schemas.run import DataSpec
from layerlab_schemas.server import PreviewRequest

from tests.backend.training.stored import KIND, teach

#: Rows of numbers whose columns have no names.
NAMELESS = {"noise", "npz"}


def look(dataset: str, **fields):
    return preview(PreviewRequest(data=DataSpec.model_validate({"dataset": dataset} | fields), num_samples=6))


@pytest.mark.parametrize("kind", [kind.kind for kind in datasets.REGISTRY])
def test_every_dataset_has_a_preview(kind):
    example = datasets.REGISTRY.get(kind).example
    seen = look(kind, params=example["params"] if "upload" in example.get("params", {}) else {})
    assert len(seen.samples) >= 6
    assert seen.model_dump_json()
    assert all(sample.label for sample in seen.samples)
    assert {sample.text is not None for sample in seen.samples} == {bool(seen.data.vocabulary)}
    assert bool(seen.data.feature_names) == (seen.data.input_kind == "tabular" and kind not in NAMELESS)


def test_single_samples_of_one_part_are_given_as_they_are_asked_for():
    data = DataSpec(dataset="digits")
    whole = prepare(data, None, 0)
    seen = preview(PreviewRequest(data=data, part="validation", indices=[7, 0, 300]))
    assert (seen.samples, [sample.index for sample in seen.validation]) == ([], [7, 0, 300])
    assert seen.validation[2].values == whole.validation_raw[300].tolist()
    assert seen.validation[2].label == str(int(whole.validation_targets[300]))
    assert preview(PreviewRequest(data=data, part="train", num_samples=3)).validation == []


@pytest.mark.parametrize(("part", "code"), [(None, "part_is_missing"), ("validation", "no_such_sample")])
def test_a_sample_that_is_not_there_is_refused(part, code):
    with pytest.raises(SpecError) as refused:
        preview(PreviewRequest(data=DataSpec(dataset="iris"), part=part, indices=[1, 500]))
    assert refused.value.problems()[0].code == code


def test_text_is_text():
    first = look("grammar_text", params={"length": 20}).samples[0]
    assert first.text is not None
    assert first.label is not None
    assert len(first.text) == len(first.label) == 20
    assert first.label[:-1] == first.text[1:]


def test_padding_is_not_spelt():
    seen = look("reverse", params={"length": 9, "shortest": 3})
    assert {len(sample.text or "") for sample in seen.samples} <= set(range(3, 10))
    for sample in seen.samples:
        assert sample.label == (sample.text or "")[::-1]
        assert len(sample.values) == 2
    assert sum(seen.class_counts.values()) > 3000 * 4


def test_bits_are_spelt_and_classes_named():
    for sample in look("parity", params={"encoding": "token", "shortest": 4}).samples:
        assert sample.text is not None
        assert sample.label == ("odd" if sample.text.count("1") % 2 else "even")


def test_a_table_names_its_columns():
    seen = look("iris")
    assert seen.data.feature_names[0] == "sepal length (cm)"
    assert seen.class_counts == {"setosa": 50, "versicolor": 50, "virginica": 50}
    assert [sample.label for sample in seen.samples] == ["setosa", "versicolor", "virginica"] * 2


def test_parts_are_counted_apart():
    seen = look("iris", validation_fraction=0.2)
    assert seen.train_counts == {"setosa": 40, "versicolor": 40, "virginica": 40}
    assert seen.validation_counts == {"setosa": 10, "versicolor": 10, "virginica": 10}


def test_statistics_are_those_of_the_training_part():
    seen = look("wine")
    train_nf = prepare(DataSpec(dataset="wine"), None, 0).train_raw.double().numpy()
    assert [one.name for one in seen.statistics] == seen.data.feature_names
    for place, one in enumerate(seen.statistics):
        column_n = train_nf[:, place]
        assert one.mean == pytest.approx(column_n.mean())
        assert one.std == pytest.approx(column_n.std())
        assert (one.min, one.max) == (column_n.min(), column_n.max())
        counts, edges = np.histogram(column_n, bins=len(one.counts), range=(one.min, one.max))
        assert one.edges == pytest.approx(edges.tolist())
        assert one.counts == counts.tolist()


@pytest.mark.parametrize(
    ("dataset", "params", "names"),
    [
        ("digits", {}, ["grey"]),
        ("shapes", {"colour": "colour", "samples": 60}, ["red", "green", "blue"]),
        ("circle", {}, ["x", "y"]),
        ("adding", {"samples": 60}, ["feature 1", "feature 2"]),
        ("noise", {"features": 150, "samples": 60}, [f"feature {number}" for number in range(1, 101)]),
        ("grammar_text", {}, []),
    ],
)
def test_columns_and_channels_are_named(dataset, params, names):
    seen = look(dataset, params=params)
    assert [one.name for one in seen.statistics] == names
    assert all(sum(one.counts) > 0 for one in seen.statistics)


def test_what_never_varies_has_a_histogram_too(monkeypatch):
    teach(monkeypatch)
    data = prepare(DataSpec(dataset=KIND), None, 0)
    flat = replace(data, train_raw=torch.full((data.num_train, 3, 6, 6), 7, dtype=torch.uint8))
    (red, *_) = statistics(flat)
    assert (red.mean, red.std, red.min, red.max, sum(red.counts)) == (7, 0, 7, 7, data.num_train * 36)


def test_statistics_do_not_depend_on_the_chunks(monkeypatch):
    teach(monkeypatch)
    whole = statistics(replace(prepare(DataSpec(dataset=KIND), None, 0)))
    monkeypatch.setattr("layerlab.datasets.rows.CHUNK", 17)
    parts = statistics(replace(prepare(DataSpec(dataset=KIND), None, 0)))
    for one, other in zip(whole, parts, strict=True):
        assert one.counts == other.counts
        assert (one.mean, one.std) == pytest.approx((other.mean, other.std))


def test_bytes_are_measured_as_the_same_numbers_as_floats(monkeypatch):
    teach(monkeypatch)
    both = [DataSpec(dataset=KIND, params={"floats": on}) for on in (False, True)]
    stored, floats = (statistics(prepare(spec, None, 0)) for spec in both)
    for one, other in zip(stored, floats, strict=True):
        assert one.counts == other.counts
        assert (one.min, one.max, one.edges) == (other.min, other.max, other.edges)
        assert (one.mean, one.std) == pytest.approx((other.mean, other.std))
