"""Analyses of norms and dropout against PyTorch run by hand."""

import copy
from math import sqrt

import numpy as np
import pytest
import torch
from layerlab import analyses
from layerlab.analyses.base import AnalysisContext
from layerlab.analyses.batch_noise import by_channel, sizes_up_to
from layerlab.analyses.calibration import Binned, confidences
from layerlab.layers.masking import DropoutModule
from layerlab.seeding import generator
from layerlab.training.assemble import assemble
from layerlab.training.evaluate import evaluate
from torch import nn

from tests.backend.probes.watching import NET, array, spec

ONLY_CONV = [*NET[:5], {"id": "logits", "kind": "linear", "out_features": 10}]


def trained(graph=NET, dataset="digits", steps=25, **parts):
    run = spec(graph, dataset, max_steps=steps)
    assembly = assemble(type(run).model_validate(run.model_dump() | parts))
    list(assembly.trainer.steps())
    return AnalysisContext(run="r", step=steps, assembly=assembly, sample=5)


def analyse(kind, context, **fields):
    found = analyses.REGISTRY.get(kind)
    frame = found.analyse(context, found.Params.model_validate(fields))
    return frame, {item.node: item for item in frame.items}


def curve(item, name):
    return array(next(series for series in item.series if series.name == name).y)


def plain_copy(context, *, training):
    """The same network as PyTorch modules in a row, with PyTorch's own norm."""
    network = context.network
    rows = [copy.deepcopy(network.layers[node.id]) for node in context.plan.nodes]
    for place, module in enumerate(rows):
        if isinstance(module, nn.BatchNorm1d):
            rows[place] = nn.BatchNorm2d(module.num_features)
            rows[place].load_state_dict(module.state_dict())
    return nn.Sequential(*rows).train(training)


def test_train_and_eval_mode_side_by_side():
    context = trained(ONLY_CONV)
    inputs, targets = context.data.validation_inputs[:96], context.data.validation_targets[:96]
    exact = evaluate(context.network, context.loss, inputs, targets)
    train, single = plain_copy(context, training=True), plain_copy(context, training=True)
    evaluated = plain_copy(context, training=False)
    with torch.no_grad():
        logits = torch.cat([train(part) for part in inputs.split(32)])
        alone = torch.cat([single(part) for part in inputs.split(1)])
        norms = [rows[:2](inputs[:32]) for rows in (plain_copy(context, training=True), evaluated)]
    frame, items = analyse("train_and_eval", context, samples=96)
    assert (frame.split, frame.num_samples) == ("validation", 96)
    share = [float((one.argmax(1) == targets).double().mean()) for one in (logits, alone)]
    assert array(items["accuracy"].series[0].y) == pytest.approx([share[0], exact.accuracy, share[1]])
    losses = [float(nn.functional.cross_entropy(one, targets)) for one in (logits, alone)]
    assert array(items["loss"].series[0].y) == pytest.approx([losses[0], exact.loss, losses[1]], rel=1e-4)
    by_layer = dict(zip(items["by layer"].x_names, array(items["by layer"].series[0].y), strict=True))
    assert by_layer["conv"] == 0
    assert by_layer["norm"] == pytest.approx(float((norms[0] - norms[1]).norm() / norms[1].norm()), rel=1e-3)
    assert len({*losses, exact.loss}) == 3
    assert items["by layer"].note.startswith("One batch of 32 validation samples in both modes; ")
    assert items["loss"].note.startswith("The same 96 validation samples in each mode. ")
    assert items["norm input"].note.startswith("One batch of 32 validation samples. ")


def test_the_variance_that_dropout_shifts():
    """A dropout before a norm: in train mode the norm reads a larger variance than in eval mode."""
    graph = [
        {"kind": "flatten"}, {"id": "a", "kind": "linear", "out_features": 32}, {"kind": "relu"},
        {"kind": "dropout", "p": 0.5}, {"id": "norm", "kind": "batch_norm"}, {"kind": "linear", "out_features": 10},
    ]  # fmt: skip
    context = trained(graph)
    _, items = analyse("train_and_eval", context, batch_size=128, samples=128)
    on, off = (float(curve(items["norm input"], f"{mode} mode")[0]) for mode in ("train", "eval"))
    assert on > 1.3 * off
    x = context.data.validation_inputs[:128].flatten(1)
    read = torch.relu(context.network.layers["a"](x)).detach()
    assert off == pytest.approx(float(read.var(0, correction=0).mean()), rel=1e-4)
    _, items = analyse("train_and_eval", trained(graph), batch_size=128, samples=128, dropout="off")
    on, off = (float(curve(items["norm input"], f"{mode} mode")[0]) for mode in ("train", "eval"))
    assert on == pytest.approx(off)


def test_single_samples_that_cannot_be_normalised_are_explained():
    graph = [{"kind": "flatten"}, {"kind": "linear", "out_features": 16}, {"kind": "batch_norm"},
             {"kind": "linear", "out_features": 10}]  # fmt: skip
    context = trained(graph, steps=5)
    _, items = analyse("train_and_eval", context, samples=64)
    assert np.isnan(array(items["accuracy"].series[0].y)).tolist() == [False, False, True]
    assert "PyTorch refuses" in items["accuracy"].note
    _, items = analyse("batch_noise", context, batches=8)
    noise = items["batch_norm_1"]
    assert np.isnan(curve(noise, "variance, in σ²")[0])
    assert np.isfinite(curve(noise, "mean, in σ")[0])
    assert "PyTorch refuses" in noise.note


def test_noise_of_batch_statistics():
    """Against the batches drawn again and put through PyTorch's own mean and variance."""
    context = trained()
    network = copy.deepcopy(context.network).eval()
    with torch.no_grad():
        x = network.layers["conv"](context.data.train_inputs).double()
    frame, items = analyse("batch_noise", context, batches=24)
    item, sizes = items["norm"], sizes_up_to(len(x))
    assert frame.num_samples == len(x)
    assert array(item.x).tolist() == sizes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, len(x)]
    draws = generator(3, "batch_noise.norm")
    sigma = x.transpose(0, 1).flatten(1).std(1, correction=0)
    for place, size in enumerate(sizes[:6]):
        batches = torch.stack([torch.randperm(len(x), generator=draws)[:size] for _ in range(24)])
        found = [torch.var_mean(x[batch], dim=(0, 2, 3), correction=0) for batch in batches]
        mean = torch.stack([one[1] for one in found]).std(0) / sigma
        variance = torch.stack([one[0] for one in found]).std(0) / sigma**2
        assert curve(item, "mean, in σ")[place] == pytest.approx(sqrt(float((mean**2).mean())), rel=1e-4)
        assert curve(item, "variance, in σ²")[place] == pytest.approx(sqrt(float((variance**2).mean())), rel=1e-4)
    single = x.mean((2, 3)).std(0) / sigma
    expected = sqrt(float((single**2).mean())) / np.sqrt(sizes)
    assert curve(item, "1/√n, mean") == pytest.approx(expected, rel=1e-5)
    assert curve(item, "mean, in σ")[:7] == pytest.approx(expected[:7], rel=0.35)


def test_group_norm_does_not_care_for_the_batch():
    _, items = analyse("batch_noise", trained(), batches=16)
    moved = items["norm: one sample"]
    batch = curve(moved, "batch norm")
    assert (np.diff(batch[1:8]) < 0).all()
    assert batch[2] > 5 * batch[8] > 0
    assert (curve(moved, "group norm, 3 groups") == 0).all()


@pytest.mark.parametrize("shape", [(4, 6), (4, 5, 6), (4, 6, 3, 2)])
def test_channels_of_any_data(shape):
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    channels = by_channel(x)
    norm = nn.BatchNorm1d(6, momentum=1.0)
    norm(x.transpose(1, 2) if len(shape) == 3 else x.flatten(2) if len(shape) == 4 else x)
    assert torch.allclose(channels.mean((0, 2)), norm.running_mean, atol=1e-6)


def masked(context, name, passes, inputs):
    """Probabilities of passes, by hand: the masks drawn one pass after the other from the generator by its name."""
    rows = plain_copy(context, training=False)
    (place,) = [index for index, module in enumerate(rows) if isinstance(module, DropoutModule)]
    draws = generator(3, f"{name}.layers.{context.plan.nodes[place].id}")
    with torch.no_grad():
        x = rows[:place](inputs)
        keep = torch.empty(passes, *x.shape[1:]).bernoulli_(0.7, generator=draws)
        return rows[place + 1 :](x * keep / 0.7).softmax(1).double()


def test_monte_carlo_dropout():
    context = trained()
    inputs = context.data.validation_inputs[5:6]
    with torch.no_grad():
        plain = plain_copy(context, training=False)(inputs).softmax(1)[0]
    expected = masked(context, "monte_carlo_dropout", 40, inputs)
    frame, items = analyse("monte_carlo_dropout", context, passes=40)
    item = items["this input"]
    on, off = item.series
    spread = expected.std(0).numpy()
    assert array(on.y) == pytest.approx(expected.mean(0).numpy(), abs=1e-5)
    assert array(on.high) - array(on.y) == pytest.approx(spread, abs=1e-5)
    assert array(on.y) - array(on.low) == pytest.approx(spread, abs=1e-5)
    assert array(off.y) == pytest.approx(plain.numpy(), abs=1e-5)
    assert spread.max() > 0.01
    assert item.x_names == [str(digit) for digit in range(10)]
    assert (frame.sample.index, frame.sample.label) == (5, str(int(context.data.validation_targets[5])))


def test_monte_carlo_is_seeded():
    one, other = (analyse("monte_carlo_dropout", trained(), passes=10)[1]["this input"] for _ in range(2))
    assert one == other


def test_spread_over_the_plane():
    graph = [{"kind": "linear", "out_features": 16}, {"kind": "tanh"}, {"id": "drop", "kind": "dropout", "p": 0.3},
             {"id": "out", "kind": "linear", "out_features": 2}]  # fmt: skip
    context = trained(graph, "spiral")
    rows = plain_copy(context, training=False)
    frame, items = analyse("monte_carlo_plane", context, passes=6)
    values = array(items["output"].values)
    assert values.shape == (49, 49)
    assert frame.num_samples == 49 * 49
    assert items["output"].high == pytest.approx(float(values.max()))
    # By hand: chunks of the places in their order, each pass with masks of its own.
    from layerlab.probes.plane import plane_of

    places = plane_of(context.data.train_raw).places().reshape(97, 97, 2)[::2, ::2].flip(0).reshape(-1, 2)
    chunks = context.data.preprocessing.apply(places).tensor_split(-(-len(places) // 512))
    draws, answers = generator(3, "monte_carlo_plane.layers.drop"), []
    with torch.no_grad():
        for _ in range(6):
            parts = [rows[:2](chunk) for chunk in chunks]
            kept = [x * torch.empty_like(x).bernoulli_(0.7, generator=draws) / 0.7 for x in parts]
            answers.append(torch.cat([rows[3](x) for x in kept]).softmax(1).double())
    told = torch.stack(answers)
    winner = told.mean(0).argmax(1)
    exact = told.std(0).gather(1, winner[:, None]).reshape(49, 49)
    assert values == pytest.approx(exact.numpy(), abs=1e-5)


def test_calibration():
    context = trained()
    inputs, targets = context.data.validation_inputs, context.data.validation_targets
    with torch.no_grad():
        shares = plain_copy(context, training=False)(inputs).softmax(1).double().numpy()
    frame, items = analyse("calibration", context, bins=5, passes=3)
    assert (frame.split, frame.mode, frame.num_samples) == ("validation", "eval", len(targets))
    confidence, right = shares.max(1), shares.argmax(1) == targets.numpy()
    error = 0.0
    drawn, counts = (array(items[name].series[0].y) for name in ("reliability", "answers in each bin"))
    for place in range(5):
        inside = (confidence > place / 5) & (confidence <= (place + 1) / 5)
        assert counts[place] == pytest.approx(inside.mean())
        if not inside.any():
            assert np.isnan(drawn[place])
            continue
        assert drawn[place] == pytest.approx(right[inside].mean())
        error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    assert items["reliability"].series[0].name == f"dropout off, ECE {error:.3f}"
    assert items["reliability"].series[1].name.startswith("mean of 3, ECE ")


def test_calibration_of_answers_that_are_known():
    shares = torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.45, 0.55]], dtype=torch.float64)
    binned = Binned.of(*confidences(shares, torch.tensor([0, 1, 1, 0])), 10)
    assert binned.counts.tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1, 0]
    assert binned.error == pytest.approx((0.1 + 0.8 + 0.3 + 0.55) / 4)
    one = confidences(torch.tensor([[0.2], [0.7]]), torch.tensor([0, 0]))
    assert one[0].tolist() == pytest.approx([0.8, 0.7])
    assert one[1].tolist() == [True, False]
    steps = confidences(torch.rand(3, 4, 5).softmax(-1), torch.full((3, 4), -100))
    assert len(steps[0]) == 0


@pytest.mark.parametrize("kind", ["batch_noise", "train_and_eval", "calibration", "monte_carlo_dropout"])
def test_progress_can_cancel(kind):
    from layerlab.analyses.base import Cancelled

    def stop(share: float) -> None:
        raise Cancelled("No more.")

    context = trained(steps=1)
    found = analyses.REGISTRY.get(kind)
    with pytest.raises(Cancelled):
        found.analyse(AnalysisContext(run="r", step=1, assembly=context.assembly, progress=stop), found.Params())


def test_where_they_do_not_apply():
    plan = trained([{"kind": "flatten"}, {"kind": "linear", "out_features": 10}], steps=1).plan
    applying = {
        kind.kind for kind in analyses.REGISTRY if kind.applies(plan) and kind.group in ("Normalisation", "Dropout")
    }
    assert applying == {"calibration"}
