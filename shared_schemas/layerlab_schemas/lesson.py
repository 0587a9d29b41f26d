"""Lessons: an experiment with a question to answer before it runs, what to notice while it does, and why it is so.

Texts hold formulas as LaTeX between dollar signs; a paragraph that is ``$$…$$`` is a formula of its own.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from layerlab_schemas.base import Boolean, Count, Name, PositiveCount, Schema
from layerlab_schemas.run import RunSpec

LessonId = Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Span = Annotated[PositiveCount, Field(le=3)]


class Chapter(StrEnum):
    """What lessons are about, in the order in which they are listed."""

    INITIALISATION = "Initialisation"
    NORMALISATION = "Normalisation"
    OPTIMISATION = "Optimisation"
    DATA = "Data"


class LessonMark(Schema):
    """One thing to notice; the page puts its number on the panel."""

    panel: Name = Field(description="The panel that shows it: a probe of the catalogue, or curves such as loss.")
    text: Text
    step: Count | None = Field(default=None, description="The step at which it shows; null: at any.")


class LessonPanel(Schema):
    """A panel that the page shows with the lesson, and its size in rows and columns of the grid."""

    id: Name
    rows: Span = 1
    columns: Span = 1
    options: dict[Name, Name] = Field(default={}, description="Choices of the panel, such as which layers it lists.")


class LessonRemedy(Schema):
    """The same experiment with its one mistake mended."""

    label: Name = Field(description="What is changed: Start from Xavier normal.")
    text: Text = Field(description="What happens then.")
    spec: RunSpec


class LessonSummary(Schema):
    """A lesson as a list shows it."""

    id: LessonId
    title: Name
    chapter: Chapter
    diagnoses: list[Name] = Field(description="Kinds of diagnoses that it explains, the one it is about first.")


class Lesson(LessonSummary):
    """Predict, run, explain."""

    place: PositiveCount = Field(description="Its place within the chapter.")
    setup: Text
    question: Text
    choices: Annotated[list[Text], Field(min_length=2, max_length=6)]
    right: Count = Field(description="Which of the choices is right, counted from 0.")
    spec: RunSpec = Field(description="The experiment.")
    notice: Annotated[list[LessonMark], Field(min_length=1, max_length=4)]
    panels: Annotated[list[LessonPanel], Field(min_length=1, max_length=8)]
    explanation: Annotated[list[Text], Field(min_length=1)] = Field(description="Paragraphs.")
    remedy: LessonRemedy | None = None
    source: Text

    @model_validator(mode="after")
    def _fits(self) -> "Lesson":
        assert self.right < len(self.choices), "the right choice is none of the choices"
        shown = {panel.id for panel in self.panels}
        assert {mark.panel for mark in self.notice} <= shown, "something to notice is in no panel"
        return self

    def summary(self) -> LessonSummary:
        """As a list shows it."""
        return LessonSummary(id=self.id, title=self.title, chapter=self.chapter, diagnoses=self.diagnoses)


class LessonList(Schema):
    lessons: list[LessonSummary] = Field(description="In the order in which they are taught.")


class LessonStart(Schema):
    """What ``POST /api/lessons/{id}/start`` may say."""

    remedy: Boolean = Field(default=False, description="true: the experiment with its mistake mended.")
