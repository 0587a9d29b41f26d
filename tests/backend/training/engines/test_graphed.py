"""The engine of recorded steps, on the CPU with a tape in the place of a card's graph."""

import math

import pytest
import torch
from layerlab.experiments import EXPERIMENTS
from layerlab.optimizers import REGISTRY
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.engines.compiled import CompiledStep
from layerlab.training.engines.graphed import Graphs
from layerlab.training.engines.recorder import RECORDERS
from layerlab.training.trainer import Trainer
from layerlab_schemas.run import RunChange, RunSpec

from tests.backend.training.engines.stepping import PLAIN, pure_step
from tests.backend.training.engines.tape import TapeRecorder
from tests.backend.training.engines.test_compilation import curve, equal, long
from tests.backend.training.engines.test_templates import CHAOTIC, EAGER
from tests.backend.training.specs import digits, plane

TEMPLATES = {one.id: one.spec for one in EXPERIMENTS}
TINY = {"mlp_spiral", "logistic_breast_cancer", "regression_plane"}
LIMITS = {"l1": 1e-3, "l2": 1e-2, "clip_grad_norm": 0.5, "clip_grad_value": 0.1}
PURE = [kind.kind for kind in REGISTRY if kind.is_pure and not kind.full_batch]


@pytest.fixture(autouse=True)
def tape(monkeypatch):
    """The CPU is a card; one thread, for tensors are tiny here."""
    monkeypatch.setitem(RECORDERS, "cpu", TapeRecorder)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def asked(engine: str = "compiled", **parts) -> RunSpec:
    """``PLAIN``: batches of 10, and of 8 at the end of each epoch of 5 steps."""
    training = {"epochs": 60, "engine": engine} | parts.pop("training", {})
    return RunSpec.model_validate(PLAIN.model_dump(exclude_unset=True) | {"training": training} | parts)


def ready(spec: RunSpec, at_most: int = 1000) -> Assembly:
    made = assemble(spec)
    made.trainer.at_most = at_most
    return made


def pair(spec: RunSpec) -> tuple[Assembly, Assembly]:
    """The run by this engine, and by the eager one."""
    training = spec.training.model_dump()
    return (
        ready(spec.model_copy(update={"training": spec.training.model_copy(update={"engine": "compiled"})})),
        ready(RunSpec.model_validate(spec.model_dump() | {"training": training | {"engine": "eager"}})),
    )


def template(name: str, num_steps: int) -> RunSpec:
    training = {"epochs": None, "max_steps": num_steps, "eval_every": num_steps}
    spec = TEMPLATES[name]
    return spec.model_copy(update={"training": spec.training.model_copy(update=training)})


def agree(spec: RunSpec, num_steps: int, *, rel: float = 1e-3) -> None:
    """As many steps of both have the same losses, and the engine did them."""
    recorded, eager = pair(spec)
    ours, theirs = curve(recorded.trainer.steps(), "train/loss"), curve(eager.trainer.steps(), "train/loss")
    assert recorded.trainer.compilation.refusal is None
    assert recorded.trainer.compilation.is_ready
    first = range(1, num_steps + 1)
    assert [ours[step] for step in first] == pytest.approx([theirs[step] for step in first], rel=rel, abs=1e-4)
    assert ours.keys() == theirs.keys()


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_is_recorded_or_refused_with_a_reason(name):
    """Refused is what is refused for compiling; without a word where nobody asked for it."""
    found = assemble(template(name, 3)).trainer.compilation
    assert (found.begins, found.refusal) == (None if name in EAGER else 0, None)
    wanted = template(name, 3)
    wanted = wanted.model_copy(update={"training": wanted.training.model_copy(update={"engine": "compiled"})})
    found = assemble(wanted).trainer.compilation
    assert (found.refusal is not None) == (name in EAGER)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in TINY else pytest.mark.slow) for name in sorted(TEMPLATES.keys() - EAGER)],
)
def test_a_template_trains_as_with_the_eager_engine(name):
    """Over twenty layers with batch norm a rounding grows to a tenth of the loss in 20 steps, in both engines."""
    num_steps = 3 if name in CHAOTIC else 200
    agree(template(name, num_steps), min(20, num_steps))
    if name not in CHAOTIC:
        agree(template(name, num_steps), num_steps, rel=5e-2)


@pytest.mark.parametrize("regularization", [{}, *({name: value} for name, value in LIMITS.items()), LIMITS], ids=str)
@pytest.mark.parametrize("kind", PURE)
def test_every_optimizer_and_every_limit(kind, regularization):
    fields = REGISTRY.get(kind).example | ({"weight_decay": 0.01} if kind != "sgd" else {"momentum": 0.9})
    agree(plane(optimizer=fields, regularization=regularization, training={"epochs": 10}), 20)


@pytest.mark.parametrize("loss", ["cross_entropy", "mse", "l1", "huber", "hinge"])
def test_every_loss(loss):
    agree(plane(loss={"kind": loss}, training={"epochs": 10}), 20)


def test_statistics_of_norms_are_those_of_the_eager_engine():
    graph = [{"kind": "linear", "out_features": 8}, {"kind": "batch_norm"}, {"kind": "tanh"}]
    spec = plane(graph=[*graph, {"kind": "linear", "out_features": 2}], training={"epochs": 5})
    recorded, eager = pair(spec)
    for made in (recorded, eager):
        list(made.trainer.steps())
    for (name, ours), theirs in zip(recorded.network.named_buffers(), eager.network.buffers(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-5, msg=name)


def test_auto_records_at_once_and_says_what_does_the_steps():
    trainer = ready(asked("auto")).trainer
    assert trainer.engine == "cuda_graph"
    assert trainer.compilation.begins == 0
    assert not trainer.compilation.lacks_packages(0)
    assert assemble(asked("eager")).trainer.engine == "eager"
    assert assemble(long()).trainer.engine == "cuda_graph"


def test_the_same_bits_however_many_steps_a_call_does():
    whole, single = ready(asked()), ready(asked(), at_most=1)
    found, expected = list(whole.trainer.steps()), list(single.trainer.steps())
    assert (len(found) < 150, len(expected)) == (True, 301)
    assert curve(found, "train/loss") == curve(expected, "train/loss")
    assert equal(whole, single)


@pytest.mark.parametrize(("schedule", "has_long_blocks"), [("constant", True), ("cosine", False)])
def test_blocks_go_beyond_an_epoch_where_nothing_comes_between(schedule, has_long_blocks):
    spec = asked(
        data=PLAIN.data.model_dump(exclude_unset=True) | {"batch_size": 12},
        training={"epochs": 100, "eval_every": 150},
        schedule={"kind": schedule},
    )
    whole, single = ready(spec), ready(spec, at_most=1)
    found, expected = list(whole.trainer.steps()), list(single.trainer.steps())
    assert (max(report.num_steps for report in found) > 4) == has_long_blocks
    for name in ("train/loss", "optimizer/lr", "val/loss"):
        assert curve(found, name) == curve(expected, name)
    assert whole.trainer.epoch == single.trainer.epoch == 100
    assert equal(whole, single)


def test_more_steps_than_a_block_has_room_for():
    spec = asked(data=PLAIN.data.model_dump(exclude_unset=True) | {"batch_size": 48}, training={"epochs": 600})
    whole, single = ready(spec), ready(spec, at_most=1)
    samples_kb = whole.trainer.upcoming()[None].expand(600, -1)
    chosen = whole.trainer.settings
    curves = []
    for made, sizes in ((whole, [600]), (single, [1, 255, 256, 88])):
        losses, start = [], 0
        for size in sizes:
            batches = samples_kb[start : start + size]
            told = made.trainer.compilation.run(batches, [0.05] * size, chosen, made.trainer._optimizer)
            losses += told.curves["train/loss"]
            start += size
        curves.append(losses)
    assert len(curves[0]) == 600
    assert curves[0] == curves[1]
    assert equal(whole, single)


@pytest.mark.parametrize("change", [None, {"optimizer": {"lr": 0.2}}], ids=["at the start", "after a change"])
def test_a_look_at_a_batch_changes_nothing_and_shows_that_batch(change):
    """Also where the engine is made at that step, which sends other batches through the network."""
    watched, plain = ready(asked(), at_most=1), ready(asked())
    for made in (watched, plain):
        steps = made.trainer.steps()
        next(steps)
        if change is not None:
            made.trainer.at_most = 1
            next(steps)
            made.trainer.apply(RunChange.model_validate(change))
    upcoming = watched.trainer.upcoming_batch()
    with watched.network.recording() as seen:
        next(watched.trainer.steps())
    assert torch.equal(seen.outputs["input"], upcoming.inputs)
    last = watched.network.plan.output
    assert seen.gradients[last].shape == seen.outputs[last].shape
    for made in (watched, plain):
        list(made.trainer.steps())
    assert equal(watched, plain)


@pytest.mark.parametrize("step", [1, 8, 9, 10])
def test_diverges_where_the_eager_engine_does_with_the_weights_before_it(step, monkeypatch):
    """Infinite weights from one step on: its own loss is the last that is finite."""
    monkeypatch.setattr(Trainer, "rate_is_fixed", False)
    found = {}
    for engine in ("eager", "compiled"):
        trainer = ready(asked(engine)).trainer
        rate = trainer.settings.optimizer.params.lr
        trainer._rate_at = lambda at, rate=rate: math.inf if at == step else rate
        last = list(trainer.steps())[-1]
        assert not math.isfinite(last.loss)
        assert trainer.compilation.refusal is None
        found[engine] = (last.step, trainer.step, trainer.outcome.status, trainer.outcome.node, trainer.epoch)
    assert found["compiled"] == found["eager"]
    assert found["eager"][0] == step + 2


def test_goes_on_bit_for_bit():
    made = ready(asked(), at_most=3)
    steps = made.trainer.steps()
    while made.trainer.step < 33:
        next(steps)
    state = made.trainer.state()
    again = ready(asked())
    again.trainer.load_state(state)
    assert again.trainer.engine == "cuda_graph"
    for one in (made, again):
        list(one.trainer.steps())
    assert equal(again, made)


def test_numbers_keep_the_graphs_and_another_step_has_its_own():
    recorded, eager = pair(asked())
    made = {}
    for one in (recorded, eager):
        trainer, before = one.trainer, TapeRecorder.made
        steps = trainer.steps()
        told = [next(steps)]
        for upto, change in ((20, {"optimizer": {"lr": 0.2}}), (40, {"data": {"batch_size": 16}}), (100, None)):
            while trainer.step < upto:
                trainer.at_most = upto - trainer.step
                told.append(next(steps))
            if change is not None:
                made.setdefault(one is recorded, []).append(TapeRecorder.made - before)
                trainer.apply(RunChange.model_validate(change))
                assert trainer.compilation.begins in (None, trainer.step, 0)
        made[one is recorded].append(TapeRecorder.made - before)
        made[one is recorded, "losses"] = curve(told, "train/loss")
    # Two sizes of batch, 10 and 8; the same two after a new rate; then 16 alone, which 48 samples are three of.
    assert made[True] == [2, 2, 3]
    assert made[False] == [0, 0, 0]
    ours, theirs = made[True, "losses"], made[False, "losses"]
    assert list(ours.values()) == pytest.approx([theirs[step] for step in ours], rel=5e-3, abs=1e-4)
    assert recorded.trainer.compilation.refusal is None


@pytest.mark.parametrize(
    "change", [{"optimizer": {"lr": 0.3}}, {"optimizer": {"momentum": 0.1}}, {"regularization": {"l2": 2.0}}], ids=str
)
def test_a_new_number_takes_effect_though_the_graphs_are_kept(change):
    optimizer = {"kind": "sgd", "lr": 0.05, "momentum": 0.9}
    curves = []
    for one in pair(asked(optimizer=optimizer, regularization={"l2": 0.01}, training={"epochs": 8})):
        one.trainer.at_most = 1
        steps = one.trainer.steps()
        for _ in range(11):
            next(steps)
        made = TapeRecorder.made
        one.trainer.apply(RunChange.model_validate({"regularization": {"l2": 0.01}} | change))
        curves.append(curve(steps, "train/loss"))
        assert TapeRecorder.made == made
        assert one.trainer.compilation.refusal is None
    assert list(curves[0].values()) == pytest.approx(list(curves[1].values()), rel=1e-3, abs=1e-4)
    assert len(curves[0]) == 30


class Refusing(TapeRecorder):
    def __call__(self, work):
        raise RuntimeError("CUDA error: operation not permitted when stream is capturing\nmore words")


class Stale:
    """Replays the step, but with the rate of the recording, as if it had been a number of Python's."""

    def __init__(self, device):
        self._tape = TapeRecorder(device)

    def __call__(self, work):
        graphs = next(cell.cell_contents for cell in work.__closure__ if isinstance(cell.cell_contents, Graphs))
        replay = self._tape(work)

        def run():
            graphs._rates.row_k.fill_(0.5)
            replay()

        return run


class Standing(TapeRecorder):
    """Replays nothing."""

    def __call__(self, work):
        super().__call__(work)
        return lambda: None


WORDS = "The steps of this network could not be recorded as a CUDA graph (CUDA error: operation not permitted when "
WORDS += "stream is capturing)."
OTHERS = "A replay of the step gave other numbers than the step."


@pytest.mark.parametrize(("recorder", "reason"), [(Refusing, WORDS), (Stale, OTHERS), (Standing, OTHERS)])
def test_what_cannot_be_recorded_leaves_the_eager_engine_in_place_bit_for_bit(recorder, reason, monkeypatch):
    monkeypatch.setitem(RECORDERS, "cpu", recorder)
    recorded, eager = pair(asked(training={"epochs": 10}))
    ours, theirs = list(recorded.trainer.steps()), list(eager.trainer.steps())
    found = recorded.trainer.compilation
    assert (found.begins, found.refusal.reason, recorded.trainer.engine) == (None, reason, "eager")
    assert curve(ours, "train/loss") == curve(theirs, "train/loss")
    assert equal(recorded, eager)
    again = ready(asked(training={"epochs": 10}))
    again.trainer.load_state(recorded.trainer.state())
    assert again.trainer.engine == "eager"


@pytest.mark.parametrize("step", [0, 1, 30])
def test_a_graph_that_fails_at_work_loses_no_step(step, monkeypatch):
    made, eager = pair(asked(optimizer={"kind": "adam"}, training={"epochs": 20}))
    calls = {"left": step}

    def failing(self, *given):
        if calls["left"] <= 0:
            raise RuntimeError("out of memory")
        calls["left"] -= len(given[1])
        return run(self, *given)

    run = Graphs.run
    monkeypatch.setattr(Graphs, "run", failing)
    made.trainer.at_most = 3
    ours, theirs = curve(made.trainer.steps(), "train/loss"), curve(eager.trainer.steps(), "train/loss")
    assert "out of memory" in made.trainer.compilation.refusal.reason
    assert list(ours) == list(theirs) == list(range(1, 101))
    assert list(ours.values()) == pytest.approx(list(theirs.values()), rel=1e-3, abs=1e-5)
    assert made.trainer.outcome == eager.trainer.outcome


@pytest.mark.parametrize(
    ("part", "blocks", "is_done"),
    [("_one", 0, True), ("_kept_rows", 1, False), ("_kept_rows", 2, True), ("_call", 2, True)],
)
def test_wherever_a_block_fails_the_blocks_before_it_stay(part, blocks, is_done, monkeypatch):
    """Before a part of it is done or after."""
    made, eager = pair(asked(training={"epochs": 20}))
    made.trainer.at_most = 3
    steps, before = made.trainer.steps(), getattr(CompiledStep, part)
    reports = [next(steps) for _ in range(1 + blocks)]

    def failing(self, *given):
        if is_done:
            before(self, *given)
        raise RuntimeError("out of memory")

    monkeypatch.setattr(CompiledStep, part, failing)
    reports += steps
    ours, theirs = curve(reports, "train/loss"), curve(eager.trainer.steps(), "train/loss")
    assert "out of memory" in made.trainer.compilation.refusal.reason
    assert list(ours) == list(theirs) == list(range(1, 101))
    assert list(ours.values()) == pytest.approx(list(theirs.values()), rel=1e-3, abs=1e-5)


def test_looking_at_a_step_before_it_is_used_changes_nothing():
    made = assemble(digits(graph=[{"kind": "flatten"}, {"kind": "linear", "out_features": 10}, {"kind": "batch_norm"}]))
    before = {name: value.clone() for name, value in made.network.state_dict().items()}
    inputs, targets = made.data.train_inputs, made.data.train_targets
    record = TapeRecorder(torch.device("cpu"))
    Graphs(pure_step(made, is_compiled=False), made.network, [16, 7], inputs=inputs, targets=targets, record=record)
    assert all(torch.equal(value, before[name]) for name, value in made.network.state_dict().items())
    assert all(weight.grad is None for weight in made.network.parameters())
