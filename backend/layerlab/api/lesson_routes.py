"""Lessons: list them, read one, start its experiment."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from layerlab_schemas.lesson import Lesson, LessonList, LessonStart
from layerlab_schemas.run import RunView

from layerlab import lessons
from layerlab.api.answers import answer, run_answer
from layerlab.api.context import Runs
from layerlab.api.problems import Refusal, documented
from layerlab.api.reading import SafeRoute
from layerlab.api.run_routes import body_digest

router = APIRouter(prefix="/api/lessons", tags=["lessons"], route_class=SafeRoute)

#: Without a body: the experiment itself.
EXPERIMENT = LessonStart()

LessonPath = Annotated[str, Path(max_length=64, description="The lesson's id.")]


@router.get("", response_model=LessonList, responses=documented())
async def find() -> Response:
    """Every lesson in the order in which they are taught, with the diagnoses that it explains."""
    return answer(LessonList(lessons=[one.summary() for one in lessons.lessons().values()]))


@router.get("/{lesson}", response_model=Lesson, responses=documented(404, 422))
async def get(lesson: LessonPath) -> Response:
    """One lesson: question, choices, experiment, what to notice, explanation, remedy."""
    return answer(lessons.get(lesson))


@router.post(
    "/{lesson}/start",
    status_code=201,
    response_model=RunView,
    responses=documented(400, 404, 409, 413, 415, 422, 429, 503),
)
async def start(
    request: Request,
    runs: Runs,
    lesson: LessonPath,
    wish: LessonStart = EXPERIMENT,
    start: Annotated[bool, Query(description="false: build it and wait, paused at step 0.")] = True,
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=200, description="A repeated POST with one key makes one run.")
    ] = None,
) -> Response:
    """Make a run of the lesson's experiment, or of the mended one."""
    found = lessons.get(lesson)
    spec = found.spec
    if wish.remedy:
        if found.remedy is None:
            raise Refusal(422, "no_remedy", f"The lesson {lesson} has nothing to mend. Start it without remedy.")
        spec = found.remedy.spec
    digest = await body_digest(request, f" lesson {lesson}" + ("" if start else " paused"))
    view = await runs.create(spec, start=start, idempotency_key=idempotency_key, digest=digest, replaces=None)
    return run_answer(view, status=201)
