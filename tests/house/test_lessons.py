"""Lessons: one file each, one for every diagnosis, and nothing that page or check would stumble over."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from layerlab import diagnoses, lessons
from layerlab.catalog import build_catalog
from layerlab.training.inspection import inspect
from layerlab_schemas.lesson import Lesson
from layerlab_schemas.run import CheckRequest

LESSONS = lessons.lessons()
#: Panels of curves, which come from no probe.
CURVES = {"loss", "accuracy", "error", "learning_rate", "layers", "perplexity", "sequence_accuracy"}


def texts(lesson: Lesson) -> list[str]:
    remedy = [lesson.remedy.text] if lesson.remedy else []
    return [
        lesson.setup,
        lesson.question,
        *lesson.choices,
        *(m.text for m in lesson.notice),
        *lesson.explanation,
        *remedy,
    ]


def test_every_diagnosis_has_a_lesson():
    explained = {kind for lesson in LESSONS.values() for kind in lesson.diagnoses}
    assert explained == {kind.kind for kind in diagnoses.REGISTRY}


def test_a_lesson_is_a_file_of_its_name():
    folder = Path(lessons.__file__).parent
    modules = {info.name for info in iter_modules([str(folder)])} - {"base"}
    assert modules == {name.replace("-", "_") for name in LESSONS}
    for name in LESSONS:
        assert import_module(f"layerlab.lessons.{name.replace('-', '_')}").LESSON.id == name


def test_places_and_names_are_told_apart():
    places = [(lesson.chapter, lesson.place) for lesson in LESSONS.values()]
    assert len(set(places)) == len(places)
    specs = [lesson.spec for lesson in LESSONS.values()] + [one.remedy.spec for one in LESSONS.values() if one.remedy]
    assert len({spec.name for spec in specs}) == len(specs)


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_its_choices_have_one_right_answer(lesson):
    assert 3 <= len(lesson.choices) <= 4
    assert len(set(lesson.choices)) == len(lesson.choices)
    assert 0 <= lesson.right < len(lesson.choices)
    assert lesson.question.endswith("?")


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_its_experiments_are_checked_without_an_error(lesson):
    specs = [lesson.spec] + ([lesson.remedy.spec] if lesson.remedy else [])
    for spec in specs:
        request = CheckRequest.model_validate(
            {name: spec.model_dump(mode="json")[name] for name in ("data", "graph", "init", "loss")}
        )
        assert [one.message for one in inspect(request).problems if one.severity.value == "error"] == []
        assert spec.training.seed == 0, "the figures in the text are those of one seed"


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_its_panels_are_there(lesson):
    kinds = build_catalog().kinds
    probes = {one.kind for one in kinds if one.family in ("probe", "analysis") and one.details.get("has_panel", True)}
    assert {panel.id for panel in lesson.panels} <= probes | CURVES
    request = CheckRequest(data=lesson.spec.data, graph=lesson.spec.graph, loss=lesson.spec.loss)
    lacking = set(inspect(request).lacking)
    assert {panel.id for panel in lesson.panels} & lacking == set()


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_its_formulas_are_closed(lesson):
    for text in texts(lesson):
        assert text.strip() == text
        assert len(re.findall(r"(?<!\\)\$", text)) % 2 == 0, text
        assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}"), text
        assert "$$" not in text or (text.startswith("$$") and text.endswith("$$") and text.count("$$") == 2), text
