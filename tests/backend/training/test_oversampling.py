"""Classes in equal shares: in the training part alone, every sample at least once, the same for the same seed."""

import pytest
import torch
from layerlab.errors import SpecError
from layerlab.runs.planned import planned_steps
from layerlab.seeding import generator
from layerlab.training.assemble import assemble
from layerlab.training.data import prepare
from layerlab.training.oversampling import find_repeats, oversample
from layerlab.training.preview import preview
from layerlab_schemas.run import DataSpec, RunSpec
from layerlab_schemas.server import PreviewRequest

RARE = {"dataset": "moons", "params": {"first_share": 0.9, "samples": 400}}


def data(**fields) -> DataSpec:
    return DataSpec.model_validate(RARE | {"oversample": True} | fields)


def test_each_class_comes_as_often_as_the_largest_and_no_sample_is_left_out():
    targets = torch.tensor([0] * 20 + [1] * 7 + [2] * 3 + [4])
    chosen_n = torch.arange(31)[torch.randperm(31, generator=torch.Generator().manual_seed(1))]
    found_n = oversample(targets, chosen_n, generator=generator(0, "oversample"))
    assert targets[found_n].bincount().tolist() == [20, 20, 20, 0, 20]
    times = found_n.bincount()
    assert times.min() >= 1
    for number, most in ((0, 1), (1, 3), (2, 7), (4, 20)):
        of_class = times[targets == number]
        assert of_class.max() == most
        assert of_class.max() - of_class.min() <= 1
    assert found_n.equal(oversample(targets, chosen_n, generator=generator(0, "oversample")))
    assert not found_n.equal(oversample(targets, chosen_n, generator=generator(1, "oversample")))
    assert targets[found_n][:40].unique().tolist() == [0, 1, 2, 4], "classes are mixed, for those who do not shuffle"


def test_equal_classes_stay_as_they_are():
    targets = torch.tensor([0, 1] * 10)
    found_n = oversample(targets, torch.arange(20), generator=generator(0, "oversample"))
    assert sorted(found_n.tolist()) == list(range(20))


def test_a_repeat_is_what_stood_before():
    assert find_repeats(torch.tensor([5, 3, 5, 5, 1, 3])).tolist() == [False, False, True, True, False, True]


def test_validation_is_untouched():
    plain, equal = (
        prepare(data(oversample=False, preprocess="none"), None, 0),
        prepare(data(preprocess="none"), None, 0),
    )
    assert equal.validation_raw.equal(plain.validation_raw)
    assert equal.validation_targets.equal(plain.validation_targets)
    assert plain.train_targets.bincount().tolist() == [289, 31]
    assert equal.train_targets.bincount().tolist() == [289, 289]
    assert equal.is_repeat_n is not None
    once = equal.train_raw[~equal.is_repeat_n]
    assert sorted(once.tolist()) == sorted(plain.train_raw.tolist())


def test_preprocessing_learns_from_what_is_trained_on():
    equal = prepare(data(), None, 0)
    assert equal.train_inputs.mean(0).abs().max() < 1e-5


def test_the_preview_counts_with_and_without_repeats():
    seen = preview(PreviewRequest(data=data()))
    assert seen.train_counts == {"blue": 289, "orange": 31}
    assert seen.oversampled_counts == {"blue": 289, "orange": 289}
    assert seen.validation_counts == {"blue": 72, "orange": 8}
    assert seen.class_counts == {"blue": 361, "orange": 39}
    assert preview(PreviewRequest(data=data(oversample=False))).oversampled_counts == {}


@pytest.mark.parametrize("dataset", ["diabetes", "reverse"])
def test_what_has_no_class_each_is_refused(dataset):
    with pytest.raises(SpecError) as caught:
        prepare(data(dataset=dataset, params={}), None, 0)
    (problem,) = caught.value.problems()
    assert (problem.path, problem.expected) == ("data.oversample", "false")
    assert problem.hint


def test_what_repeats_add_counts_as_memory(monkeypatch):
    plain = prepare(data(oversample=False), None, 0).facts.memory
    equal = prepare(data(), None, 0).facts.memory
    assert plain is not None
    assert equal is not None
    # Of each of two numbers 16 bytes and 40 to work on it; the target and the place of a sample twice.
    assert equal.bytes - plain.bytes == (658 - 400) * (2 * (16 + 40) + 32)


def test_an_epoch_takes_the_repeats_too():
    graph = [{"kind": "linear", "out_features": 2}]
    spec = RunSpec.model_validate({"data": data(batch_size=100, subset=100).model_dump(), "graph": graph})
    trainer = assemble(spec).trainer
    assert trainer.steps_per_epoch == 2
    assert planned_steps(spec, assemble(spec).data.num_train)[1] == 2
