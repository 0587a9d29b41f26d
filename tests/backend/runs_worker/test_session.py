"""A session in this process: what it says, and that commands act between two steps."""

import math

import pytest
from layerlab.runs.refusing import in_words, is_out_of_memory, problem_of
from layerlab.runs.worker import build
from layerlab_schemas.run import RunProgress

from tests.backend.runs_worker.listening import Listener, at_step, command, in_turn, train, watch
from tests.backend.runs_worker.specs import POINTS_NET, as_json, spec

ALL = ("activations", "weights", "weight_gradients", "filters", "norm_statistics", "feature_maps", "confusion")


def test_a_run_tells_every_step_and_ends(tmp_path):
    heard = train(spec(max_steps=30), tmp_path)
    assert list(heard.curve("train/loss")) == list(range(1, 31))
    assert list(heard.curve("optimizer/lr")) == list(range(1, 31))
    assert list(heard.curve("val/loss")) == [0, 23, 30]
    assert heard.said[-1] == {
        "type": "ended", "status": "completed", "reason": "All 30 planned steps are done.", "step": 30,
    }  # fmt: skip
    for message in heard.of("progress"):
        RunProgress.model_validate({name: value for name, value in message.items() if name != "type"})
    assert heard.of("progress")[-1]["latest"]["train/loss"] == heard.curve("train/loss")[30]
    assert heard.of("checkpoint")[-1]["step"] == 30


def test_no_state_and_no_picture_is_told_before_its_points(tmp_path):
    heard = train(spec(max_steps=12), tmp_path, watch(*ALL))
    known = -1
    for message in heard.said:
        if message["type"] == "scalars":
            known = message["step"]
        if message["type"] in ("frame", "progress", "checkpoint"):
            assert message["step"] <= max(known, 0)


def test_each_probe_is_measured_at_the_start_and_at_the_end_and_what_is_watched_at_the_first_step(tmp_path):
    heard = train(spec(max_steps=12), tmp_path, watch("weights", "norm_statistics"))
    for probe in ALL:
        steps = [frame["step"] for frame in heard.frames(probe)]
        assert steps == sorted(set(steps)), f"{probe} was told twice"
        assert {0, 12} <= set(steps), probe
        assert probe not in ("weights", "norm_statistics") or 1 in steps
    assert heard.frames("decision_surface") == []


@pytest.mark.parametrize("max_steps", [1, 3])
def test_what_nobody_watches_is_measured_after_the_first_step_and_is_of_the_start_all_the_same(tmp_path, max_steps):
    small = spec(max_steps=max_steps)
    alone = train(small, tmp_path / "alone")
    seen = train(small, tmp_path / "seen", watched=watch("weights", "confusion"))
    names = {message["probe"] for message in alone.of("frame")}
    assert len(names) > 8
    for name in names:
        assert seen.frames(name)[0] == alone.frames(name)[0], name
        assert seen.frames(name)[-1] == alone.frames(name)[-1], name
        steps = [message["step"] for message in seen.of("frame") if message["probe"] == name]
        assert steps == sorted(set(steps)), name
    told = [(message["probe"], message["step"]) for message in seen.of("frame")]
    assert told[:2] == [("confusion", 0), ("weights", 0)]
    if max_steps > 1:
        assert told.index(("weights", 1)) < told.index(("activations", 0))
    assert seen.curve("train/loss") == alone.curve("train/loss")


def test_with_no_steps_everything_is_measured_once(tmp_path):
    heard = train(spec(max_steps=0), tmp_path)
    told = [frame["probe"] for frame in heard.of("frame")]
    assert set(ALL) <= set(told)
    assert len(told) == len(set(told))
    assert {frame["step"] for frame in heard.of("frame")} == {0}
    (norms,) = heard.frames("norm_statistics")
    assert (norms["split"], norms["mode"], norms["num_samples"]) == ("train", "train", 64)
    (gradients,) = heard.frames("weight_gradients")
    assert (gradients["split"], gradients["num_samples"]) == ("train", 64)
    assert all(item["max"] > item["min"] for item in gradients["items"] if item["parameter"] == "weight")
    assert (heard.said[-1]["status"], heard.said[-1]["step"]) == ("completed", 0)
    assert list(heard.curve("val/loss")) == [0]


def test_a_pause_rests_with_an_exact_picture_and_resume_goes_on(tmp_path):
    rested = []

    def react(message, inbox):
        at_step_5(message, inbox)
        if message["type"] == "reply" and message["id"] == 7:
            rested.append(message["result"]["step"])
            inbox.put(command("step", 8, count=3))
        if message["type"] == "reply" and message["id"] == 8:
            rested.append(message["result"]["step"])
            inbox.put(command("resume", 9))

    at_step_5 = at_step(5, command("pause"))
    heard = train(spec(max_steps=400), tmp_path, watch(*ALL), react=react)
    first, second = rested
    assert 5 <= first < 397
    assert second == first + 3
    for probe in set(ALL) - {"confusion"}:
        assert {first, second} <= {frame["step"] for frame in heard.frames(probe)}, probe
    for number, step in ((7, first), (8, second)):
        at = next(i for i, m in enumerate(heard.said) if m["type"] == "reply" and m["id"] == number)
        before = [m for m in heard.said[:at] if m["type"] == "progress"][-1]
        assert (before["status"], before["step"]) == ("paused", step), "the state is told before the answer"
    assert max(heard.curve("train/loss")) == 400
    assert heard.said[-1]["status"] == "completed"


def test_single_steps_are_for_a_run_that_rests(tmp_path):
    heard = train(spec(max_steps=6), tmp_path, command("step", 4, count=1))
    (reply,) = heard.of("reply")
    assert (reply["ok"], reply["problem"]["code"]) == (False, "not_paused")


def test_a_start_that_is_paused_shows_step_0(tmp_path):
    heard = train(spec(), tmp_path, watch(*ALL), command("stop"), paused=True)
    assert [message["status"] for message in heard.of("progress")] == ["paused", "paused", "stopped"]
    assert {frame["step"] for frame in heard.of("frame")} == {0}
    assert heard.curve("train/loss") == {}
    assert (heard.said[-1]["status"], heard.said[-1]["step"]) == ("stopped", 0)


def test_watching_while_it_rests_shows_what_there_is(tmp_path):
    seen = []

    def react(message, inbox):
        if message["type"] == "progress" and message["status"] == "paused" and not seen:
            inbox.put(watch("feature_maps", sample=5))
            inbox.put(watch("feature_maps", sample=6))
            inbox.put(command("stop"))
        if message["type"] == "frame" and message["probe"] == "feature_maps":
            seen.append(message)

    heard = train(spec(), tmp_path, react=react, paused=True)
    assert [frame["sample"]["index"] for frame in heard.frames("feature_maps")][-2:] == [5, 6]


def test_stop_checkpoints_and_answers_before_the_end(tmp_path):
    heard = train(spec(max_steps=500), tmp_path, react=at_step(3, command("stop")))
    step = heard.said[-1]["step"]
    assert heard.said[-1]["status"] == "stopped"
    assert heard.of("checkpoint")[-1]["step"] == step == max(heard.curve("train/loss"))
    assert heard.said[-2] == {"type": "reply", "id": 7, "ok": True, "result": {"step": step}}


def test_termination_checkpoints_and_says_interrupted(tmp_path):
    heard = train(spec(max_steps=500), tmp_path, react=at_step(3, {"type": "terminate"}))
    assert heard.said[-1]["status"] == "interrupted"
    assert heard.of("checkpoint")[-1]["step"] == heard.said[-1]["step"]


def test_a_change_acts_at_the_next_batch_and_is_an_event(tmp_path):
    change = command("change", change={"optimizer": {"lr": 0.01}, "data": {"batch_size": 32}, "dropout": 0.1})
    heard = train(spec(max_steps=None, epochs=20), tmp_path, react=at_step(4, change))
    (reply,) = heard.of("reply")
    step = reply["result"]["step"]
    assert {event["event"]["path"] for event in heard.of("event")} == {"optimizer.lr", "data.batch_size", "dropout"}
    assert {event["event"]["step"] for event in heard.of("event")} == {step}
    rates = heard.curve("optimizer/lr")
    assert (rates[step], rates[step + 1]) == (0.05, 0.01)
    before, planned = heard.of("started")
    assert (before["num_steps"], before["steps_per_epoch"]) == (460, 23)
    assert planned["steps_per_epoch"] == 45
    assert planned["num_steps"] == heard.said[-1]["step"] > 460


def test_a_change_that_cannot_be_changes_nothing(tmp_path):
    change = command("change", change={"optimizer": {"lr": -1.0}})
    heard = train(spec(max_steps=6), tmp_path, change)
    (reply,) = heard.of("reply")
    assert (reply["ok"], reply["problem"]["status"]) == (False, 422)
    assert reply["problem"]["errors"][0]["path"] == "optimizer.lr"
    assert heard.of("event") == []
    assert set(heard.curve("optimizer/lr").values()) == {0.05}


def test_a_start_that_is_paused_after_a_kill_trains_the_gap_before_it_rests(tmp_path):
    rests = []

    def react(message, inbox):
        if message["type"] == "progress" and "train/loss" in message["latest"]:
            rests.append(message["step"])
            inbox.put(command("stop"))

    heard = train(spec(max_steps=30), tmp_path, react=react, resume=True, recorded_step=12, paused=True)
    assert rests[0] == 12
    assert heard.curve("train/loss") == {}


def test_in_slow_motion_every_step_is_seen(tmp_path):
    heard = train(spec(max_steps=6, max_steps_per_second=2), tmp_path, watch("weights"))
    assert [frame["step"] for frame in heard.frames("weights")] == list(range(7))


def test_slow_motion_still_answers_at_once(tmp_path):
    heard = train(spec(max_steps=100, max_steps_per_second=0.02), tmp_path, react=at_step(1, command("stop")))
    assert heard.said[-1]["status"] == "stopped"
    assert list(heard.curve("train/loss")) == [1]


def test_divergence_ends_with_its_reason_and_keeps_the_last_finite_checkpoint(tmp_path):
    change = command("change", change={"optimizer": {"lr": 1e6}})
    deep = [{"kind": "linear", "out_features": 16}, {"kind": "relu"}] * 3
    run = spec([{"kind": "flatten"}, *deep, {"kind": "linear", "out_features": 10}], max_steps=200)
    script = [command("step", 3, count=2), change, command("resume", 8)]
    heard = train(run, tmp_path, script[0], react=in_turn(*script), paused=True)
    assert heard.said[-1]["status"] == "diverged"
    assert "learning rate" in heard.said[-1]["reason"]
    losses = heard.curve("train/loss")
    assert not math.isfinite(losses[max(losses)])
    assert heard.of("checkpoint")[-1]["step"] < heard.said[-1]["step"]


def test_a_disk_that_cannot_be_written_puts_the_run_to_rest_and_says_so(tmp_path):
    (tmp_path / "checkpoints").write_text("in the way")

    def react(message, inbox):
        if message["type"] == "progress" and message["status"] == "paused":
            (tmp_path / "checkpoints").unlink(missing_ok=True)
            inbox.put(command("resume"))

    heard = train(spec(max_steps=3000), tmp_path, command("pause", 3), react=react)
    (warning,) = [event for event in heard.of("event") if event["event"]["kind"] == "warning"]
    assert "checkpoint could not be written" in warning["event"]["text"]
    (rest,) = [message for message in heard.of("progress") if message["status"] == "paused"]
    assert rest["reason"] == warning["event"]["text"]
    assert heard.said[-1]["status"] == "completed"


def test_a_probe_that_fails_costs_a_picture_and_not_the_run(tmp_path, monkeypatch, caplog):
    from layerlab.probes import REGISTRY

    monkeypatch.setattr(REGISTRY.get("weights"), "measure", lambda context: 1 / 0)
    heard = train(spec(max_steps=3), tmp_path)
    assert heard.said[-1]["status"] == "completed"
    assert heard.frames("weights") == []
    assert len(heard.frames("activations")) > 1
    assert "the probe weights failed" in caplog.text


def test_points_have_a_decision_surface(tmp_path):
    heard = train(spec(POINTS_NET, "spiral"), tmp_path)
    frame = heard.frames("decision_surface")[-1]
    (item,) = frame["items"]
    assert item["values"]["shape"] == [2, 97, 97]


def test_a_spec_that_cannot_be_trained_is_refused_with_its_place(tmp_path):
    from layerlab.errors import SpecError
    from layerlab.runs.inbox import Inbox

    wrong = spec([{"kind": "linear", "out_features": 3}])
    start = command("start", run="r", directory=str(tmp_path), spec=as_json(wrong), resume=False, recorded_step=None)
    inbox = Inbox()
    with pytest.raises(SpecError) as caught:
        build(start, Listener(inbox), inbox, threads=1, memory_bytes=0)
    problem = problem_of(caught.value)
    assert problem["status"] == 422
    assert problem["errors"][0]["node"] == "linear_1"


def test_errors_are_told_in_plain_words():
    memory = RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 4000000000 bytes.")
    assert is_out_of_memory(memory)
    assert in_words(memory).startswith("Memory ran out. It asked for 4.0 GB more.")
    assert is_out_of_memory(MemoryError())
    other = in_words(KeyError("secret"))
    assert "KeyError" in other
    assert "secret" not in other


def test_a_look_that_finds_nothing_new_says_nothing_of_what_looks_cost(tmp_path):
    def look(session):
        known = session._telemetry._cadence._usual
        before = dict(known)
        session._telemetry.measure_all()
        assert set(ALL) <= set(before)
        assert known == before

    train(spec(max_steps=3), tmp_path, watch(*ALL), look=look)
