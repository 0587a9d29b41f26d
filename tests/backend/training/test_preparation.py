"""Preprocessing told step by step, against numpy on the training part."""

import numpy as np
import pytest
from layerlab.training.data import prepare
from layerlab.training.preview import preview
from layerlab_schemas.run import DataSpec
from layerlab_schemas.server import Preparation, PreviewRequest

STEPS = {
    "none": ["raw"],
    "mean_image": ["raw", "shifted"],
    "channel_mean": ["raw", "shifted"],
    "standardize": ["raw", "shifted", "scaled"],
    "min_max": ["raw", "shifted", "scaled"],
    "whiten": ["raw", "shifted", "whitened"],
}


def told(dataset: str, method: str, **fields) -> Preparation:
    data = DataSpec.model_validate({"dataset": dataset, "preprocess": method} | fields)
    found = preview(PreviewRequest(data=data, num_samples=2, with_preparation=True)).preparation
    assert found is not None
    return found


def train(dataset: str, method: str, **fields):
    return prepare(DataSpec.model_validate({"dataset": dataset, "preprocess": method} | fields), None, 0)


@pytest.mark.parametrize("method", STEPS)
@pytest.mark.parametrize(
    ("dataset", "params"), [("digits", {}), ("shapes", {"samples": 60, "size": 16, "colour": "colour"})]
)
def test_the_last_stage_is_what_the_network_reads(dataset, params, method):
    found, data = told(dataset, method, params=params), train(dataset, method, params=params)
    assert [stage.name for stage in found.stages] == STEPS[method]
    first, last = found.stages[0], found.stages[-1]
    for sample in first.samples:
        assert np.allclose(sample.values, data.train_raw[sample.index].float().numpy())
    for sample in last.samples:
        assert np.allclose(sample.values, data.train_inputs[sample.index].numpy(), atol=1e-5)
    shown = np.array([sample.values for sample in last.samples])
    assert (last.low, last.high) == pytest.approx((shown.min(), shown.max()), abs=1e-5)
    values = data.train_inputs[: found.num_measured].numpy()
    for channel, one in enumerate(last.statistics):
        assert one.mean == pytest.approx(values[:, channel].mean(), abs=1e-4)
        assert one.std == pytest.approx(values[:, channel].std(), rel=1e-3)


def test_the_numbers_are_those_of_the_training_part_alone():
    found, data = told("wine", "standardize", validation_fraction=0.4), train("wine", "none", validation_fraction=0.4)
    raw = data.train_raw.numpy()
    assert found.num_fitted == len(raw)
    mean, std = found.fitted
    assert (mean.name, std.name) == ("mean", "standard deviation")
    assert mean.names == data.facts.feature_names
    assert mean.values == pytest.approx(raw.mean(0).tolist(), rel=1e-5)
    assert std.values == pytest.approx(raw.std(0).tolist(), rel=1e-4)


def test_ends_are_told_of_min_max():
    least, span = told("iris", "min_max").fitted
    raw = train("iris", "none").train_raw.numpy()
    assert (least.values, span.values) == (
        pytest.approx(raw.min(0).tolist()),
        pytest.approx((raw.max(0) - raw.min(0)).tolist()),
    )


def test_a_mean_image_is_an_image():
    mean, own = told("digits", "whiten").fitted
    assert np.allclose(mean.values, train("digits", "none").train_raw.float().mean(0).numpy(), atol=1e-4)
    # The filter has its peak at the pixel that it makes.
    assert np.unravel_index(np.argmax(own.values), (1, 8, 8)) == (0, 4, 4)


def test_the_condition_number_is_numpys_and_whitening_ends_it():
    raw = train("iris", "none").train_raw.double().numpy()
    standard = told("iris", "standardize").stages
    assert standard[0].condition == pytest.approx(np.linalg.cond(raw.T @ raw / len(raw)), rel=1e-4)
    scaled = (raw - raw.mean(0)) / raw.std(0)
    assert standard[-1].condition == pytest.approx(np.linalg.cond(scaled.T @ scaled / len(raw)), rel=1e-2)
    white = told("iris", "whiten").stages[-1].condition
    assert white is not None
    assert white < 1.2 < standard[-1].condition < standard[0].condition


def test_what_never_varies_has_no_condition_number():
    assert told("digits", "standardize").stages[0].condition is None


def test_tokens_stay_as_they_are():
    request = PreviewRequest(data=DataSpec(dataset="copy"), with_preparation=True)
    assert preview(request).preparation is None
