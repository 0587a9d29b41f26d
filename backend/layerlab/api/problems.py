"""Every error answer is ``application/problem+json`` (RFC 9457): code, plain words, place, remedy."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from layerlab_schemas.problems import Problem, ProblemDetails
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response

from layerlab.errors import LayerlabError
from layerlab.lessons import NoSuchLesson
from layerlab.originals.fetcher import NoSuchOriginal
from layerlab.runs import refusals

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "Bad request",
    401: "Not logged in",
    403: "Refused",
    404: "Not found",
    405: "Method not allowed",
    409: "Not now",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Wrong content type",
    421: "Unknown host",
    422: "Cannot be used",
    429: "Too many",
    500: "Our mistake",
    503: "Not ready",
    507: "No space",
}


class Refusal(HTTPException):
    """Raised anywhere in a route to answer with a problem.

    Args:
        status: HTTP status.
        code: Short stable name for programs.
        detail: What is wrong, a full sentence.
        errors: Single problems with their places.
        headers: Further headers of the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[Problem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.problem = ProblemDetails(
            title=TITLES.get(status, "Error"), status=status, code=code, detail=clean(detail), errors=list(errors)
        )


def clean(text: str) -> str:
    """Text that can be written as UTF-8, whatever was sent."""
    return text.encode("utf-8", "replace").decode("utf-8")


def response(problem: ProblemDetails, headers: Mapping[str, str] | None = None) -> Response:
    """The answer that carries a problem."""
    body = problem.model_dump_json()
    return Response(body, problem.status, dict(headers or {}), media_type=MEDIA_TYPE)


def _path(place: Sequence[Any]) -> str:
    """A place as pydantic tells it, as a path into the JSON: ``graph.3.kind``."""
    skipped = 1 if place and place[0] in ("body", "query", "path", "header") else 0
    return ".".join(str(part) for part in place[skipped:])


def _short(value: Any) -> str | None:
    if value is None or isinstance(value, bool | int | float | str):
        text = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)[:80]
        return clean(text)
    return "an object" if isinstance(value, dict) else "a list" if isinstance(value, list) else None


def _problem(error: Mapping[str, Any]) -> Problem:
    path = _path(error["loc"])
    message = str(error["msg"]).removeprefix("Value error, ")
    missing = error["type"] == "missing"
    unknown = error["type"] == "extra_forbidden"
    if unknown:
        message = f"there is no field called {path.rsplit('.', 1)[-1][:80]} here"
    return Problem(
        code=str(error["type"]),
        path=clean(path)[:300],
        field=clean(path.rsplit(".", 1)[-1])[:80] or None,
        message=clean(message)[:500],
        got=None if missing or unknown else _short(error.get("input")),
        hint="Take it out, or see /docs for the fields there are." if unknown else None,
    )


def invalid(errors: Sequence[Mapping[str, Any]]) -> ProblemDetails:
    """The problem that tells which fields of a request cannot be read."""
    problems = [_problem(error) for error in errors[:100]]
    first = problems[0]
    where = f"{first.path}: " if first.path else ""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return ProblemDetails(
        title=TITLES[422], status=422, code="invalid_request", detail=f"{where}{first.message}{more}", errors=problems
    )


async def _on_invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return response(invalid(error.errors()))


async def _on_http(request: Request, error: Exception) -> Response:
    if isinstance(error, Refusal):
        return response(error.problem, error.headers)
    assert isinstance(error, StarletteHTTPException)
    if error.status_code == 404:
        refusal = Refusal(404, "not_found", f"There is nothing at {request.url.path[:200]}.")
    elif error.status_code == 405:
        refusal = Refusal(405, "method_not_allowed", f"{request.method} is not possible here.", headers=error.headers)
    else:
        refusal = Refusal(error.status_code, "refused", str(error.detail), headers=error.headers)
    return response(refusal.problem, refusal.headers)


#: HTTP status of what the runs refuse.
STATUSES: dict[type[LayerlabError], int] = {
    refusals.NoSuchRun: 404,
    refusals.NoSuchAnalysis: 404,
    refusals.NoSuchComparison: 404,
    refusals.NoSuchUpload: 404,
    NoSuchOriginal: 404,
    NoSuchLesson: 404,
    refusals.NoFrameYet: 409,
    refusals.NotNow: 409,
    refusals.KeyUsed: 422,
    refusals.TooMany: 429,
    refusals.FileRefused: 422,
    refusals.FileTooLarge: 413,
    refusals.NoSpace: 507,
    refusals.NotReady: 503,
    refusals.CannotUse: 422,
}


def of_error(error: LayerlabError) -> ProblemDetails:
    """What the user did, or the state of things, as a problem."""
    status = STATUSES.get(type(error), 422)
    has_places = isinstance(error, refusals.CannotUse) or not isinstance(error, refusals.RunRefusal)
    detail = " ".join(part for part in (error.message, error.hint) if part)
    errors = error.problems() if has_places else ()
    return Refusal(status, error.code, detail, errors=errors).problem


async def _on_layerlab(_request: Request, error: Exception) -> Response:
    assert isinstance(error, LayerlabError)
    problem = of_error(error)
    return response(problem, {"Retry-After": "5"} if problem.status in (429, 503) else {})


async def _on_error(request: Request, error: Exception) -> Response:
    log.error("Error in %s %s", request.method, request.url.path, exc_info=error)
    return response(
        ProblemDetails(
            title=TITLES[500],
            status=500,
            code="internal_error",
            detail="Something went wrong inside Layerlab. Your runs are kept. The log of the server tells more.",
        )
    )


def install(app: FastAPI) -> None:
    """Answer every error of ``app`` with a problem."""
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(StarletteHTTPException, _on_http)
    app.add_exception_handler(LayerlabError, _on_layerlab)
    app.add_exception_handler(Exception, _on_error)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For ``responses=`` of a route: these errors, in the OpenAPI document."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {status: {"description": TITLES[status], "content": content} for status in (401, 403, 421, *statuses)}
