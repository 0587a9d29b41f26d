"""Split, preprocessing, facts and preview."""

import numpy as np
import pytest
import torch
from layerlab import losses
from layerlab.errors import SpecError
from layerlab.seeding import generator
from layerlab.training.data import prepare
from layerlab.training.preprocess import fit
from layerlab.training.preview import preview, varied
from layerlab.training.sampler import Sampler, smallest_batch
from layerlab.training.split import split
from layerlab_schemas.run import DataSpec
from layerlab_schemas.server import PreviewRequest


def data(**fields) -> DataSpec:
    return DataSpec.model_validate({"dataset": "digits"} | fields)


def test_the_split_keeps_the_shares_of_the_classes():
    targets = torch.tensor([0] * 50 + [1] * 30 + [2] * 20)
    train, validation = split(targets, 0.2, generator=generator(0, "split"))
    assert targets[validation].bincount().tolist() == [10, 6, 4]
    assert sorted([*train.tolist(), *validation.tolist()]) == list(range(100))
    again, _ = split(targets, 0.2, generator=generator(0, "split"))
    other, _ = split(targets, 0.2, generator=generator(1, "split"))
    assert torch.equal(train, again)
    assert not torch.equal(train, other)


@pytest.mark.parametrize(("fraction", "expected"), [(0, 0), (0.001, 0), (0.25, 2), (0.5, 5), (0.99, 9), (0.15, 2)])
def test_the_size_of_the_split_is_the_nearest_whole_number(fraction, expected):
    train, validation = split(torch.tensor([0, 1, 2, 0, 1, 2, 0, 1, 2, 0]), fraction, generator=generator(0, "split"))
    assert (len(train), len(validation)) == (10 - expected, expected)


def test_digits_are_split_by_class():
    prepared = prepare(data(), None, 0)
    assert (prepared.num_train, prepared.num_validation) == (1438, 359)
    shares = prepared.validation_targets.bincount() / prepared.train_targets.bincount()
    assert shares.min() > 0.23
    assert shares.max() < 0.27


def test_a_subset_is_the_first_training_samples():
    whole, part = prepare(data(), None, 3), prepare(data(subset=100), None, 3)
    assert torch.equal(part.train_raw, whole.train_raw[:100])
    assert torch.equal(part.validation_raw, whole.validation_raw)
    assert part.facts.num_train == 100


@pytest.mark.parametrize("method", ["mean_image", "channel_mean", "standardize"])
def test_preprocessing_learns_from_the_training_samples_alone(method):
    prepared = prepare(data(preprocess=method, subset=300), None, 0)
    train, validation = prepared.train_inputs.double(), prepared.validation_inputs.double()
    axes = 0 if method == "mean_image" else (0, 2, 3)
    assert train.mean(axes).abs().max() < 1e-5
    assert validation.mean(axes).abs().max() > 1e-3
    if method == "standardize":
        assert train.std(axes, correction=0).item() == pytest.approx(1)
    assert prepared.train_raw.max() == 16
    torch.testing.assert_close(prepared.preprocessing.undo(prepared.train_inputs), prepared.train_raw)


def test_without_preprocessing_values_are_raw():
    prepared = prepare(data(preprocess="none"), None, 0)
    assert torch.equal(prepared.train_inputs, prepared.train_raw)


@pytest.mark.parametrize(
    ("dataset", "params", "size"), [("wine", {}, 13), ("digits", {}, 64), ("adding", {"samples": 300, "length": 8}, 2)]
)
def test_whitening_makes_features_uncorrelated(dataset, params, size):
    """ZCA divides each variance λ by λ + ε, in the directions of the covariance, and turns nothing."""
    prepared = prepare(data(dataset=dataset, params=params, preprocess="whiten"), None, 0)
    rows = prepared.train_raw.double().numpy().reshape(-1, size)
    values, directions = np.linalg.eigh(np.cov(rows.T, bias=True))
    floor = 1e-3 * values.clip(0).mean()
    found = prepared.train_inputs.double().numpy().reshape(-1, size)
    assert abs(found.mean(0)).max() < 1e-5
    expected = directions @ np.diag(values.clip(0) / (values.clip(0) + floor)) @ directions.T
    np.testing.assert_allclose(np.cov(found.T, bias=True), expected, atol=1e-4)
    matrix = directions @ np.diag(1 / np.sqrt(values.clip(0) + floor)) @ directions.T
    np.testing.assert_allclose(found, (rows - rows.mean(0)) @ matrix, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(
        prepared.preprocessing.undo(prepared.train_inputs), prepared.train_raw, rtol=1e-4, atol=1e-3
    )


def test_what_is_too_large_to_whiten_is_refused():
    with pytest.raises(SpecError) as caught:
        prepare(data(dataset="shapes", params={"size": 64, "samples": 60}, preprocess="whiten"), None, 0)
    (problem,) = caught.value.problems()
    assert (problem.path, problem.got, problem.expected) == ("data.preprocess", "4096", "at most 1024")


def test_the_seed_of_the_split_moves_samples_and_draws_no_others():
    first, again = prepare(data(split_seed=5), None, 0), prepare(data(split_seed=5), None, 7)
    assert first.validation_raw.equal(again.validation_raw)
    assert not first.validation_raw.equal(prepare(data(split_seed=6), None, 0).validation_raw)
    assert prepare(data(split_seed=0), None, 0) is prepare(data(), None, 0)
    drawn = [prepare(data(dataset="moons", split_seed=5), None, seed).train_raw for seed in (0, 1)]
    assert not drawn[0].equal(drawn[1])


def test_without_strata_the_split_is_by_chance_alone():
    targets = torch.tensor([0] * 900 + [1] * 100)
    sizes = set()
    for seed in range(8):
        _, validation = split(targets, 0.2, generator=generator(seed, "split"), stratify=False)
        assert len(validation) == 200
        sizes.add(int(targets[validation].sum()))
    assert len(sizes) > 3
    plain = prepare(data(dataset="iris", stratify=False), None, 0)
    assert plain.validation_targets.bincount().tolist() != [10, 10, 10]


def test_a_feature_that_never_varies_is_not_divided():
    raw = torch.tensor([[1.0, 5.0], [3.0, 5.0]])
    assert fit("standardize", raw).apply(raw).tolist() == [[-1, 0], [1, 0]]


def test_sequences_are_standardised_by_feature_and_tokens_left_alone():
    numbers = prepare(data(dataset="parity", params={"samples": 200}), None, 0)
    assert numbers.train_inputs.shape == (160, 16, 1)
    assert numbers.train_inputs.double().std(correction=0).item() == pytest.approx(1)
    tokens = prepare(data(dataset="parity", params={"samples": 200, "encoding": "token"}), None, 0)
    assert tokens.train_inputs.dtype == torch.int64
    assert tokens.train_inputs.unique().tolist() == [0, 1]
    assert (tokens.facts.input_is_index, tokens.facts.num_tokens) == (True, 2)


@pytest.mark.parametrize(("loss", "shape"), [("cross_entropy", [2]), ("bce", [1]), ("mse", [2])])
def test_the_loss_says_what_the_last_node_must_give(loss, shape):
    assert prepare(data(dataset="xor"), losses.REGISTRY.get(loss), 0).facts.output_shape == shape


def test_the_same_data_is_prepared_once():
    first = prepare(data(dataset="moons"), None, 0)
    assert prepare(data(dataset="moons", params={"noise": 0.2}, batch_size=5), None, 0) is first
    assert prepare(data(dataset="moons"), None, 1) is not first


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"dataset": "digit"}, "data.dataset"),
        ({"dataset": "moons", "params": {"noise": -1}}, "data.params.noise"),
        ({"dataset": "moons", "params": {"nosie": 1}}, "data.params.nosie"),
        ({"dataset": "moons", "params": {"samples": "many"}}, "data.params.samples"),
        ({"dataset": "moons", "params": {"samples": 10**9}}, "data.params.samples"),
    ],
)
def test_wrong_fields_are_named(fields, path):
    with pytest.raises(SpecError) as caught:
        prepare(data(**fields), None, 0)
    assert [problem.path for problem in caught.value.problems()] == [path]


def test_preview_of_points_shows_all_of_them_raw():
    seen = preview(PreviewRequest(data=data(dataset="circle", params={"samples": 300})))
    assert (len(seen.samples), len(seen.validation)) == (240, 60)
    assert seen.class_counts == {"orange": 150, "blue": 150}
    raw = prepare(data(dataset="circle", params={"samples": 300}), None, 0).train_raw
    assert seen.samples[7].values == raw[7].tolist()
    many = preview(PreviewRequest(data=data(dataset="circle", params={"samples": 5000})))
    assert (len(many.samples), len(many.validation)) == (1000, 1000)


def test_preview_of_images_varies_over_the_classes():
    seen = preview(PreviewRequest(data=data(), num_samples=20))
    assert [sample.label for sample in seen.samples] == [str(digit) for digit in range(10)] * 2
    assert len(seen.samples[0].values) == 1
    assert {len(row) for row in seen.samples[0].values[0]} == {8}
    prepared = prepare(data(), None, 0)
    for sample in seen.validation:
        assert sample.label == str(prepared.validation_targets[sample.index].item())
        assert sample.values == prepared.validation_raw[sample.index].tolist()


def test_preview_of_numbers_says_the_target():
    seen = preview(PreviewRequest(data=data(dataset="plane_regression", params={"surface": "plane", "noise": 0})))
    x, y = seen.samples[0].values
    assert float(seen.samples[0].label or "nan") == pytest.approx((x + y) / 10, abs=1e-2)
    assert seen.class_counts == {}


def test_varied_takes_each_class_in_turn():
    assert varied(torch.tensor([2, 2, 0, 1, 1, 0]), 4) == [2, 3, 0, 5]


@pytest.mark.parametrize(
    ("num_samples", "batch_size", "drop", "sizes"),
    [
        (10, 4, False, [4, 4, 2]),
        (9, 4, False, [4, 4, 1]),
        (9, 4, True, [4, 4]),
        (3, 8, True, [3]),
        (8, 4, True, [4, 4]),
    ],
)
def test_the_sampler_counts_as_it_deals(num_samples, batch_size, drop, sizes):
    sampler = Sampler(num_samples=num_samples, batch_size=batch_size, shuffle=True, seed=0, drop_single=drop)
    for epoch in range(3):
        assert sampler.epoch == epoch
        assert sampler.batches_left() == sampler.steps_per_epoch == len(sizes)
        assert [len(sampler.next_batch()) for _ in sizes] == sizes
    if drop:
        assert smallest_batch(num_samples, batch_size) == min(sizes)


@pytest.mark.parametrize(
    ("num_samples", "batch_size", "drop"), [(8, 4, False), (12, 4, True), (10, 4, False), (9, 4, True), (6, 6, False)]
)
@pytest.mark.parametrize("most", [1, 2, 5, 17])
def test_many_batches_at_once_are_those_that_come_one_by_one(num_samples, batch_size, drop, most):
    def sampler():
        return Sampler(num_samples=num_samples, batch_size=batch_size, shuffle=True, seed=3, drop_single=drop)

    one_by_one, at_once, num_batches = sampler(), sampler(), 0
    while num_batches < 60:
        batches = at_once.upcoming_batches(most, beyond_epoch=True)
        if num_samples % batch_size == 0:
            assert len(batches) == most
        for batch in batches:
            assert torch.equal(batch, one_by_one.next_batch())
        at_once.skip(batches.numel())
        assert (at_once.epoch, at_once.position) == (one_by_one.epoch, one_by_one.position)
        num_batches += len(batches)
    at_once.batch_size = one_by_one.batch_size = 3  # as a person may wish at any time
    assert torch.equal(at_once.upcoming_batches(9)[0], one_by_one.next_batch())
