"""The gallery of one sample and the first batch: what they show is what training does."""

import numpy as np
import pytest
import torch
from layerlab.augment import REGISTRY
from layerlab.errors import SpecError
from layerlab.gallery.augmentations import augmentation_gallery
from layerlab.gallery.batch import first_batch
from layerlab.gallery.pictures import smaller, strips
from layerlab.training.assemble import assemble
from layerlab.training.data import prepare
from layerlab_schemas.run import RunSpec
from layerlab_schemas.server import AugmentBatchRequest, AugmentGalleryRequest

FITTING = [kind.kind for kind in REGISTRY if "image" in kind.takes]
COLOURED = {"dataset": "shapes", "params": {"size": 16, "samples": 60, "colour": "colour"}}


def array(packed):
    found = np.frombuffer(packed.data, dtype=packed.dtype).reshape(packed.shape)
    return torch.from_numpy(found.copy())


def gallery(**body):
    return augmentation_gallery(AugmentGalleryRequest.model_validate({"data": {"dataset": "digits"}} | body))


def batch(seed=0, **data):
    return first_batch(AugmentBatchRequest.model_validate({"data": {"dataset": "digits"} | data, "seed": seed}))


@pytest.mark.parametrize("data", [{"dataset": "digits"}, COLOURED], ids=["grey", "colour"])
def test_a_sample_under_every_augmentation(data):
    frame = gallery(data=data, index=3, seed=1)
    assert [item.node for item in frame.items] == FITTING
    prepared = prepare(AugmentGalleryRequest.model_validate({"data": data}).data, None, 1)
    low, high = prepared.value_range
    stored = ((prepared.train_raw[3] - low) / (high - low) * 255).round().clamp(0, 255)
    label = prepared.facts.class_names[int(prepared.train_targets[3])]
    for item in frame.items:
        images = array(item.images)
        assert tuple(images.shape) == (6, *stored.shape)
        assert torch.equal(images[0].float(), stored)
        assert item.in_colour == (len(stored) == 3)
        assert item.names[0] == label
        if not REGISTRY.get(item.node).mixes:
            assert set(item.names) == {label}
        is_changed = (images[1:] != images[:1]).any()
        assert is_changed or REGISTRY.get(item.node).needs_colour


def test_strengths_are_those_asked_for_and_the_chance_is_not():
    kinds = [{"kind": "cutout", "size": 0.5, "value": 1, "p": 0}, {"kind": "cutout", "size": 0.25, "value": 1}]
    large, small = gallery(kinds=kinds).items
    assert (large.node, small.node) == ("cutout", "cutout")
    white = [(array(item.images)[1:] == 255).flatten(1).sum(1).tolist() for item in (large, small)]
    assert max(white[1]) < max(white[0]) <= 16 + 30
    again = gallery(kinds=kinds).items
    assert again[0].images.data == large.images.data
    assert gallery(kinds=kinds, seed=9).items[0].images.data != large.images.data


def test_a_mixed_sample_tells_both_labels():
    (item,) = gallery(kinds=[{"kind": "mixup", "alpha": 5}], index=2).items
    assert all(" + " in name and name.count("%") == 2 for name in item.names[1:])
    assert "%" not in item.names[0]


def test_the_validation_part_has_samples_of_its_own():
    train, validation = (array(gallery(part=part).items[0].images)[0] for part in ("train", "validation"))
    assert not torch.equal(train, validation)
    assert gallery(part="validation").split == "validation"


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"index": 5000}, "index", "no_such_sample"),
        ({"data": {"dataset": "iris"}}, "data.dataset", "augment_does_not_fit"),
        ({"kinds": [{"kind": "rotate"}, {"kind": "spin"}]}, "kinds.1.kind", "unknown_kind"),
        ({"kinds": [{"kind": "rotate", "degrees": 500}]}, "kinds.0.degrees", "invalid_field"),
        ({"kinds": [{"kind": "time_reversal"}]}, "kinds.0.kind", "augment_does_not_fit"),
    ],
)
def test_a_mistake_names_its_place(body, path, code):
    with pytest.raises(SpecError) as raised:
        gallery(**body)
    assert [(problem.path, problem.code) for problem in raised.value.problems()] == [(path, code)]


def test_the_batch_is_what_the_first_step_trains_on():
    augment = [{"kind": "affine"}, {"kind": "cutmix"}]
    data = {"dataset": "digits", "batch_size": 20, "augment": augment}
    layers = [{"kind": "flatten"}, {"kind": "linear", "out_features": 10}]
    spec = RunSpec.model_validate({"data": data, "graph": layers, "training": {"seed": 4}})
    trainer = assemble(spec).trainer
    wanted = trainer.upcoming_batch()
    raw = trainer.data.train_raw[trainer.upcoming()]
    stored, augmented, read = batch(seed=4, batch_size=20, augment=augment).items
    assert [stored.node, augmented.node, read.node] == ["stored", "augmented", "read"]
    assert torch.equal(array(read.images), wanted.inputs)
    assert torch.equal(array(stored.images), raw)
    again = trainer.data.preprocessing.apply(array(augmented.images))
    torch.testing.assert_close(again, wanted.inputs)
    assert (stored.low, stored.high) == tuple(trainer.data.value_range)
    assert read.signed
    names = trainer.data.facts.class_names
    assert stored.names == [names[int(target)] for target in wanted.targets]
    share = next(name for name in read.names if "+" in name)
    assert share.count("%") == 2


def test_without_augmentation_there_is_no_step_between():
    frame = batch(batch_size=64)
    assert [item.node for item in frame.items] == ["stored", "read"]
    assert [len(array(item.images)) for item in frame.items] == [32, 32]
    assert [item.total for item in frame.items] == [64, 64]
    assert frame.items[0].names == frame.items[1].names


def test_a_wrong_list_is_refused_with_its_place():
    with pytest.raises(SpecError) as raised:
        batch(augment=[{"kind": "rotate"}, {"kind": "rotate", "angle": 3}])
    assert [problem.path for problem in raised.value.problems()] == ["data.augment.1.angle"]


def test_clips_are_strips_and_large_pictures_get_smaller():
    clips = torch.rand(2, 3, 1, 4, 5)
    shown = strips(clips)
    assert shown.shape == (2, 1, 4, 15)
    assert torch.equal(shown[1, :, :, 5:10], clips[1, 1])
    assert torch.equal(smaller(clips), clips)
    large = torch.rand(2, 3, 192, 96)
    assert smaller(large).shape == (2, 3, 96, 48)
    torch.testing.assert_close(smaller(large)[0, 0, 0, 0], large[0, 0, :2, :2].mean())
