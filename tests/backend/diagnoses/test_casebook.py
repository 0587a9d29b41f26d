"""When a finding is told: it must last, and so must its absence."""

from layerlab import diagnoses
from layerlab.diagnoses.base import Finding
from layerlab.runs.casebook import Casebook

PATIENT = diagnoses.REGISTRY.get("rate_too_high")


def finding(severity="warning", **more) -> Finding:
    return Finding(severity=severity, what="Rate is too high", text="t", cause="c", **more)


def note(book, *found, start=0) -> list:
    return [
        [(one.step, one.severity, one.is_over) for one in book.note(PATIENT, each, step=10 * (start + place))]
        for place, each in enumerate(found)
    ]


def test_it_is_told_once_it_has_lasted_and_since_it_was_first_seen():
    assert PATIENT.patience == 3
    book = Casebook()
    assert note(book, None, finding(), finding(), finding(), finding()) == [[], [], [], [(10, "warning", False)], []]
    assert book.standing == {"rate_too_high"}


def test_a_gap_starts_the_count_anew():
    assert note(Casebook(), finding(), finding(), None, finding(), finding(), finding())[-1] == [(30, "warning", False)]


def test_it_is_over_only_when_it_has_been_gone_for_a_while():
    book = Casebook()
    note(book, finding(), finding(), finding())
    missed = note(book, *[None] * (PATIENT.relief - 1), finding(), *[None] * PATIENT.relief, start=3)
    assert missed[:-1] == [[]] * (2 * PATIENT.relief - 1)
    assert missed[-1] == [(0, "warning", True)]
    assert book.standing == set()


def test_a_graver_form_is_told_at_once_with_the_old_step_and_a_milder_one_is_not():
    book = Casebook()
    note(book, finding(), finding(), finding())
    assert note(book, finding("problem"), finding(), start=9) == [[(0, "problem", False)], []]


def test_what_comes_back_is_told_again_with_a_new_step():
    book = Casebook()
    note(book, finding(), finding(), finding(), *[None] * PATIENT.relief)
    again = note(book, finding(), finding(), finding(), start=20)
    assert again[-1] == [(200, "warning", False)]


def test_what_was_told_is_not_told_again_after_a_resume():
    book, other = Casebook(), Casebook()
    note(book, finding(), finding(), finding())
    other.load(book.dump())
    assert other.standing == {"rate_too_high"}
    assert note(other, finding(), start=5) == [[]]


def test_titles_say_since_when():
    book = Casebook()
    (told,) = book.note(diagnoses.REGISTRY.get("dead_units"), finding(since=1375), step=1400)
    assert told.title == "Rate is too high since step 1\N{NARROW NO-BREAK SPACE}375."
    (told,) = book.note(diagnoses.REGISTRY.get("overfitting"), finding(since=35, since_epoch=7), step=40)
    assert told.title == "Rate is too high since epoch 7."
    (told,) = book.note(diagnoses.REGISTRY.get("label_imbalance"), finding(), step=0)
    assert told.title == "Rate is too high."
