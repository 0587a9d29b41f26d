"""Lessons, one file each: whatever module here has a ``LESSON`` is one. Nothing lists them."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from layerlab_schemas.lesson import Chapter, Lesson

from layerlab.errors import LayerlabError, nearest


class NoSuchLesson(LayerlabError):
    """No lesson has that id."""

    code = "lesson_not_found"


@cache
def lessons() -> dict[str, Lesson]:
    """All of them by id, in the order in which they are taught: by chapter, then by their place in it."""
    modules = [import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__)]
    found = [module.LESSON for module in modules if hasattr(module, "LESSON")]
    chapters = list(Chapter)
    ordered = sorted(found, key=lambda one: (chapters.index(one.chapter), one.place, one.id))
    by_id = {one.id: one for one in ordered}
    assert len(by_id) == len(found), "two lessons have one id"
    return by_id


def get(lesson: str) -> Lesson:
    """The lesson of an id.

    Raises:
        NoSuchLesson: There is none; the error tells the nearest one.
    """
    found = lessons().get(lesson)
    if found is None:
        near = nearest(lesson, lessons())
        hint = f"Did you mean {near}?" if near else "GET /api/lessons lists those there are."
        raise NoSuchLesson(f"There is no lesson called {lesson[:64]}.", hint=hint)
    return found
