"""Pixels as they are stored: trained on bit for bit as floats are, whether they fit into memory or not."""

import pytest
import torch
from layerlab.datasets.base import DataSize
from layerlab.datasets.rows import Rows
from layerlab.errors import SpecError
from layerlab.training import reading
from layerlab.training.assemble import assemble, inspect
from layerlab.training.data import prepare
from layerlab.training.memory import plan_memory
from layerlab.training.preprocess import fit
from layerlab.training.state import weights_digest
from layerlab_schemas.run import DataSpec

from tests.backend.training.specs import losses, spec
from tests.backend.training.stored import KIND, teach

CONV = [
    {"kind": "conv2d", "out_channels": 8, "kernel_size": 3},
    {"kind": "relu"},
    {"kind": "flatten"},
    {"kind": "linear", "out_features": 2},
]
FLIP = {"kind": "vertical_flip", "p": 0.5}
MEGABYTE = 1024 * 1024
#: Enough for the pixels, and not for floats beside them.
TIGHT = 480_000


@pytest.fixture(autouse=True)
def known(monkeypatch):
    reading._KEPT.clear()
    teach(monkeypatch)
    yield
    reading._KEPT.clear()


def limit(monkeypatch, bytes_: int) -> None:
    monkeypatch.setattr(reading, "data_limit", lambda: bytes_)


def run(**data):
    return spec(
        data={"dataset": KIND, "batch_size": 16, **data},
        graph=CONV,
        training={"epochs": 2},
    )


def prepared(**fields):
    return prepare(DataSpec.model_validate({"dataset": KIND, **fields}), None, 0)


@pytest.mark.parametrize("augment", [[], [FLIP]], ids=["plain", "augmented"])
@pytest.mark.parametrize("method", ["standardize", "mean_image", "min_max"])
def test_streamed_and_resident_pixels_train_bit_for_bit_alike(monkeypatch, method, augment):
    resident = assemble(run(preprocess=method, augment=augment))
    assert isinstance(resident.data.train_inputs, torch.Tensor)
    limit(monkeypatch, TIGHT)
    streamed = assemble(run(preprocess=method, augment=augment))
    assert isinstance(streamed.data.train_inputs, Rows)
    assert streamed.check.data.memory.is_streamed
    for one, other in zip(resident.trainer.steps(), streamed.trainer.steps(), strict=True):
        assert one.loss == other.loss
        assert (one.evaluation is None) == (other.evaluation is None)
        if one.evaluation is not None:
            assert one.evaluation.loss == other.evaluation.loss
    assert weights_digest(resident.network) == weights_digest(streamed.network)


@pytest.mark.parametrize("method", ["none", "standardize", "channel_mean", "mean_image", "min_max", "whiten"])
def test_stored_pixels_are_read_as_their_floats_are(method):
    stored, floats = prepared(preprocess=method), prepared(preprocess=method, params={"floats": True})
    assert isinstance(stored.train_inputs, Rows)
    assert stored.train_raw.dtype == torch.uint8
    assert stored.train_inputs[:].equal(floats.train_inputs)
    assert stored.validation_inputs.whole().equal(floats.validation_inputs)


def test_rows_read_like_the_tensor_of_them():
    source = torch.arange(40).reshape(20, 2)
    places_n = torch.tensor([3, 1, 19, 7, 0])
    tensor, rows = source[places_n] * 2.0, Rows(source, places_n, made=lambda x: x * 2.0, dtype=torch.float32)
    mask = torch.tensor([True, False, False, True, True])
    for wanted in (0, -1, slice(1, 3), slice(None), [4, 0], torch.tensor([2, 2]), mask):
        assert rows[wanted].equal(tensor[wanted])
    assert rows.index_select(0, torch.tensor([1, 4])).equal(tensor[[1, 4]])
    parts = list(zip(rows.tensor_split(2), tensor.tensor_split(2), strict=True))
    assert all(one.whole().equal(other) for one, other in parts)
    assert (rows.shape, rows.ndim, rows.dim(), len(rows)) == (tensor.shape, 2, 2, 5)
    assert rows.is_floating_point()


def test_whole_rows_keep_the_order_in_memory(monkeypatch):
    monkeypatch.setattr("layerlab.datasets.rows.CHUNK", 7)
    source = torch.randn(20, 3, 4, 4)
    rows = Rows(source, torch.randperm(20)).contiguous(memory_format=torch.channels_last)
    found = rows.whole()
    assert found.equal(rows[:])
    assert found.is_contiguous(memory_format=torch.channels_last)


def test_statistics_do_not_depend_on_how_many_samples_are_measured_at_once(monkeypatch):
    raw = torch.randint(0, 256, (500, 2, 3, 3), dtype=torch.uint8)
    monkeypatch.setattr("layerlab.datasets.rows.CHUNK", 64)
    axes = (0, 2, 3)
    found = fit("standardize", raw)
    torch.testing.assert_close(found.shift.flatten(), raw.double().mean(axes).float())
    torch.testing.assert_close(found.scale.flatten(), raw.double().std(axes, correction=0).float())
    ends = fit("min_max", raw)
    assert ends.shift.flatten().tolist() == raw.float().amin(axes).tolist()
    torch.testing.assert_close((ends.shift + ends.scale).flatten(), raw.float().amax(axes))


def test_memory_is_told_before_anything_is_loaded(monkeypatch):
    """120 pictures of 108 bytes beside 108 floats each. The small is told too: places and targets twice, an answer and
    two outputs of each for validation, and 34 bytes a number for what is worked on at once, which is all of so few."""
    facts = prepared().facts
    memory, small = facts.memory, 120 * (16 + 16 + 108 * 34) + facts.num_validation * (8 + 2 * 2 * 4)
    assert (memory.bytes, memory.is_streamed) == (120 * 108 * 5 + small, False)
    limit(monkeypatch, TIGHT)
    evaluated = facts.num_validation * 108 * 4
    assert prepared().facts.memory.bytes == 120 * 108 + small + evaluated
    assert prepared(params={"mapped": True}).facts.memory.bytes == small + evaluated


def test_what_is_too_large_is_refused_with_both_numbers_and_never_loaded(monkeypatch):
    def load(*_given, **_named):
        raise AssertionError("must not be loaded")

    monkeypatch.setattr("tests.backend.training.stored.StoredPixels.load", load)
    limit(monkeypatch, 100 * MEGABYTE)
    with pytest.raises(SpecError) as caught:
        prepared(params={"samples": 2_000_000})
    (problem,) = caught.value.problems()
    assert (problem.code, problem.path) == ("too_much_data", "data.params")
    assert (problem.got, problem.expected) == ("271 MB", "at most 100 MB")
    assert "271 MB" in problem.message
    assert "LAYERLAB_DATA_MEGABYTES" in problem.hint


@pytest.mark.parametrize(
    ("size", "at_once"),
    [
        (DataSize(samples=1000, numbers=10, bytes_each=4), 1000 * 10 * (16 + 40) + 32_000),
        (DataSize(samples=1000, numbers=10, bytes_each=1, outputs=5), 1000 * 10 * (5 + 34) + 32_000),
        (DataSize(samples=1000, numbers=10, bytes_each=8, target_bytes=80), 1000 * 10 * 24 + 176_000),
        (DataSize(samples=1000, numbers=10, bytes_each=1, is_mapped=True), 1000 * 10 * (4 + 34) + 32_000),
        # So many are worked on at once, where there are more: 2¹⁹ numbers, or 1024 samples.
        (DataSize(samples=4000, numbers=1 << 10, bytes_each=1, is_mapped=True), 4000 * 4096 + (34 << 19) + 128_000),
        (DataSize(samples=4000, numbers=10, bytes_each=4), 4000 * 10 * 16 + 1024 * 10 * 40 + 128_000),
        # Of validation the answers, the outputs of 512 samples, and all of them up to 16 million.
        (DataSize(samples=40_000, numbers=1, bytes_each=8, outputs=500, validated=32_000), 40_000 * 56 + 65_280_000),
        (DataSize(samples=40_000, numbers=1, bytes_each=8, outputs=500, validated=32_001), 40_000 * 56 + 1_280_008),
    ],
)
def test_what_samples_take(size, at_once):
    assert plan_memory(size, at_once).model_dump() == {"bytes": at_once, "limit": at_once, "is_streamed": False}
    assert plan_memory(size, at_once - 1).is_streamed


def test_a_full_batch_of_what_does_not_fit_is_refused(monkeypatch):
    limit(monkeypatch, TIGHT)
    whole = run().model_copy(update={"optimizer": run().optimizer.model_copy(update={"kind": "gd"})})
    (problem,) = inspect(whole).problems
    assert (problem.code, problem.path) == ("full_batch_too_large", "optimizer.kind")
    assert problem.hint


def test_an_autoencoder_of_what_does_not_fit_trains(monkeypatch):
    graph = [{"kind": "flatten"}, {"kind": "linear", "out_features": 108}, {"kind": "reshape", "shape": [3, 6, 6]}]
    body = spec(data={"dataset": KIND, "target": "input", "batch_size": 16}, graph=graph, training={"epochs": 1})
    resident = losses(assemble(body))
    limit(monkeypatch, TIGHT)
    assert losses(assemble(body)) == resident


def test_samples_that_are_held_out_are_the_validation_part():
    data = prepared(params={"held_out": True}, validation_fraction=0.5)
    assert (data.num_train, data.num_validation, data.facts.is_held_out) == (100, 20, True)
    loaded = reading._loaded(KIND, data_fields(held_out=True), "", 0)
    wanted = {tuple(sample.flatten().tolist()) for sample in loaded.inputs[100:]}
    assert {tuple(sample.flatten().tolist()) for sample in data.validation_raw[:]} == wanted


def data_fields(**fields) -> str:
    from tests.backend.training.stored import StoredParams

    return StoredParams(**fields).model_dump_json()


@pytest.mark.parametrize("floats", [False, True])
def test_samples_may_look_different_in_validation(floats):
    plain = prepared(params={"floats": floats})
    marked = prepared(params={"floats": floats, "marked": True})
    assert marked.train_raw[:].equal(plain.train_raw[:])
    assert marked.validation_raw[:].equal(255 - plain.validation_raw[:])
    expected = marked.preprocessing.apply(255 - plain.validation_raw[:])
    assert marked.validation_inputs[:].equal(expected)
