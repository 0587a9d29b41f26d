"""A session whose steps are compiled by a process of its own, while it waits or goes on."""

import os
import shutil

import pytest
import torch
from layerlab import shelf
from layerlab.runs.compiler import WORK, tidy
from layerlab.runs.compiling import WAITS
from layerlab.training.engines.recorder import RECORDERS
from layerlab.training.engines.refusal import compiler

from tests.backend.runs_worker.listening import Listener, at_step, command, train, watch
from tests.backend.runs_worker.specs import NET, POINTS_NET, spec
from tests.backend.runs_worker.test_same_bits import EVERYTHING, losses, outcome
from tests.backend.training.engines.tape import TapeRecorder

needs_compiler = pytest.mark.skipif(compiler() is None, reason="there is no C++ compiler")


def points(**training):
    """20 steps an epoch, all of 20 samples: one package."""
    return spec(POINTS_NET, "spiral", batch_size=20, **({"engine": "compiled", "max_steps": 2000} | training))


def told(heard: Listener) -> list[str]:
    return [message["event"]["text"] for message in heard.of("event")]


def check_watched_equals_unwatched(num_steps, tmp_path, monkeypatch):
    """Measured after every single step, however dear."""
    alone, weights = outcome(points(max_steps=num_steps), tmp_path / "alone")
    monkeypatch.setattr("layerlab.runs.telemetry._LOOK_SECONDS", 0.0)
    for name, value in {"WATCHED_SECONDS": 0.0, "WATCHED_SHARE": 1e9}.items():
        monkeypatch.setattr(f"layerlab.runs.cadence.{name}", value)
    watched, watched_weights = outcome(points(max_steps=num_steps), tmp_path / "watched", EVERYTHING)
    assert len(watched.frames("weight_gradients")) >= num_steps
    assert losses(watched) == losses(alone)
    assert watched_weights == weights


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with the package of ``points``, and the run that had it made."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("packages")
        patch.setenv(shelf.PACKAGES, str(folder))
        yield folder, train(points(), tmp_path_factory.mktemp("first"))


@pytest.fixture
def packages(built, monkeypatch):
    monkeypatch.setenv(shelf.PACKAGES, str(built[0]))
    return built[0]


@needs_compiler
def test_a_run_waits_for_its_program_and_says_so(built):
    folder, heard = built
    stands = [(message["reason"], message["step"]) for message in heard.of("progress")]
    assert (WAITS, 0) in stands
    assert all(reason is None for reason, step in stands[:-1] if step > 0)
    assert "compiled engine from step 0" in told(heard)
    assert list(heard.curve("train/loss")) == list(range(1, 2001))
    assert list(heard.curve("val/loss")) == list(range(0, 2001, 20))
    assert heard.of("progress")[-1]["rates"]["engine"] == "compiled"
    assert heard.said[-1]["status"] == "completed"
    assert [path.suffix for path in folder.iterdir() if path.name != "lock"] == [".pt2"]


@needs_compiler
def test_a_run_whose_program_is_there_does_not_wait(packages, tmp_path):
    heard = train(points(max_steps=40), tmp_path)
    assert WAITS not in [message["reason"] for message in heard.of("progress")]
    assert heard.curve("train/loss").keys() == set(range(1, 41))


@needs_compiler
def test_its_first_200_steps_are_those_of_the_eager_engine(built, packages, tmp_path):
    eager = train(points(engine="eager", max_steps=200), tmp_path).curve("train/loss")
    compiled = built[1].curve("train/loss")
    assert [compiled[step] for step in eager] == pytest.approx(list(eager.values()), rel=1e-3, abs=1e-4)


@needs_compiler
def test_watched_equals_unwatched(packages, tmp_path, monkeypatch):
    check_watched_equals_unwatched(300, tmp_path, monkeypatch)


@needs_compiler
def test_a_pause_is_exact_and_steps_are_counted(packages, tmp_path):
    rested = []

    def react(message, inbox):
        at_step_100(message, inbox)
        if message["type"] == "reply" and message["id"] in (7, 8):
            rested.append(message["result"]["step"])
            inbox.put(command("step", 8, count=30) if message["id"] == 7 else command("resume", 9))

    at_step_100 = at_step(100, command("pause"))
    heard = train(points(max_steps=20_000), tmp_path, watch("weight_gradients"), react=react)
    first, second = rested
    assert second == first + 30
    assert {first, second} <= {frame["step"] for frame in heard.frames("weight_gradients")}
    assert heard.curve("train/loss").keys() == set(range(1, 20_001))


@needs_compiler
def test_a_stopped_run_goes_on_bit_for_bit(packages, tmp_path):
    whole, weights = outcome(points(max_steps=4000), tmp_path / "whole")
    first = train(points(max_steps=4000), tmp_path / "parts", react=at_step(1000, command("stop")))
    stopped = first.said[-1]["step"]
    assert first.said[-1]["status"] == "stopped"
    assert 1000 <= stopped < 4000
    rest, again = outcome(points(max_steps=4000), tmp_path / "parts", resume=True, recorded_step=stopped)
    assert first.curve("train/loss") | rest.curve("train/loss") == whole.curve("train/loss")
    assert again == weights
    assert [text for text in told(first) + told(rest) if "engine" in text] == ["compiled engine from step 0"]


@needs_compiler
def test_from_a_lost_moment_it_goes_on_in_silence_bit_for_bit(packages, tmp_path):
    """The server knows more steps than the newest checkpoint has."""
    whole, weights = outcome(points(max_steps=3000), tmp_path / "whole")
    train(points(max_steps=3000), tmp_path / "parts", react=at_step(1000, command("stop")))
    rest, again = outcome(points(max_steps=3000), tmp_path / "parts", resume=True, recorded_step=2500)
    assert min(rest.curve("train/loss")) == 2501
    assert rest.curve("train/loss").items() <= whole.curve("train/loss").items()
    assert again == weights


@needs_compiler
def test_a_change_that_makes_another_step_is_compiled_anew_from_the_changed_settings(packages, tmp_path, monkeypatch):
    asked = []

    class Ended:
        returncode = 1

        def poll(self):
            return 1

        kill = wait = poll

    def started(work, folder):
        asked.append((work / "change.json").read_text())
        return Ended()

    monkeypatch.setattr("layerlab.runs.compiling._started", started)
    change = command("change", change={"optimizer": {"lr": 0.02, "momentum": 0.0}})
    heard = train(points(), tmp_path, react=at_step(100, change))
    (told_to_compile,) = asked
    assert '"momentum":0.0' in told_to_compile
    assert "not compiled: PyTorch could not compile the steps of this network." in told(heard)
    assert heard.of("progress")[-1]["rates"]["engine"] == "eager"
    assert heard.curve("train/loss").keys() == set(range(1, 2001))


@needs_compiler
def test_it_can_be_stopped_while_it_waits_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv(shelf.PACKAGES, str(tmp_path / "packages"))

    def react(message, inbox):
        if message["type"] == "progress" and message["reason"] == WAITS:
            inbox.put(command("stop"))

    heard = train(points(), tmp_path / "run", react=react)
    assert (heard.said[-1]["status"], heard.said[-1]["step"]) == ("stopped", 0)
    assert list((tmp_path / "packages").glob(f"{WORK}*")) == []


@needs_compiler
def test_where_compiling_fails_the_eager_engine_goes_on(tmp_path, monkeypatch):
    monkeypatch.setenv(shelf.PACKAGES, str(tmp_path / "packages"))
    monkeypatch.setenv("CXX", shutil.which("false") or "false")
    heard = train(points(max_steps=40), tmp_path / "run")
    eager = train(points(max_steps=40, engine="eager"), tmp_path / "eager")
    assert "not compiled: PyTorch could not compile the steps of this network." in told(heard)
    assert heard.curve("train/loss") == eager.curve("train/loss")


def test_what_cannot_be_compiled_is_told_with_its_node_and_trains_all_the_same(tmp_path):
    heard = train(spec(NET, engine="compiled"), tmp_path / "run")
    eager = train(spec(NET, engine="eager"), tmp_path / "eager")
    assert "not compiled: dropout_1 draws random numbers in each step, which cannot be compiled or recorded." in told(
        heard
    )
    assert [one["event"]["kind"] for one in heard.of("event") if "compiled" in one["event"]["text"]] == ["warning"]
    assert heard.curve("train/loss") == eager.curve("train/loss")


@pytest.fixture
def tape(monkeypatch):
    """The CPU is a card whose graphs are tapes."""
    monkeypatch.setitem(RECORDERS, "cpu", TapeRecorder)


@pytest.mark.parametrize("engine", ["auto", "compiled"])
def test_on_a_card_a_run_records_its_steps_at_once_and_says_so(tape, tmp_path, engine):
    heard = train(points(engine=engine, max_steps=200), tmp_path / "run")
    eager = train(points(engine="eager", max_steps=200), tmp_path / "eager")
    assert [text for text in told(heard) if "engine" in text] == ["CUDA graph engine from step 0"]
    assert WAITS not in [message["reason"] for message in heard.of("progress")]
    assert heard.of("progress")[-1]["rates"]["engine"] == "cuda_graph"
    ours, theirs = heard.curve("train/loss"), eager.curve("train/loss")
    assert list(ours) == list(theirs) == list(range(1, 201))
    assert list(ours.values()) == pytest.approx(list(theirs.values()), rel=1e-3, abs=1e-4)


def test_on_a_card_watched_equals_unwatched(tape, tmp_path, monkeypatch):
    check_watched_equals_unwatched(200, tmp_path, monkeypatch)


def test_on_a_card_a_stopped_run_goes_on_bit_for_bit_with_its_engine(tape, tmp_path):
    whole, weights = outcome(points(max_steps=800), tmp_path / "whole")
    first = train(points(max_steps=800), tmp_path / "parts", react=at_step(300, command("stop")))
    stopped = first.said[-1]["step"]
    assert 300 <= stopped < 800
    rest, again = outcome(points(max_steps=800), tmp_path / "parts", resume=True, recorded_step=stopped)
    assert first.curve("train/loss") | rest.curve("train/loss") == whole.curve("train/loss")
    assert again == weights
    assert [text for text in told(first) + told(rest) if "engine" in text] == ["CUDA graph engine from step 0"]
    assert rest.of("progress")[-1]["rates"]["engine"] == "cuda_graph"


def test_on_a_card_another_batch_size_has_graphs_of_its_own(tape, tmp_path):
    change = command("change", change={"data": {"batch_size": 40}})
    heard = train(points(max_steps=400), tmp_path, react=at_step(100, change))
    first, second = (text for text in told(heard) if "engine" in text)
    assert first == "CUDA graph engine from step 0"
    assert 100 <= int(second.removeprefix("CUDA graph engine from step ")) < 400
    assert heard.curve("train/loss").keys() == set(range(1, 401))


def test_where_recording_fails_the_eager_engine_goes_on_with_a_warning(monkeypatch, tmp_path):
    class Refusing(TapeRecorder):
        def __call__(self, work):
            raise RuntimeError("no memory is left")

    monkeypatch.setitem(RECORDERS, "cpu", Refusing)
    heard = train(points(engine="auto", max_steps=40), tmp_path / "run")
    monkeypatch.undo()
    eager = train(points(max_steps=40, engine="eager"), tmp_path / "eager")
    words = "not compiled: The steps of this network could not be recorded as a CUDA graph (no memory is left)."
    assert [
        one["event"] for one in heard.of("event") if one["event"]["text"] == words and one["event"]["kind"] == "warning"
    ]
    assert heard.of("progress")[-1]["rates"]["engine"] == "eager"
    assert heard.curve("train/loss") == eager.curve("train/loss")


def test_packages_used_least_lately_go_first(tmp_path):
    for age, name in enumerate(("new", "old", "older")):
        (tmp_path / f"{name}.pt2").write_bytes(bytes(100))
        os.utime(tmp_path / f"{name}.pt2", (1000 - age, 1000 - age))
    left = tmp_path / f"{WORK}of a killed process"
    left.mkdir()
    os.utime(left, (0, 0))
    tidy(tmp_path, budget=200)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.pt2", "old.pt2"]


@pytest.fixture(autouse=True)
def threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)
