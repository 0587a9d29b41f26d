"""The learning-rate range test: the run that makes it, and the rate that its curve suggests.

Smith 2017 (Cyclical Learning Rates for Training Neural Networks, 3.3) lets the rate rise over a short run and reads
the right rate off the curve of loss against rate. As usual now, the curve is smoothed first: a mean of the losses so
far in which older ones fade, divided by the sum of its weights so that it is not biased to 0. Suggested is the rate of
the steepest descent on the logarithmic axis, the first tenth of the steps left out; where the loss bursts, at most a
tenth of the rate at which it did so.
"""

import numpy as np
import numpy.typing as npt
from layerlab_schemas.run import KindSpec, RunSpec
from layerlab_schemas.server import RangeCurve, SuggestedRate

Values = npt.NDArray[np.float64]

KIND = "range_test"
TAG = "range test"
#: How much of the smoothed loss is kept at each step.
_KEPT = 0.9
#: The loss has burst when the smoothed one is this many times the lowest so far.
_BURST = 4.0
#: With fewer steps the smoothed curve says nothing.
FEWEST_POINTS = 20


def range_test_of(spec: RunSpec, *, min_lr: float, max_lr: float, num_steps: int) -> RunSpec:
    """The run that tests the rates of ``spec``: the same net, data and optimizer, for a few steps."""
    fields = {"kind": KIND, "min_lr": min_lr, "max_lr": max_lr}
    training = spec.training.model_copy(
        update={"epochs": None, "max_steps": num_steps, "eval_every": num_steps, "early_stopping": None}
    )
    name = f"Range test of {spec.name}"[:200]
    return spec.model_copy(
        update={
            "name": name,
            "tags": list(dict.fromkeys([*spec.tags[:31], TAG])),
            "schedule": KindSpec.model_validate(fields),
            "training": training,
        }
    )


def suggest(rates: Values, losses: Values) -> SuggestedRate:
    """The suggestion of a range test with at least ``FEWEST_POINTS`` steps.

    Args:
        rates: [T] the learning rate of each step, rising.
        losses: [T] the loss of each step; the last ones may not be finite.
    """
    num_finite = len(losses) if np.isfinite(losses).all() else int(np.argmin(np.isfinite(losses)))
    rates, losses, beyond = rates[:num_finite], losses[:num_finite], rates[num_finite:]
    smoothed = smooth(losses)
    end = _burst(smoothed)
    burst_at = float(rates[end]) if end < len(rates) else (float(beyond[0]) if len(beyond) else None)
    curve = RangeCurve(rates=rates.tolist(), losses=losses.tolist(), smoothed=smoothed.tolist())
    slopes = _slopes(rates[:end], smoothed[:end])
    first = len(rates) // 10  # so far the smoothed curve is the mean of a few batches
    if len(slopes) <= first or slopes[first:].min() >= 0:
        why = "The loss falls nowhere on this curve, so it names no rate. Test a wider range, or more steps."
        return SuggestedRate(rate=None, why=why, curve=curve, burst_at=burst_at)
    steepest = float(rates[first + int(slopes[first:].argmin())])
    rate, why = steepest, f"The smoothed loss falls most steeply at a rate of {steepest:.2g}."
    if burst_at is not None:
        why += f" It bursts at {burst_at:.2g}."
        if steepest > burst_at / 10:
            rate = burst_at / 10
            why += f" A tenth of that, {rate:.2g}, keeps away from it."
    return SuggestedRate(rate=rate, why=why, curve=curve, burst_at=burst_at)


def smooth(losses: Values) -> Values:
    """Exponential mean of the losses so far, divided by the sum of its weights: the first value is the first loss."""
    smoothed, kept = np.empty_like(losses), 0.0
    for place, loss in enumerate(losses):
        kept = _KEPT * kept + (1 - _KEPT) * loss
        smoothed[place] = kept / (1 - _KEPT ** (place + 1))
    return smoothed


def _burst(smoothed: Values) -> int:
    """The first step at which the smoothed loss is far above its lowest so far; the number of steps when none is."""
    lowest = np.minimum.accumulate(smoothed)
    beyond = smoothed > _BURST * np.abs(lowest)
    return int(np.argmax(beyond)) if beyond.any() else len(smoothed)


def _slopes(rates: Values, smoothed: Values) -> Values:
    """Of the smoothed loss by the logarithm of the rate; empty for fewer than two steps."""
    return np.gradient(smoothed, np.log(rates)) if len(rates) > 1 else np.empty(0)
