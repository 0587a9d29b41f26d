"""Comparisons: make one, look at the results, tell all members at once what to do."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from layerlab_schemas.comparison import ComparisonList, ComparisonRequest, ComparisonView

from layerlab.api.answers import answer
from layerlab.api.context import Runs
from layerlab.api.problems import documented
from layerlab.api.reading import SafeRoute
from layerlab.api.run_routes import body_digest
from layerlab.runs.states import Command

router = APIRouter(prefix="/api/comparisons", tags=["comparisons"], route_class=SafeRoute)

ComparisonId = Annotated[str, Path(max_length=64, description="The comparison's id.")]


@router.post("", status_code=201, response_model=ComparisonView, responses=documented(400, 413, 415, 422, 429, 503))
async def create(
    request: Request,
    runs: Runs,
    wish: ComparisonRequest,
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=200, description="A repeated POST with one key makes one.")
    ] = None,
) -> Response:
    """Make one run for each combination of the values; none, where one of them cannot be.

    All have the same seed and data, so the same batches in the same order, unless just that is varied.
    """
    digest = await body_digest(request, " comparison")
    view = await runs.comparisons.create(wish, key=idempotency_key, digest=digest)
    return answer(view, status=201, headers={"Location": view.links["self"]})


@router.get("", response_model=ComparisonList, responses=documented(422))
async def find(
    runs: Runs,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """A page of comparisons, the newest first."""
    return answer(await runs.comparisons.find(offset=offset, limit=limit))


@router.get("/{comparison}", response_model=ComparisonView, responses=documented(404, 422))
async def get(runs: Runs, comparison: ComparisonId) -> Response:
    """One comparison: its members, each with its own values and how it stands."""
    return answer(await runs.comparisons.view(comparison))


@router.post("/{comparison}/pause", response_model=ComparisonView, responses=documented(404, 409, 422))
async def pause(runs: Runs, comparison: ComparisonId) -> Response:
    """Pause all members that train or wait."""
    return answer(await runs.comparisons.command(comparison, Command.PAUSE))


@router.post("/{comparison}/resume", response_model=ComparisonView, responses=documented(404, 409, 422, 429, 503))
async def resume(runs: Runs, comparison: ComparisonId) -> Response:
    """Let all members go on that can."""
    return answer(await runs.comparisons.command(comparison, Command.RESUME))


@router.post("/{comparison}/stop", response_model=ComparisonView, responses=documented(404, 409, 422))
async def stop(runs: Runs, comparison: ComparisonId) -> Response:
    """End all members that have not ended; what they have is kept."""
    return answer(await runs.comparisons.command(comparison, Command.STOP))


@router.delete("/{comparison}", status_code=204, responses=documented(404, 422))
async def delete(runs: Runs, comparison: ComparisonId) -> Response:
    """Delete the comparison with all its runs."""
    await runs.comparisons.delete(comparison)
    return Response(status_code=204)
