"""Augmentation in training: what the network reads, where chance comes from, what is refused, shared labels."""

from typing import Any, ClassVar

import pytest
import torch
from layerlab import augment
from layerlab.augment.base import AugmentKind, AugmentParams
from layerlab.errors import SpecError
from layerlab.training import augmenting
from layerlab.training.assemble import assemble, inspect
from layerlab.training.augmenting import Share
from layerlab.training.batches import Batch
from layerlab.training.choice import Choice
from layerlab.training.state import weights_digest
from layerlab_schemas.run import RunChange
from torch.nn import functional

from tests.backend.training.specs import digits, losses, plane

FLIP = {"kind": "horizontal_flip", "p": 1.0}
SOMETIMES = {"kind": "horizontal_flip", "p": 0.5}


class GlobalNoise(AugmentKind[AugmentParams]):
    """Draws from PyTorch's own generator, as libraries do that know no generators."""

    kind = "global_noise"
    title = "Noise"
    Params = AugmentParams
    example: ClassVar[dict[str, Any]] = {}

    def change(self, params, inputs, *, generator):
        return inputs + torch.rand_like(inputs)


NOISE = Choice(GlobalNoise(), AugmentParams(p=1.0))


def changed(chosen, inputs, at=(0, 0), seed=0, value_range=(0.0, 16.0)):
    return augmenting.change(chosen, inputs, value_range=value_range, seed=seed, at=at).inputs


def flips(**fields):
    return Choice(augment.REGISTRY.get("horizontal_flip"), AugmentParams(**fields))


@pytest.mark.parametrize("method", ["none", "standardize", "mean_image", "min_max"])
def test_a_network_reads_the_flipped_digits_preprocessed(method):
    run = digits(data={"augment": [FLIP], "preprocess": method, "shuffle": False})
    trainer = assemble(run).trainer
    batch = trainer.upcoming_batch()
    data = assemble(digits(data={"preprocess": method, "shuffle": False})).data
    expected = data.preprocessing.apply(data.train_raw[:25].flip(-1))
    torch.testing.assert_close(batch.inputs, expected)
    assert batch.targets.equal(data.train_targets[:25])


def test_whole_numbers_become_floats_of_the_same_size():
    raw_bchw = torch.randint(0, 256, (4, 1, 5, 5), dtype=torch.uint8)
    found = changed([flips(p=1.0)], raw_bchw, value_range=(0.0, 255.0))
    torch.testing.assert_close(found, raw_bchw.flip(-1).float())


def test_a_list_acts_in_its_order():
    raw_bchw = torch.rand(6, 1, 4, 4)
    once = changed([flips(p=1.0)], raw_bchw, value_range=(0.0, 1.0))
    assert once.equal(raw_bchw.flip(-1))
    assert changed([flips(p=1.0), flips(p=1.0)], raw_bchw, value_range=(0.0, 1.0)).equal(raw_bchw)


def test_chance_comes_from_seed_epoch_and_position_alone():
    raw_bchw = torch.arange(200 * 2.0).reshape(200, 1, 1, 2).expand(200, 1, 1, 2) / 400 * 16

    def drawn(**given):
        return changed([flips(p=0.5)], raw_bchw, **given)

    torch.manual_seed(5)
    first = drawn()
    torch.rand(3)
    assert drawn().equal(first)
    differs_b = (first != raw_bchw).flatten(1).any(1)
    assert 70 < int(differs_b.sum()) < 130
    for other in ({"seed": 1}, {"at": (1, 0)}, {"at": (0, 32)}):
        assert not drawn(**other).equal(first)


def test_a_library_that_draws_from_the_global_generator_is_seeded_and_leaves_no_trace():
    raw_bchw = torch.zeros(3, 1, 4, 4)
    torch.manual_seed(1)
    expected = torch.rand(4)
    torch.manual_seed(1)
    first = changed([NOISE], raw_bchw, at=(2, 7))
    assert torch.rand(4).equal(expected)
    torch.manual_seed(99)
    assert changed([NOISE], raw_bchw, at=(2, 7)).equal(first)
    assert not changed([NOISE], raw_bchw, at=(2, 8)).equal(first)


@pytest.mark.parametrize("optimizer", [{"kind": "sgd", "lr": 0.05}, {"kind": "gd"}])
def test_a_resumed_run_is_the_same_bit_for_bit(optimizer):
    run = digits(data={"augment": [SOMETIMES]}, optimizer=optimizer, training={"epochs": 2, "max_steps": 12})
    whole, first, second = assemble(run), assemble(run), assemble(run)
    expected = losses(whole)
    steps = first.trainer.steps()
    told = [next(steps).loss for _ in range(2)][1:]
    second.trainer.load_state(first.trainer.state())
    assert told + losses(second) == expected
    assert weights_digest(second.network) == weights_digest(whole.network)


def test_rehearsal_and_recording_see_the_batch_of_the_step():
    trainer = assemble(digits(data={"augment": [SOMETIMES]})).trainer
    expected = trainer.upcoming_batch()
    with trainer.network.recording() as record:
        assert [report.step for _, report in zip(range(2), trainer.steps(), strict=False)] == [0, 1]
    assert record.outputs["input"].equal(expected.inputs)


def test_a_change_acts_at_the_next_batch_is_told_and_is_kept_in_the_state():
    trainer = assemble(digits(data={"shuffle": False})).trainer
    plain = trainer.upcoming_batch().inputs
    (event,) = trainer.apply(RunChange.model_validate({"data": {"augment": [FLIP]}}))
    assert (event.path, event.before, event.after) == ("data.augment", [], [FLIP])
    assert event.text == "augmentation off → horizontal flip (p 1)"
    torch.testing.assert_close(trainer.upcoming_batch().inputs, plain.flip(-1))
    other = assemble(digits(data={"shuffle": False})).trainer
    other.load_state(trainer.state())
    assert other.upcoming_batch().inputs.equal(trainer.upcoming_batch().inputs)
    (event,) = trainer.apply(RunChange.model_validate({"data": {"augment": []}}))
    assert event.text == "augmentation horizontal flip (p 1) → off"
    assert trainer.upcoming_batch().inputs.equal(plain)


def test_a_wrong_change_is_refused_and_changes_nothing():
    trainer = assemble(digits()).trainer
    wrong = {"data": {"augment": [{"kind": "horizontal_flip", "p": 2}], "batch_size": 10}}
    with pytest.raises(SpecError):
        trainer.apply(RunChange.model_validate(wrong))
    assert (trainer.settings.augment, trainer.settings.batch_size) == ((), 25)


@pytest.mark.parametrize(
    ("run", "path", "code"),
    [
        (digits(data={"augment": [FLIP, {"kind": "horizontal_flop"}]}), "data.augment.1.kind", "unknown_kind"),
        (digits(data={"augment": [{"kind": "horizontal_flip", "p": 1.5}]}), "data.augment.0.p", "invalid_field"),
        (digits(data={"augment": [{"kind": "horizontal_flip", "q": 1}]}), "data.augment.0.q", "unknown_field"),
        (plane(data={"augment": [FLIP]}), "data.augment.0.kind", "augment_does_not_fit"),
    ],
)
def test_what_cannot_be_is_one_problem_at_its_place(run, path, code):
    (problem,) = inspect(run).problems
    assert (problem.path, problem.code) == (path, code)
    assert problem.hint


def test_an_autoencoder_gives_back_what_it_reads():
    graph = [{"kind": "flatten"}, {"kind": "linear", "out_features": 64}, {"kind": "reshape", "shape": [1, 8, 8]}]
    batch = assemble(digits(data={"augment": [FLIP], "target": "input"}, graph=graph)).trainer.upcoming_batch()
    assert batch.targets.equal(batch.inputs)


def mixed_batch() -> tuple[Batch, torch.Tensor, torch.Tensor]:
    """Three samples; the first is all its own, the others have a share of another label. Labels as probabilities."""
    targets_b, partner_b = torch.tensor([0, 1, 2]), torch.tensor([1, 2, 0])
    own_b = torch.tensor([1.0, 0.75, 0.4])
    shares = (Share(torch.arange(3), own_b), Share(partner_b, 1 - own_b))
    soft_bk = torch.zeros(3, 3)
    for place in range(3):
        soft_bk[place, targets_b[place]] += own_b[place]
        soft_bk[place, targets_b[partner_b[place]]] += 1 - own_b[place]
    return Batch(inputs=torch.zeros(3, 2), targets=targets_b, shares=shares), soft_bk, torch.randn(3, 3)


def test_the_loss_of_mixed_samples_is_that_of_soft_labels():
    batch, soft_bk, scores_bk = mixed_batch()
    loss = assemble(digits()).trainer.loss
    ours, theirs = scores_bk.clone().requires_grad_(), scores_bk.clone().requires_grad_()
    value, expected = batch.loss(loss, ours), functional.cross_entropy(theirs, soft_bk)
    torch.testing.assert_close(value, expected)
    value.backward()
    expected.backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_the_accuracy_of_mixed_samples_counts_shares():
    batch, soft_bk, _ = mixed_batch()
    scores_bk = functional.one_hot(torch.tensor([0, 2, 2]), 3).float()
    expected = float(soft_bk[torch.arange(3), torch.tensor([0, 2, 2])].mean())
    assert batch.measure(assemble(digits()).trainer.loss, scores_bk)["accuracy"] == pytest.approx(expected)


def test_shares_of_shares_are_those_of_the_product_of_both_mixings():
    p1_b, p2_b = torch.tensor([1, 2, 0, 3]), torch.tensor([3, 0, 1, 2])
    own1_b, own2_b = torch.rand(4), torch.rand(4)

    def matrix(partner_b, own_b):
        return torch.diag(own_b) + torch.diag(1 - own_b) @ torch.eye(4)[partner_b]

    found = augmenting._mixed(augmenting._mixed((), p1_b, own1_b), p2_b, own2_b)
    weights_bb = torch.zeros(4, 4)
    for share in found:
        weights_bb += torch.diag(share.weight_b) @ torch.eye(4)[share.partner_b]
    torch.testing.assert_close(weights_bb, matrix(p2_b, own2_b) @ matrix(p1_b, own1_b))


@pytest.mark.parametrize("kind", list(augment.REGISTRY), ids=lambda kind: kind.kind)
def test_every_kind_makes_the_same_batches_again(kind):
    """Also those of a library that knows no generators; in a whole run, with what it mixes."""
    is_video = "image" not in kind.takes
    if is_video:
        pytest.skip("there is no set of videos to train on here")
    run = digits(data={"augment": [kind.example], "batch_size": 40, "subset": 80}, training={"epochs": 1})
    assert losses(assemble(run)) == losses(assemble(run))
