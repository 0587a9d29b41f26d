"""What steps told, read together: the same points as if each report were read alone."""

import math

from layerlab.training.logbook import Curve, Logbook, gathered
from layerlab.training.report import BlockReport, Evaluation, StepReport


def evaluation(loss: float, accuracy: float | None = None) -> Evaluation:
    return Evaluation(loss=loss, accuracy=accuracy, error=None, num_samples=5)


MIXED = [
    StepReport(step=0, epoch=0.0, evaluation=evaluation(0.7, 0.5)),
    StepReport(step=1, epoch=0.1, loss=3.0, learning_rate=0.1, batch_size=4),
    StepReport(step=2, epoch=0.2, loss=2.0, penalty=0.25, learning_rate=0.1, batch_size=4),
    BlockReport(
        step=5,
        epoch=0.5,
        curves={"train/loss": [1.5, 1.0, 0.5], "optimizer/lr": [0.1, 0.1, 0.05]},
        batch_size=4,
        evaluation=evaluation(0.6, 0.75),
    ),
    StepReport(step=6, epoch=0.6, loss=math.inf, learning_rate=0.05, batch_size=3, evaluation=evaluation(0.9)),
]


def test_each_curve_has_the_steps_at_which_it_has_a_value():
    told = gathered(MIXED)
    assert told.curves == {
        "train/loss": Curve([1, 2, 3, 4, 5, 6], [3.0, 2.0, 1.5, 1.0, 0.5, math.inf]),
        "train/penalty": Curve([2], [0.25]),
        "optimizer/lr": Curve([1, 2, 3, 4, 5, 6], [0.1, 0.1, 0.1, 0.1, 0.05, 0.05]),
        "val/loss": Curve([0, 5, 6], [0.7, 0.6, 0.9]),
        "val/accuracy": Curve([0, 5], [0.5, 0.75]),
    }
    assert (told.step, told.epoch, told.batch_size) == (6, 0.6, 3)
    assert [report.step for report in told.evaluated] == [0, 5, 6]


def test_no_curve_is_changed_by_what_comes_after():
    """Curves of one reading have lists of their own."""
    first, all_of_it = gathered(MIXED[:2]), gathered(MIXED)
    assert first.curves["train/loss"] == Curve([1], [3.0])
    lists = [id(part) for curve in all_of_it.curves.values() for part in (curve.steps, curve.values)]
    assert len(lists) == len(set(lists))


def test_readers_get_what_came_since_and_once():
    book, read = Logbook(), []
    book.follow(read.append)
    for report in MIXED[:2]:
        book.note(report)
    book.settle()
    book.settle()
    book.note(MIXED[2])
    book.settle()
    assert [entries.step for entries in read] == [1, 2]
