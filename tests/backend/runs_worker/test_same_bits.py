"""Watched or not, resumed or not: the same bits."""

import itertools
import shutil
from pathlib import Path

import pytest
from layerlab import probes
from layerlab.runs.doctor import Doctor
from layerlab.training.state import weights_digest
from layerlab_schemas.run import RunSpec

from tests.backend.runs_worker.listening import Listener, at_step, command, in_turn, train, watch
from tests.backend.runs_worker.specs import POINTS_NET, spec

EVERYTHING = watch(*(probe.kind for probe in probes.REGISTRY), sample=3)
#: Probes that tell of the newest evaluation, at whatever step it was.
OF_EVALUATION = {"confusion", "examples", "class_accuracy", "roc", "samples"}
OPTIMIZERS = [
    {"kind": "sgd", "lr": 0.05, "momentum": 0.9},
    {"kind": "adam", "lr": 0.01},
    {"kind": "muon", "lr": 0.002},
]

_EMBED, _SCORES = {"kind": "embedding", "embedding_dim": 8}, {"kind": "linear", "out_features": 29}
#: Dropout behind or within, whose masks no look may move on.
SEQUENCE_NETS = {
    "gradient_lags": [_EMBED, {"kind": "lstm", "hidden_size": 8, "output": "sequence"}, {"kind": "dropout"}, _SCORES],
    "attention_maps": [_EMBED, {"kind": "positional_encoding"},
                       {"kind": "transformer_block", "num_heads": 2, "causal": True, "dropout": 0.3}, _SCORES],
}  # fmt: skip


def outcome(run: RunSpec, directory, *commands, **options) -> tuple[Listener, str]:
    digests = []
    heard = train(
        run, directory, *commands, look=lambda session: digests.append(weights_digest(session.network)), **options
    )
    return heard, digests[0]


def losses(heard: Listener) -> dict[str, dict[int, float]]:
    return {name: heard.curve(name) for name in ("train/loss", "val/loss", "train/accuracy")}


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda optimizer: optimizer["kind"])
def test_watched_equals_unwatched(tmp_path, monkeypatch, optimizer):
    run = spec(optimizer=optimizer, max_steps=60)
    alone, weights = outcome(run, tmp_path / "alone")
    # Measured after every single step, however dear.
    monkeypatch.setattr("layerlab.runs.telemetry._LOOK_SECONDS", 0.0)
    for name, value in {"WATCHED_SECONDS": 0.0, "WATCHED_SHARE": 1e9}.items():
        monkeypatch.setattr(f"layerlab.runs.cadence.{name}", value)
    watched, watched_weights = outcome(run, tmp_path / "watched", EVERYTHING)
    assert len(watched.frames("norm_statistics")) >= 60
    assert len(alone.frames("norm_statistics")) < 30
    assert losses(watched) == losses(alone)
    assert watched_weights == weights


@pytest.mark.parametrize("probe", SEQUENCE_NETS)
def test_sequences_watched_equal_unwatched(tmp_path, monkeypatch, probe):
    """Layers that are walked step by step, with gradients, and texts that are drawn by chance."""
    body = {
        "data": {"dataset": "grammar_text", "params": {"length": 10, "samples": 200}, "batch_size": 32},
        "graph": SEQUENCE_NETS[probe],
        "optimizer": {"kind": "adam", "lr": 0.01},
        "training": {"max_steps": 12, "seed": 3},
    }
    run = RunSpec.model_validate(body)
    alone, weights = outcome(run, tmp_path / "alone")
    monkeypatch.setattr("layerlab.runs.telemetry._LOOK_SECONDS", 0.0)
    for name, value in {"WATCHED_SECONDS": 0.0, "WATCHED_SHARE": 1e9}.items():
        monkeypatch.setattr(f"layerlab.runs.cadence.{name}", value)
    watched, watched_weights = outcome(run, tmp_path / "watched", EVERYTHING)
    for name in ("sampled_text", "embedding_plane", probe):
        assert len(watched.frames(name)) >= 12, name
    assert losses(watched) == losses(alone)
    assert watched_weights == weights


def test_full_batches_watched_and_resumed(tmp_path):
    """L-BFGS looks at the batch many times in a step, and its memory is the largest of all."""
    run = spec(POINTS_NET, "spiral", optimizer={"kind": "lbfgs", "max_iter": 5}, max_steps=40)
    alone, weights = outcome(run, tmp_path / "alone")
    watched, watched_weights = outcome(run, tmp_path / "watched", EVERYTHING)
    assert (losses(watched), watched_weights) == (losses(alone), weights)
    first, _ = outcome(run, tmp_path / "halved", react=at_step(12, {"type": "terminate"}))
    step = first.said[-1]["step"]
    assert 12 <= step < 40
    second, resumed_weights = outcome(run, tmp_path / "halved", resume=True, recorded_step=step)
    assert resumed_weights == weights
    assert losses(first)["train/loss"] | losses(second)["train/loss"] == losses(alone)["train/loss"]


def test_the_rehearsal_leaves_no_trace(tmp_path, monkeypatch):
    rehearsed, weights = outcome(spec(max_steps=10), tmp_path / "a")
    monkeypatch.setattr("layerlab.runs.telemetry.Telemetry.measure_start", lambda self: None)
    plain, plain_weights = outcome(spec(max_steps=10), tmp_path / "b")
    others = [frame for frame in plain.of("frame") if frame["probe"] not in OF_EVALUATION]
    assert not any(frame["step"] == 0 for frame in others)
    assert (losses(plain), plain_weights) == (losses(rehearsed), weights)


@pytest.mark.parametrize("optimizer", [None, {"kind": "gd", "lr": 0.05}], ids=["sgd", "gd"])
def test_the_rehearsal_has_the_gradient_of_the_first_step(tmp_path, optimizer):
    heard, _ = outcome(spec(optimizer=optimizer, max_steps=3), tmp_path, watch("weight_gradients"))
    before, after = (
        next(frame for frame in heard.frames("weight_gradients") if frame["step"] == step) for step in (0, 1)
    )
    assert before["items"] == after["items"]


def test_paused_stepped_and_resumed_equals_straight_on(tmp_path):
    run = spec(max_steps=400)
    straight, weights = outcome(run, tmp_path / "straight")

    script = [command("pause", 7), command("step", 8, count=2), command("step", 9, count=1), command("resume", 10)]
    begin, follow = at_step(4, EVERYTHING, script[0]), in_turn(*script)

    def react(message, inbox):
        begin(message, inbox)
        follow(message, inbox)

    halting, halting_weights = outcome(run, tmp_path / "halting", react=react)
    assert [message["id"] for message in halting.of("reply")] == [7, 8, 9, 10]
    assert (losses(halting), halting_weights) == (losses(straight), weights)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda optimizer: optimizer["kind"])
def test_resumed_from_a_checkpoint_equals_straight_on(tmp_path, optimizer):
    run = spec(optimizer=optimizer, max_steps=300)
    straight, weights = outcome(run, tmp_path / "straight")
    first, _ = outcome(run, tmp_path / "halved", react=at_step(20, {"type": "terminate"}))
    step = first.said[-1]["step"]
    assert 20 <= step < 300
    second, resumed_weights = outcome(run, tmp_path / "halved", resume=True, recorded_step=step)
    assert resumed_weights == weights
    for name, curve in losses(straight).items():
        assert losses(first)[name] | losses(second)[name] == curve
        assert not set(losses(first)[name]) & set(losses(second)[name])


def forget_later_checkpoints(directory: Path, step: int) -> None:
    for folder in (directory / "checkpoints").iterdir():
        if int(folder.name.removeprefix("step-")) > step:
            shutil.rmtree(folder)


def test_the_gap_after_a_kill_is_trained_again_in_silence_changes_and_all(tmp_path):
    """As after kill -9: the last checkpoint is older than what is recorded, and changes lie between."""
    run = spec(max_steps=40)
    changes = [{"optimizer": {"lr": 0.02}, "dropout": 0.6}, {"optimizer": {"kind": "adam", "lr": 0.003}}]
    script = [
        command("step", 2, count=8), command("step", 3, count=7), command("change", 4, change=changes[0]),
        command("step", 5, count=3), command("change", 6, change=changes[1]), command("step", 7, count=7),
    ]  # fmt: skip
    straight, weights = outcome(
        run, tmp_path / "straight", script[0], react=in_turn(*script, command("resume", 8)), paused=True
    )
    first, _ = outcome(run, tmp_path / "killed", script[0], react=in_turn(*script, command("stop", 8)), paused=True)
    assert first.said[-1]["step"] == 25
    forget_later_checkpoints(tmp_path / "killed", 8)
    second, resumed_weights = outcome(run, tmp_path / "killed", EVERYTHING, resume=True, recorded_step=25)
    assert min(second.curve("train/loss")) == 26
    assert second.of("event") == []
    told = [message for message in second.said if message["type"] in ("scalars", "frame", "progress")]
    assert min(message["step"] for message in told if message.get("probe") not in OF_EVALUATION) == 25
    assert resumed_weights == weights
    for name, curve in losses(straight).items():
        assert losses(first)[name] | losses(second)[name] == curve


def test_a_change_during_the_gap_waits_for_its_end(tmp_path):
    run = spec(max_steps=40)
    script = [command("step", 2, count=5), command("step", 3, count=15), command("stop", 4)]
    outcome(run, tmp_path, script[0], react=in_turn(*script), paused=True)
    forget_later_checkpoints(tmp_path, 5)
    change = command("change", 5, change={"optimizer": {"lr": 0.001}})
    second, _ = outcome(run, tmp_path, change, resume=True, recorded_step=20)
    (event,) = second.of("event")
    assert event["event"]["step"] == 20
    assert second.curve("optimizer/lr")[21] == 0.001


def test_a_checkpoint_beyond_the_record_is_not_gone_on_from(tmp_path):
    run = spec(max_steps=30)
    straight, weights = outcome(run, tmp_path / "straight")
    script = [command("step", 2, count=6), command("step", 3, count=9), command("stop", 4)]
    outcome(run, tmp_path / "halved", script[0], react=in_turn(*script), paused=True)
    second, resumed = outcome(run, tmp_path / "halved", resume=True, recorded_step=10)
    assert list(second.curve("train/loss")) == list(range(11, 31))
    assert resumed == weights
    assert second.curve("train/loss").items() <= straight.curve("train/loss").items()


def test_a_run_without_a_checkpoint_is_trained_again_from_the_start(tmp_path):
    run = spec(max_steps=12)
    _, weights = outcome(run, tmp_path / "straight")
    second, again = outcome(run, tmp_path / "again", resume=True, recorded_step=7)
    assert list(second.curve("train/loss")) == [8, 9, 10, 11, 12]
    assert list(second.curve("val/loss")) == [12]
    assert again == weights


def test_slow_motion_changes_no_bit(tmp_path):
    fast, weights = outcome(spec(POINTS_NET, "spiral", max_steps=12), tmp_path / "fast")
    slow, slow_weights = outcome(spec(POINTS_NET, "spiral", max_steps=12, max_steps_per_second=100), tmp_path / "slow")
    assert (losses(slow), slow_weights) == (losses(fast), weights)


def test_two_looks_at_one_moment_give_one_frame(tmp_path):
    heard, _ = outcome(
        spec(max_steps=30), tmp_path, EVERYTHING, react=at_step(3, command("pause", 1), command("resume"))
    )
    for probe in probes.REGISTRY:
        steps = [frame["step"] for frame in heard.frames(probe.kind)]
        assert all(a < b for a, b in itertools.pairwise(steps)), probe.kind


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda optimizer: optimizer["kind"])
def test_a_run_with_a_doctor_at_every_step_equals_one_without(tmp_path, monkeypatch, optimizer):
    """Batch norm and dropout go through his looks too, and nothing of the run is other for it."""
    run = spec(optimizer=optimizer, max_steps=25)
    looks = []
    kept = Doctor._examine
    monkeypatch.setattr("layerlab.runs.doctor.PAUSE_SECONDS", 0.0)
    monkeypatch.setattr("layerlab.runs.doctor.SHARE", 1e9)
    monkeypatch.setattr(Doctor, "_examine", lambda self: looks.append(kept(self)))
    seen, weights = outcome(run, tmp_path / "seen")
    assert len(looks) >= 25
    monkeypatch.setattr(Doctor, "look", lambda self: None)
    alone, weights_alone = outcome(run, tmp_path / "alone")
    assert (losses(seen), weights) == (losses(alone), weights_alone)
