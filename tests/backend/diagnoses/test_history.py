"""Losses in blocks: right, bounded, and the same after they were stored."""

import json
import math
from itertools import cycle

import numpy as np
import pytest
from layerlab.diagnoses.history import MOST_BLOCKS, MOST_EVALUATIONS, History
from layerlab.training.logbook import gathered
from layerlab.training.report import BlockReport, Evaluation, StepReport


def report(step: int, loss: float, *, validation: float | None = None) -> StepReport:
    found = None if validation is None else Evaluation(loss=validation, accuracy=None, error=None, num_samples=1)
    return StepReport(step=step, epoch=step / 10, loss=loss, learning_rate=0.1, batch_size=4, evaluation=found)


def filled(losses) -> History:
    """Of losses that come as they do: a handful of steps now, hundreds then."""
    history = History()
    reports = [
        report(step, float(loss), validation=float(loss) + 1 if step % 10 == 0 else None)
        for step, loss in enumerate(losses, start=1)
    ]
    sizes = cycle((1, 7, 300, 64))
    while reports:
        size = next(sizes)
        history.take(gathered(reports[:size]))
        del reports[:size]
    return history


LOSSES = 2 + np.sin(np.arange(40_000) / 900)


def test_it_stays_small_and_the_means_are_right():
    history = filled(LOSSES)
    assert len(history.blocks) <= MOST_BLOCKS
    assert len(history.evaluations) <= MOST_EVALUATIONS
    assert sum(block.num_steps for block in history.blocks) == len(LOSSES)
    for block in history.blocks:
        assert block.loss == pytest.approx(LOSSES[block.first - 1 : block.last].mean())
    recent = history.recent(1000)
    assert recent.num_steps >= 1000
    assert recent.loss == pytest.approx(LOSSES[recent.first - 1 :].mean())
    assert history.first_loss == LOSSES[0]
    assert min(one.loss for one in history.evaluations) == pytest.approx(LOSSES[9::10].min() + 1)


def test_an_evaluation_knows_the_training_loss_since_the_one_before():
    history = filled(LOSSES[:30])
    assert [one.train_loss for one in history.evaluations] == pytest.approx(
        [LOSSES[:10].mean(), LOSSES[10:20].mean(), LOSSES[20:30].mean()]
    )


def test_a_step_is_taken_in_once_and_what_is_not_finite_never():
    history = filled(LOSSES[:20])
    before = history.dump()
    history.take(gathered([report(20, 100.0)]))
    assert history.dump() == before
    history.take(gathered([report(21, math.nan)]))
    assert history.dump()["blocks"] == before["blocks"]


@pytest.mark.parametrize("bad", [(), (0,), (33,), (37, 38, 39)], ids=str)
def test_blocks_of_steps_are_taken_in_as_their_steps_are(bad):
    losses = [math.nan if place in bad else float(loss) for place, loss in enumerate(LOSSES[:400])]
    rates = [0.1 / (1 + place) for place in range(400)]
    single, blocks, mixed = History(), History(), History()
    found = Evaluation(loss=1.0, accuracy=None, error=None, num_samples=1)
    for start in range(0, 400, 40):
        steps = range(start, start + 40)
        told = [
            StepReport(
                step=place + 1, epoch=(place + 1) / 10, loss=losses[place], learning_rate=rates[place], batch_size=4,
                evaluation=found if place == steps[-1] else None,
            )
            for place in steps
        ]  # fmt: skip
        curves = {"train/loss": losses[start : start + 40], "optimizer/lr": rates[start : start + 40]}
        block = BlockReport(step=start + 40, epoch=(start + 40) / 10, curves=curves, batch_size=4, evaluation=found)
        half = {name: values[20:] for name, values in curves.items()}
        rest = BlockReport(step=block.step, epoch=block.epoch, curves=half, batch_size=4, evaluation=found)
        for history, reports in ((single, told), (blocks, [block]), (mixed, [*told[:20], rest])):
            history.take(gathered(reports))
    for other in (blocks, mixed):
        assert [(one.first, one.last, one.num_steps) for one in other.blocks] == [
            (one.first, one.last, one.num_steps) for one in single.blocks
        ]
        for name in ("loss", "learning_rate"):
            theirs = [getattr(one, name) for one in single.blocks]
            assert [getattr(one, name) for one in other.blocks] == pytest.approx(theirs)
        assert [one.train_loss for one in other.evaluations] == pytest.approx(
            [one.train_loss for one in single.evaluations]
        )
        assert other.first_loss == single.first_loss == (None if 0 in bad else losses[0])


def test_it_is_the_same_after_it_was_stored():
    history = filled(LOSSES[:5000])
    again = History.load(json.loads(json.dumps(history.dump())))
    assert again == history


def test_a_run_that_goes_on_from_elsewhere_does_not_know_its_first_loss():
    history = History()
    history.take(gathered([report(501, 1.0)]))
    assert history.first_loss is None
