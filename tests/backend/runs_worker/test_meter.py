import pytest
from layerlab.runs.meter import WINDOW, Meter


def run(meter: Meter, start: float, seconds: float, every: float) -> float:
    now = start
    while now < start + seconds:
        meter.tick(now)
        meter.step(32, every / 10)
        meter.measured(every / 20)
        now += every
    meter.tick(now)
    return now


def test_rates_of_an_even_run():
    meter = Meter()
    run(meter, 5.0, 10.0, 0.01)
    rates = meter.rates()
    assert rates.steps_per_second == pytest.approx(100, rel=0.02)
    assert rates.samples_per_second == pytest.approx(3200, rel=0.02)
    assert rates.data_share == pytest.approx(0.1, rel=0.02)
    assert rates.telemetry_share == pytest.approx(0.05, rel=0.02)


def test_the_window_forgets():
    meter = Meter()
    now = run(meter, 0.0, 10.0, 0.01)
    run(meter, now, WINDOW * 1.5, 0.1)
    assert meter.rates().steps_per_second == pytest.approx(10, rel=0.1)
    assert meter.overall().steps_per_second == pytest.approx(1030 / 13, rel=0.02)


def test_a_pause_is_no_time():
    meter = Meter()
    now = run(meter, 0.0, 1.0, 0.01)
    meter.rest(now)
    run(meter, now + 1000, 1.0, 0.01)
    assert meter.seconds == pytest.approx(2.0, rel=0.02)
    assert meter.rates().steps_per_second == pytest.approx(100, rel=0.02)


def test_before_anything_happened_there_is_nothing():
    assert Meter().rates().steps_per_second == 0
