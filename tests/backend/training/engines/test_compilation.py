"""The trainer with the compiled engine: which steps it does, and that they are those of the eager one."""

import math

import pytest
import torch
from layerlab.errors import SpecError
from layerlab.training import compilation
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.engines.refusal import compiler
from layerlab.training.logbook import Curve, gathered
from layerlab.training.trainer import Trainer
from layerlab_schemas.run import RunChange, RunSpec

from tests.backend.training.engines.stepping import PLAIN, packages_of, tensors
from tests.backend.training.specs import DIGITS, digits, plane

needs_compiler = pytest.mark.skipif(compiler() is None, reason="there is no C++ compiler")


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Packages are for a number of threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def asked(engine: str = "compiled", **parts) -> RunSpec:
    """``PLAIN``, with other numbers, which its packages are good for."""
    fields = PLAIN.model_dump(exclude_unset=True)
    training = {"epochs": 100, "engine": engine} | parts.pop("training", {})
    return RunSpec.model_validate(fields | {"training": training} | parts)


def ready(spec: RunSpec, packages, at_most: int = 1000) -> Assembly:
    made = assemble(spec)
    made.trainer.compilation.take(packages_of(made, packages))
    made.trainer.at_most = at_most
    return made


def curve(reports, name: str) -> dict[int, float]:
    found = gathered(list(reports)).curves.get(name, Curve([], []))
    assert len(set(found.steps)) == len(found.steps)
    return dict(zip(found.steps, found.values, strict=True))


def equal(found: Assembly, expected: Assembly) -> bool:
    ours, theirs = tensors(found), tensors(expected)
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], value) for name, value in theirs.items())


@needs_compiler
@pytest.mark.parametrize("parts", [{}, {"training": {"eval_every": 7}}, {"schedule": {"kind": "cosine"}}], ids=str)
def test_every_step_is_told_and_is_that_of_the_eager_engine(packages, parts):
    eager, compiled = assemble(asked("eager", **parts)), ready(asked(**parts), packages)
    expected, found = list(eager.trainer.steps()), list(compiled.trainer.steps())
    assert len(found) < len(expected)
    assert eager.trainer.step == compiled.trainer.step == 500
    assert compiled.trainer.outcome == eager.trainer.outcome
    assert compiled.trainer.epoch == eager.trainer.epoch
    for name in ("train/loss", "train/accuracy", "optimizer/lr", "val/loss", "val/accuracy"):
        ours, theirs = curve(found, name), curve(expected, name)
        assert ours.keys() == theirs.keys()
        first = [step for step in theirs if step <= 200]
        assert [ours[step] for step in first] == pytest.approx([theirs[step] for step in first], rel=1e-3, abs=1e-4)


@needs_compiler
def test_the_same_bits_however_many_steps_a_call_does(packages):
    whole, single = ready(asked(), packages), ready(asked(), packages, at_most=1)
    found, expected = list(whole.trainer.steps()), list(single.trainer.steps())
    assert len(expected) == 501
    assert curve(found, "train/loss") == curve(expected, "train/loss")
    assert equal(whole, single)


@needs_compiler
def test_a_look_at_a_batch_changes_nothing(packages):
    watched, plain = ready(asked(), packages, at_most=1), ready(asked(), packages)
    for report in watched.trainer.steps():
        if report.step == 7:
            break
    steps = watched.trainer.steps()
    upcoming = watched.trainer.upcoming_batch()
    with watched.network.recording() as seen:
        next(steps)
    assert torch.equal(seen.outputs["input"], upcoming.inputs)
    for _ in steps:
        pass
    for _ in plain.trainer.steps():
        pass
    assert equal(watched, plain)


@needs_compiler
def test_goes_on_bit_for_bit(packages):
    made = ready(asked(), packages, at_most=3)
    steps = made.trainer.steps()
    while made.trainer.step < 33:
        next(steps)
    state = made.trainer.state()
    again = assemble(asked())
    again.trainer.load_state(state)
    assert again.trainer.compilation.lacks_packages(again.trainer.step)
    again.trainer.compilation.take(packages_of(again, packages))
    again.trainer.at_most = 1000
    for one in (made, again):
        for _ in one.trainer.steps():
            pass
    assert equal(again, made)


@needs_compiler
@pytest.mark.parametrize("step", [1, 8, 9, 10])
def test_diverges_where_the_eager_engine_does_with_the_weights_before_it(packages, step, monkeypatch):
    """Infinite weights from one step on: its own loss is the last that is finite."""
    monkeypatch.setattr(Trainer, "rate_is_fixed", False)
    found = {}
    for name, made in {"eager": assemble(asked("eager")), "compiled": ready(asked(), packages)}.items():
        trainer = made.trainer
        rate = trainer.settings.optimizer.params.lr
        trainer._rate_at = lambda at, rate=rate: math.inf if at == step else rate
        last = list(trainer.steps())[-1]
        found[name] = (trainer.step, trainer.outcome.status, trainer.outcome.node, trainer.epoch)
        assert last.step == step + 2
        assert not math.isfinite(last.loss)
        assert curve([last], "train/loss").keys() <= set(range(step + 3))
    assert found["compiled"] == found["eager"]


@needs_compiler
def test_stops_early_with_the_best_weights_as_the_eager_engine_does(packages):
    stopping = {"training": {"early_stopping": {"patience": 2, "min_delta": 0.01}}}
    eager, compiled = assemble(asked("eager", **stopping)), ready(asked(**stopping), packages)
    for made in (eager, compiled):
        for _ in made.trainer.steps():
            pass
    assert compiled.trainer.step == eager.trainer.step < 500
    assert compiled.trainer.outcome.reason == eager.trainer.outcome.reason


@needs_compiler
def test_new_numbers_take_effect_at_once_and_need_no_new_package(packages):
    reports = []
    for made in (assemble(asked("eager")), ready(asked(), packages)):
        trainer = made.trainer
        while trainer.step < 20:
            trainer.at_most = 20 - trainer.step
            next(trainer.steps())
        trainer.apply(RunChange.model_validate({"optimizer": {"lr": 0.2}}))
        trainer.at_most = 1000
        assert not trainer.compilation.lacks_packages(trainer.step)
        reports.append(list(trainer.steps()))
    theirs, ours = (curve(one, "train/loss") for one in reports)
    first = range(21, 200)
    assert [ours[step] for step in first] == pytest.approx([theirs[step] for step in first], rel=1e-3, abs=1e-4)
    assert curve(reports[1], "optimizer/lr")[21] == 0.2


@needs_compiler
@pytest.mark.parametrize(
    "change", [{"data": {"batch_size": 16}}, {"regularization": {"l2": 0.1}}, {"optimizer": {"kind": "adam"}}]
)
def test_another_step_waits_for_its_own_package(packages, change):
    made = ready(asked(), packages, at_most=5)
    next(made.trainer.steps())
    next(made.trainer.steps())
    made.trainer.apply(RunChange.model_validate(change))
    assert made.trainer.compilation.lacks_packages(made.trainer.step)
    with pytest.raises(RuntimeError, match="has no packages"):
        next(made.trainer.steps())


def test_a_refused_change_leaves_the_engine_as_it_is():
    made = assemble(asked())
    made.trainer.compilation.take({})
    with pytest.raises(SpecError):
        made.trainer.apply(RunChange.model_validate({"optimizer": {"lr": -1}}))
    assert made.trainer.compilation.is_ready


def long(**parts) -> RunSpec:
    steps = {"epochs": None, "max_steps": compilation.LEAST_STEPS}
    return plane(training=steps | parts.pop("training", {}), **parts)


def test_auto_compiles_long_runs_of_small_networks_after_many_eager_steps():
    trainer = assemble(long()).trainer
    assert trainer.compilation.begins == (compilation.EAGER_STEPS if compiler() else None)
    assert trainer.engine == "eager"


@pytest.mark.parametrize(
    "run",
    [
        plane(),
        long(training={"max_steps": compilation.LEAST_STEPS - 1}),
        long(training={"engine": "eager"}),
        digits(graph=DIGITS[:1] + DIGITS[6:7] + DIGITS[8:], training={"epochs": None, "max_steps": 10**6}, data={
            "batch_size": 200,
        }),
        digits(training={"epochs": None, "max_steps": 10**6}, data={"batch_size": 2}),
    ],
    ids=["short", "just too short", "eager", "large", "draws"],
)  # fmt: skip
def test_auto_leaves_others_eager_without_a_word(run):
    found = assemble(run).trainer.compilation
    assert found.begins is None
    assert found.refusal is None


def test_what_was_asked_for_and_cannot_be_names_the_node():
    found = assemble(digits(training={"engine": "compiled"})).trainer.compilation
    assert found.begins is None
    assert found.refusal is not None
    assert found.refusal.node == "dropout_1"
    assert "dropout_1" in found.refusal.reason


@pytest.mark.skipif(compiler() is None, reason="there is no C++ compiler")
def test_auto_counts_anew_from_a_change_that_makes_another_step():
    trainer = assemble(long(training={"max_steps": 3 * compilation.LEAST_STEPS})).trainer
    steps = trainer.steps()
    for _ in range(6):
        next(steps)
    trainer.apply(RunChange.model_validate({"optimizer": {"lr": 0.01}}))
    assert trainer.compilation.begins == compilation.EAGER_STEPS
    trainer.apply(RunChange.model_validate({"data": {"batch_size": 8}}))
    assert trainer.compilation.begins == compilation.EAGER_STEPS + 5
    again = assemble(long(training={"max_steps": 3 * compilation.LEAST_STEPS})).trainer
    again.load_state(trainer.state())
    assert again.compilation.begins == compilation.EAGER_STEPS + 5
