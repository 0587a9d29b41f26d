"""When the doctor looks: after a change too, though what it earned is spent; and each look is told with its step."""

import pytest
from layerlab.runs import doctor as doctors
from layerlab.runs.doctor import Doctor
from layerlab.training.assemble import assemble
from layerlab.training.logbook import Logbook
from layerlab_schemas.run import RunChange, RunEvent

from tests.backend.diagnoses.seeing import spec_of

DIGITS = {
    "data": {"dataset": "digits", "preprocess": "standardize", "batch_size": 64},
    "graph": [
        {"kind": "flatten"},
        {"kind": "linear", "out_features": 32},
        {"kind": "tanh"},
        {"kind": "linear", "out_features": 10},
    ],
    "optimizer": {"kind": "sgd", "lr": 0.05},
}


@pytest.mark.parametrize("hears", [True, False])
def test_a_rate_that_was_raised_is_told_while_it_trains(monkeypatch, hears):
    monkeypatch.setattr(doctors, "SHARE", 1e-9)
    monkeypatch.setattr(doctors, "WELCOME", 1e-9)
    assembly = assemble(spec_of(DIGITS, max_steps=200))
    events: list[RunEvent] = []
    logbook = Logbook()
    doctor = Doctor(assembly, logbook=logbook, tell=events.append)
    for report in assembly.trainer.steps():
        logbook.note(report)
        doctor.after_step(float(report.step))
        if report.step == 100:
            assert not any(event.diagnosis for event in events)
            assembly.trainer.apply(RunChange.model_validate({"optimizer": {"lr": 50.0}}))
            monkeypatch.setattr(doctors, "WELCOME", 100.0)
            if hears:
                doctor.changed()
    told = {event.diagnosis.kind for event in events if event.diagnosis}
    assert ("rate_too_high" in told) is hears


def test_each_look_is_told_with_its_step():
    assembly = assemble(spec_of(DIGITS, max_steps=20))
    logbook, examined = Logbook(), list[int]()
    doctor = Doctor(assembly, logbook=logbook, tell=lambda event: None, examined=examined.append)
    for report in assembly.trainer.steps():
        logbook.note(report)
        if report.step in (0, 7):
            doctor.look()
    assert examined == [0, 7]
    doctor.conclude()
    assert set(examined[2:]) == {20}


def test_a_watched_run_is_given_twice_the_share(monkeypatch):
    """What it earns in a second of work, by a clock of our own."""
    seconds = iter((0.0, 0.0, 1.0, 1.0, 2.0))
    monkeypatch.setattr(doctors, "thread_time", lambda: next(seconds))
    monkeypatch.setattr(doctors, "WELCOME", 0.0)
    doctor = Doctor(assemble(spec_of(DIGITS, max_steps=200)), logbook=Logbook(), tell=lambda event: None)
    earned = []
    for is_watched in (False, True):
        doctor.watch(is_watched=is_watched)
        doctor._credit = -1.0
        doctor._earned()
        before = doctor._credit
        doctor._earned()
        earned.append(doctor._credit - before)
    assert earned == pytest.approx([doctors.SHARE * doctors.UNWATCHED_PART, doctors.SHARE])
