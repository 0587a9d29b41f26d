"""What a range test suggests, for curves whose answer is known."""

import numpy as np
import pytest
from layerlab.runs.range_test import range_test_of, smooth, suggest
from layerlab_schemas.run import RunSpec

RATES = np.geomspace(1e-6, 10, 150)


def falling_around(rate: float, *, width: float = 0.5) -> np.ndarray:
    """From 2.3 to 0.5, most steeply at ``rate`` on the logarithmic axis."""
    return 1.4 - 0.9 * np.tanh((np.log10(RATES) - np.log10(rate)) / width)


@pytest.mark.parametrize("rate", [1e-4, 1e-3, 3e-2])
def test_the_steepest_descent(rate):
    """Smoothing looks back, so the suggestion comes a little later than the middle of the fall: within a factor 4."""
    found = suggest(RATES, falling_around(rate))
    assert found.rate is not None
    assert rate <= found.rate < 4 * rate
    assert found.burst_at is None
    assert found.why.startswith("The smoothed loss falls most steeply")
    assert len(found.curve.smoothed) == len(found.curve.losses) == len(found.curve.rates) == 150


def test_noise_moves_it_little():
    noise = 0.1 * np.random.default_rng(0).standard_normal(150)
    found = suggest(RATES, falling_around(1e-3) + noise)
    assert found.rate is not None
    assert 5e-4 < found.rate < 8e-3


def test_a_burst_soon_after_the_fall_takes_it_down_to_a_tenth():
    losses = falling_around(1e-2)
    losses[RATES > 0.03] = 1e4
    found = suggest(RATES, losses)
    assert found.burst_at == pytest.approx(0.03, rel=0.2)
    assert found.rate == pytest.approx(found.burst_at / 10)
    assert "A tenth of that" in found.why


def test_a_burst_far_above_changes_nothing():
    calm = suggest(RATES, falling_around(1e-4))
    losses = falling_around(1e-4)
    losses[RATES > 1] = 1e4
    found = suggest(RATES, losses)
    assert found.rate == calm.rate
    assert found.burst_at is not None


def test_a_run_that_diverged_is_read_until_then():
    losses = falling_around(1e-3)
    losses[RATES > 1] = np.nan
    found = suggest(RATES, losses)
    assert found.burst_at == pytest.approx(1, rel=0.2)
    assert found.rate == suggest(RATES, falling_around(1e-3)).rate
    assert np.isfinite(found.curve.losses).all()
    assert len(found.curve.losses) == int((RATES <= 1).sum())


def test_a_loss_that_never_falls_has_no_rate():
    found = suggest(RATES, np.linspace(2, 3, 150))
    assert found.rate is None
    assert "falls nowhere" in found.why


def test_the_smoothed_loss_is_unbiased():
    assert smooth(np.full(30, 2.5)) == pytest.approx(np.full(30, 2.5))
    found = smooth(np.array([1.0, 3.0]))
    assert found.tolist() == pytest.approx([1.0, (0.9 * 0.1 * 1 + 0.1 * 3) / (1 - 0.81)])


def test_the_run_that_tests_a_spec():
    spec = RunSpec.model_validate(
        {
            "name": "Mine", "tags": ["a"], "data": {"dataset": "digits"}, "graph": [{"kind": "linear"}],
            "schedule": {"kind": "cosine"}, "optimizer": {"kind": "sgd", "lr": 0.3},
            "training": {"epochs": 7, "seed": 5, "early_stopping": {"patience": 2}},
        }
    )  # fmt: skip
    test = range_test_of(spec, min_lr=1e-5, max_lr=1.0, num_steps=100)
    assert (test.name, test.tags) == ("Range test of Mine", ["a", "range test"])
    assert test.schedule.model_dump() == {"kind": "range_test", "min_lr": 1e-5, "max_lr": 1.0}
    assert (test.training.epochs, test.training.max_steps, test.training.seed) == (None, 100, 5)
    assert test.training.early_stopping is None
    assert (test.graph, test.data, test.optimizer) == (spec.graph, spec.data, spec.optimizer)
