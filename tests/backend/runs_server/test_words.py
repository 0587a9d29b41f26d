"""States and sentences: which moves are allowed, how refusals read, what is said of endings and queues."""

import pytest
from layerlab.runs.endings import Ending, in_words
from layerlab.runs.planned import planned_steps
from layerlab.runs.queue_words import place_in_queue
from layerlab.runs.respecify import respecify, worker_part
from layerlab.runs.states import MOVES, Answer, Command, allows, judge
from layerlab_schemas.run import RunChange, RunSpec, RunState


def test_every_state_has_its_moves():
    assert set(MOVES) == set(RunState)
    assert not any(MOVES[state] for state in (RunState.COMPLETED, RunState.DIVERGED))
    assert all(allows(state, state) for state in RunState)
    assert not allows(RunState.COMPLETED, RunState.RUNNING)
    assert allows(RunState.INTERRUPTED, RunState.RUNNING)


@pytest.mark.parametrize("command", Command)
@pytest.mark.parametrize("state", RunState)
@pytest.mark.parametrize("resumable", [True, False])
def test_every_refusal_is_a_sentence(command, state, resumable):
    said = judge(command, state, resumable=resumable)
    if said not in (Answer.DO, Answer.ALREADY):
        assert said[0].isupper()
        assert said.endswith(".")
        assert len(said.split()) >= 5


@pytest.mark.parametrize(
    ("command", "state", "answer"),
    [
        (Command.PAUSE, RunState.RUNNING, Answer.DO),
        (Command.PAUSE, RunState.PAUSED, Answer.ALREADY),
        (Command.RESUME, RunState.PAUSED, Answer.DO),
        (Command.RESUME, RunState.RUNNING, Answer.ALREADY),
        (Command.RESUME, RunState.INTERRUPTED, Answer.DO),
        (Command.STEP, RunState.PAUSED, Answer.DO),
        (Command.STOP, RunState.STOPPED, Answer.ALREADY),
        (Command.STOP, RunState.COMPLETED, Answer.ALREADY),
        (Command.STOP, RunState.INTERRUPTED, Answer.ALREADY),
        (Command.STOP, RunState.QUEUED, Answer.DO),
        (Command.CHANGE, RunState.RUNNING, Answer.DO),
    ],
)
def test_moves_that_are_allowed(command, state, answer):
    assert judge(command, state, resumable=True) is answer


@pytest.mark.parametrize(
    ("place", "words"),
    [(0, "First"), (2, "Third"), (9, "Tenth"), (10, "11th"), (11, "12th"), (20, "21st"), (21, "22nd"), (110, "111th")],
)
def test_a_place_in_the_queue(place, words):
    assert place_in_queue(place) == f"{words} in the queue."


def test_endings_in_words():
    assert in_words(Ending(signal=9)) == "The worker was killed (signal 9), most often because memory ran out."
    assert in_words(Ending(signal=11)) == "The worker crashed (signal 11, a fault in native code)."
    assert in_words(Ending(signal=6)) == "The worker was ended by signal 6 (SIGABRT)."
    assert in_words(Ending(signal=63)) == "The worker was ended by signal 63 (unknown)."
    assert in_words(Ending(code=3)) == "The worker ended unexpectedly (exit code 3)."
    assert "nobody could tell" in in_words(Ending())


SPEC = RunSpec.model_validate(
    {
        "data": {"dataset": "d", "batch_size": 10},
        "graph": [{"kind": "linear"}, {"kind": "dropout", "p": 0.5}, {"kind": "leaky_relu", "id": "leak"}],
        "optimizer": {"kind": "sgd", "lr": 0.1, "momentum": 0.9},
        "regularization": {"clip_grad_norm": 1.0},
        "training": {"epochs": 3},
    }
)
NODES = ["linear_1", "dropout_1", "leak"]


def changed(**fields) -> RunSpec:
    return respecify(SPEC, RunChange.model_validate(fields), node_ids=NODES)


def test_the_spec_in_force_follows_a_change():
    assert changed() == SPEC
    assert changed(optimizer={"lr": 0.01}).optimizer.model_dump() == {"kind": "sgd", "lr": 0.01, "momentum": 0.9}
    assert changed(optimizer={"kind": "adam", "lr": 0.01}).optimizer.model_dump() == {"kind": "adam", "lr": 0.01}
    assert changed(data={"batch_size": 5}).data.batch_size == 5
    assert changed(regularization={"clip_grad_norm": 0, "l2": 0.1}).regularization.clip_grad_norm is None
    assert changed(training={"max_steps_per_second": 0}).training.max_steps_per_second is None
    assert changed(dropout=0.2).graph[1].fields_of_kind() == {"p": 0.2}
    assert changed(nodes={"dropout_1": {"p": 0.1}}).graph[1].fields_of_kind() == {"p": 0.1}
    assert changed(nodes={"leak": {"negative_slope": 0.3}}).graph[2].fields_of_kind() == {"negative_slope": 0.3}
    assert (changed(name="n", tags=["t"]).name, changed(name="n", tags=["t"]).tags) == ("n", ["t"])


def test_name_and_tags_are_no_concern_of_the_worker():
    assert worker_part(RunChange(name="n", tags=["t"])) is None
    part = worker_part(RunChange(name="n", dropout=0.5))
    assert part is not None
    assert part.model_dump(exclude_none=True) == {"dropout": 0.5}


@pytest.mark.parametrize(
    ("epochs", "max_steps", "steps"), [(3, None, 30), (3, 7, 7), (1, 70, 10), (None, 5, 5), (3, 0, 0), (None, None, 0)]
)
def test_planned_steps(epochs, max_steps, steps):
    training = SPEC.training.model_copy(update={"epochs": epochs, "max_steps": max_steps})
    assert planned_steps(SPEC.model_copy(update={"training": training}), 95) == (steps, 10)
