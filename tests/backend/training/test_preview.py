"""The preview of each kind of data: text for tokens, answers in words, raw values."""

import pytest
from layerlab import datasets
from layerlab.errors import SpecError
from layerlab.training.data import prepare
from layerlab.training.preview import preview
from layerlab_schemas.run import DataSpec
from layerlab_schemas.server import PreviewRequest


def look(dataset: str, **fields):
    return preview(PreviewRequest(data=DataSpec.model_validate({"dataset": dataset} | fields), num_samples=6))


@pytest.mark.parametrize("kind", [kind.kind for kind in datasets.REGISTRY])
def test_every_dataset_has_a_preview(kind):
    seen = look(kind)
    assert len(seen.samples) >= 6
    assert seen.model_dump_json()
    assert all(sample.label for sample in seen.samples)
    assert {sample.text is not None for sample in seen.samples} == {bool(seen.data.vocabulary)}
    assert bool(seen.data.feature_names) == (seen.data.input_kind == "tabular" and kind != "noise")


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
