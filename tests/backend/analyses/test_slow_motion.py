"""Every number of a step in slow motion, against PyTorch doing the same step, and against the run that takes it."""

import numpy as np
import pytest
import torch
from layerlab import analyses
from layerlab.analyses.base import AnalysisContext
from layerlab.errors import SpecError
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.state import weights_digest
from layerlab_schemas.frames import Frame
from layerlab_schemas.run import RunSpec

SPIRAL = [{"id": "a", "kind": "linear", "out_features": 6}, {"id": "t", "kind": "tanh"},
          {"id": "b", "kind": "linear", "out_features": 2}]  # fmt: skip
LENET = [
    {"id": "conv", "kind": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1, "stride": 2},
    {"id": "norm", "kind": "batch_norm"},
    {"id": "relu", "kind": "relu"},
    {"kind": "flatten"},
    {"kind": "dropout", "p": 0.3},
    {"id": "fc", "kind": "linear", "out_features": 10},
]
SEQUENCE = [{"id": "e", "kind": "embedding", "embedding_dim": 4}, {"id": "lstm", "kind": "lstm", "hidden_size": 5},
            {"id": "fc", "kind": "linear", "out_features": 1}]  # fmt: skip
PARITY = {"dataset": "parity", "params": {"encoding": "token", "shortest": 4, "samples": 100}}
OPTIMIZERS = [
    {"kind": "sgd", "lr": 0.1, "momentum": 0.9, "weight_decay": 0.01},
    {"kind": "sgd", "lr": 0.1, "momentum": 0.0},
    {"kind": "adam", "lr": 0.02},
    {"kind": "rmsprop", "lr": 0.01},
    {"kind": "muon", "lr": 0.01},
    {"kind": "gd", "lr": 0.1},
    {"kind": "lbfgs", "max_iter": 3},
]


def made(graph, data, optimizer=None, steps=3, loss=None, **regularization) -> Assembly:
    """A run after so many steps, as an analysis gets it."""
    body = {
        "data": {"batch_size": 16, **data},
        "graph": graph,
        "loss": loss,
        "optimizer": optimizer or OPTIMIZERS[0],
        "regularization": regularization,
        "training": {"max_steps": 50, "epochs": None, "seed": 1},
    }
    assembly = assemble(RunSpec.model_validate(body))
    for report in assembly.trainer.steps():
        if report.step >= steps:
            break
    return assembly


def copied(assembly: Assembly) -> Assembly:
    """Another copy with the same state, as the process of analyses makes it."""
    copy = assemble(assembly.spec)
    copy.trainer.load_state(assembly.trainer.state())
    return copy


def watched(assembly: Assembly, **params) -> Frame:
    kind = analyses.REGISTRY.get("slow_motion")
    threads = torch.get_num_threads()
    context = AnalysisContext(run="r", step=assembly.trainer.step, assembly=assembly, threads=threads)
    return kind.analyse(context, kind.Params.model_validate(params))


def phases(frame: Frame, phase: str) -> dict:
    return {item.node: item for item in frame.items if item.phase == phase}


def numbers(item) -> dict[str, float | None]:
    return {one.symbol: one.value for one in item.values}


def one_more(assembly: Assembly) -> None:
    start = assembly.trainer.step
    next(report for report in assembly.trainer.steps() if report.step > start)


def place_of(item) -> tuple[int, ...]:
    return tuple(int(part) for part in item.title.split("[")[1].split("]")[0].split(","))


RUNS = {"spiral": (SPIRAL, {"dataset": "spiral"}, None), "lenet": (LENET, {"dataset": "digits"}, None),
        "lstm": (SEQUENCE, PARITY, {"kind": "bce"})}  # fmt: skip


CASES = [("spiral", optimizer) for optimizer in OPTIMIZERS] + [("lenet", OPTIMIZERS[0]), ("lstm", OPTIMIZERS[2])]


@pytest.mark.parametrize(("name", "optimizer"), CASES, ids=lambda one: one if isinstance(one, str) else one["kind"])
def test_the_run_comes_to_exactly_the_shown_weights(name, optimizer):
    """The copy takes the step with hooks on every node, the run without: bit for bit the same, dropout included."""
    graph, data, loss = RUNS[name]
    run = made(graph, data, optimizer, loss=loss)
    copy = copied(run)
    frame = watched(copy)
    updates = phases(frame, "update")
    before = {key: value.detach().clone() for key, value in run.network.named_parameters()}
    one_more(run)
    assert weights_digest(run.network) == weights_digest(copy.network)
    assert set(updates) == {node.id for node in run.plan.nodes if list(run.network.layers[node.id].parameters())}
    for node, item in updates.items():
        parameter = item.title.split(" ")[0]
        weight = dict(run.network.named_parameters())[f"layers.{parameter}"]
        found, place = numbers(item), place_of(item)
        assert found["w'"] == float(weight.detach()[place])
        assert found["w"] == float(before[f"layers.{parameter}"][place]), node
        assert found["w"] != found["w'"]


def test_forward_and_back_through_a_stack_of_linear_layers():
    run = made(SPIRAL, {"dataset": "spiral"})
    frame = watched(copied(run), place=5)
    places = run.trainer.upcoming()
    x, y = run.data.train_inputs[places], run.data.train_targets[places]
    a, t, b = (run.network.layers[node] for node in ("a", "t", "b"))
    run.network.zero_grad()
    first = a(x)
    second = t(first)
    scores = b(second)
    for kept in (first, second, scores):
        kept.retain_grad()
    torch.nn.functional.cross_entropy(scores, y).backward()
    batch = frame.items[0]
    assert (batch.phase, batch.samples) == ("batch", places.tolist())
    assert f"training sample {int(places[5])}, label {run.data.facts.class_names[int(y[5])]}" in batch.title
    assert (frame.split, frame.mode, frame.num_samples, frame.step) == ("train", "train", 16, 3)
    forward, back = phases(frame, "forward"), phases(frame, "backward")
    for node, given, module, read in (("a", first, a, x), ("b", scores, b, second)):
        unit = int(given.grad[5].abs().argmax())
        item = forward[node]
        assert item.chosen == unit
        assert [term.numbers[:2] for term in item.terms] == [
            [pytest.approx(float(w)), pytest.approx(float(v))]
            for w, v in zip(module.weight[unit].detach(), read[5].detach(), strict=True)
        ]
        total = sum(term.numbers[2] for term in item.terms) + numbers(item)["b"]
        assert total == pytest.approx(numbers(item)["z"], rel=1e-5, abs=1e-6)
        assert numbers(item)["z"] == pytest.approx(float(given[5, unit].detach()))
        gradient = numbers(back[node])
        assert gradient[r"\frac{\partial L}{\partial z}"] == pytest.approx(float(given.grad[5, unit]), rel=1e-5)
        place = int(module.weight.grad[unit].abs().argmax())
        exact = float(module.weight.grad[unit, place])
        assert gradient[r"\frac{\partial L}{\partial w}"] == pytest.approx(exact, rel=1e-5)
        listed = sum(term.numbers[0] for term in back[node].terms) + (back[node].rest or 0)
        assert listed == pytest.approx(exact, rel=1e-4)
        assert back[node].num_terms == 16
    unit = int(second.grad[5].abs().argmax())
    slope = 1 - float(torch.tanh(first[5, unit].detach())) ** 2
    found = numbers(back["t"])
    assert found["f'(x)"] == pytest.approx(slope, rel=1e-4)
    assert found[r"\frac{\partial L}{\partial x}"] == pytest.approx(float(first.grad[5, unit]), rel=1e-4)


def test_the_loss_with_its_softmax():
    run = made(SPIRAL, {"dataset": "spiral"})
    frame = watched(copied(run))
    places = run.trainer.upcoming()
    scores = run.network(run.data.train_inputs[places]).detach()
    y = run.data.train_targets[places]
    (item,) = phases(frame, "loss").values()
    share = scores[0].softmax(0)
    assert [term.numbers[1] for term in item.terms] == pytest.approx(share.tolist())
    assert item.terms[int(y[0])].numbers[2] == pytest.approx(float(share[y[0]]) - 1)
    found = numbers(item)
    assert found[r"-\log p_y"] == pytest.approx(-float(share[y[0]].log()))
    assert found["L"] == pytest.approx(float(torch.nn.functional.cross_entropy(scores, y)))


def test_one_pixel_of_a_convolution_and_the_gradient_of_one_weight():
    run = made(LENET, {"dataset": "digits"})
    copy = copied(run)
    frame = watched(copy, place=2)
    places = run.trainer.upcoming()
    x = run.data.train_inputs[places]
    conv = run.network.layers["conv"]
    item, back = phases(frame, "forward")["conv"], phases(frame, "backward")["conv"]
    exact = conv(x).detach()[2].flatten()[item.chosen]
    assert numbers(item)["z"] == pytest.approx(float(exact), rel=1e-5)
    assert sum(term.numbers[2] for term in item.terms) + numbers(item)["b"] == pytest.approx(float(exact), rel=1e-5)
    assert item.num_terms == 9
    total = sum(term.numbers[0] for term in back.terms) + back.rest
    assert total == pytest.approx(numbers(back)[r"\frac{\partial L}{\partial w}"], rel=1e-3)
    norm = phases(frame, "forward")["norm"]
    assert norm.output_shape == [4, 4, 4]
    found = numbers(norm)
    scaled = (found["x"] - found[r"\mu"]) / np.sqrt(found[r"\sigma^2"] + 1e-5)
    assert found["y"] == pytest.approx(scaled * found[r"\gamma"] + found[r"\beta"], rel=1e-4, abs=1e-5)


def test_momentum_and_adam_in_their_own_terms():
    sgd = numbers(phases(watched(copied(made(SPIRAL, {"dataset": "spiral"}))), "update")["a"])
    v = 0.9 * sgd["v"] + sgd["g"] + sgd[r"\lambda"] * sgd["w"]
    assert sgd["v'"] == pytest.approx(v, rel=1e-5)
    assert sgd["w'"] == pytest.approx(sgd["w"] - sgd[r"\eta"] * v, rel=1e-5)
    run = made(SPIRAL, {"dataset": "spiral"}, {"kind": "adam", "lr": 0.02})
    item = phases(watched(copied(run)), "update")["b"]
    adam = numbers(item)
    assert adam["t"] == 4
    assert adam[r"\hat m"] == pytest.approx(adam["m'"] / (1 - 0.9**4), rel=1e-6)
    step = adam[r"\eta"] * adam[r"\hat m"] / (np.sqrt(adam[r"\hat v"]) + 1e-8)
    assert adam["w'"] == pytest.approx(adam["w"] - step, rel=1e-5)
    assert adam[r"\Delta w"] == pytest.approx(-step, rel=1e-3)


def test_what_penalties_and_limits_do_to_the_gradient_is_told_apart():
    run = made(SPIRAL, {"dataset": "spiral"}, l2=0.1, clip_grad_norm=1e-3)
    found = numbers(phases(watched(copied(run)), "update")["a"])
    assert abs(found["g'"]) <= 1e-3
    assert abs(found["g"]) > abs(found["g'"])


def test_the_first_step_has_no_momentum_before_it():
    found = numbers(phases(watched(copied(made(SPIRAL, {"dataset": "spiral"}, steps=0))), "update")["a"])
    assert found["v"] is None
    assert found["v'"] is not None


def test_after_the_last_step_there_is_nothing_to_show():
    with pytest.raises(SpecError, match="no next one"):
        watched(copied(made(SPIRAL, {"dataset": "spiral"}, steps=50)))
