"""Batches of a run on a graphics card: made there, of the same numbers as on the CPU, without waiting for the card."""

import pytest
import torch
from layerlab.augment import REGISTRY
from layerlab.training.assemble import _placed, assemble
from layerlab.training.batches import Batch, Batches
from layerlab.training.data import prepare
from layerlab.training.sampler import Sampler
from layerlab_schemas.run import DataSpec, RunSpec
from torch import Tensor

from tests.backend.card import CARD, DevicesMixed, Traffic, card, held

SIZE = 16
#: Pictures as floats, pictures in colour as bytes, and clips.
SETS = {
    "digits": {"dataset": "digits", "subset": 64},
    "shapes": {"dataset": "shapes", "params": {"samples": 64, "size": 16, "colour": "colour"}},
    "clips": {"dataset": "clips", "params": {"samples": 70}},
}
#: What kornia asks of its tensors: whether every width of a blur is above 0.
WAITS_IN_LIBRARY = {"gaussian_blur": 1}
CASES = [
    (kind.kind, name) for kind in REGISTRY for name in SETS if ("video" if name == "clips" else "image") in kind.takes
]


def run_on(name: str, *augment: str, preprocess: str = "standardize") -> RunSpec:
    listed = [REGISTRY.get(kind).example for kind in augment]
    data = {**SETS[name], "augment": listed, "preprocess": preprocess, "batch_size": SIZE}
    [num_classes] = prepare(DataSpec.model_validate(SETS[name]), None, 0).facts.output_shape
    graph = [{"kind": "flatten"}, {"kind": "linear", "out_features": num_classes}]
    return RunSpec.model_validate({"data": data, "graph": graph, "training": {"device": "cpu"}})


def second_batch(run: RunSpec, device: torch.device) -> tuple[Batch, Tensor, Traffic]:
    """The second batch of a run on this device, its loss for the same answers, and what making it moved."""
    made = assemble(run)
    with card() as traffic:
        data = _placed(made.data, made.network, made.plan, device)
        deal = Sampler(
            num_samples=data.num_train, batch_size=SIZE, shuffle=True, seed=0, drop_single=False, device=device
        )
        batches = Batches(data, seed=0, augment=made.trainer.settings.augment)
        batches.make(deal.next_batch(), epoch=0, position=0)
        traffic.clear()
        batch = batches.make(deal.next_batch(), epoch=0, position=SIZE)
        answers = torch.linspace(-1, 1, SIZE * made.check.data.output_shape[0]).reshape(SIZE, -1)
        seen = traffic.copy()
        loss = batch.loss(made.trainer.loss, answers.to(device))
    return batch, loss, seen


@pytest.mark.parametrize(("kind", "name"), CASES, ids=[f"{kind}-{name}" for kind, name in CASES])
def test_every_augmentation_gives_on_a_card_what_it_gives_on_the_cpu(kind, name):
    run = run_on(name, kind)
    expected, expected_loss, nothing = second_batch(run, torch.device("cpu"))
    batch, loss, traffic = second_batch(run, CARD)
    assert torch.equal(held(batch.inputs), expected.inputs)
    assert torch.equal(held(batch.targets), expected.targets)
    assert torch.equal(held(loss), expected_loss)
    assert traffic.back == []
    assert len(traffic.waits) == WAITS_IN_LIBRARY.get(kind, 0)
    # What was drawn goes there; the samples are there already.
    samples = tuple(expected.inputs.shape)
    assert samples not in traffic.there or kind == "gaussian_noise"
    assert (nothing.there, nothing.back, nothing.waits) == ([], [], [])


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("method", ["none", "mean_image", "channel_mean", "standardize", "min_max", "whiten"])
def test_samples_and_preprocessing_are_on_the_card_before_the_first_step(name, method):
    for augment in ((), ("horizontal_flip",)):
        run = run_on(name, *augment, preprocess=method if name != "clips" or method != "whiten" else "none")
        expected, _, _ = second_batch(run, torch.device("cpu"))
        batch, _, traffic = second_batch(run, CARD)
        torch.testing.assert_close(held(batch.inputs), expected.inputs, rtol=0, atol=1e-6)
        assert traffic.back == []
        assert traffic.waits == []
        # A flip sends the draw of which samples; without one nothing goes there.
        assert traffic.there == [(SIZE,)] * len(augment)


def test_what_mixes_the_devices_is_seen_and_what_goes_between_them_is_written_down():
    here = torch.ones(3)
    with card() as traffic:
        there = here.to(CARD)
        with pytest.raises(DevicesMixed):
            there + here
        with pytest.raises(DevicesMixed):
            torch.rand(3, generator=torch.Generator(), device=CARD)
        assert torch.equal(held(there + there.new_tensor([1.0, 2.0, 3.0])), torch.tensor([2.0, 3.0, 4.0]))
        assert there.sum().item() == 3
        assert torch.equal(there.cpu(), here)
    assert (traffic.there, traffic.back) == ([(3,), (3,)], [(3,)])
    assert traffic.waits == ["aten._local_scalar_dense.default"]
