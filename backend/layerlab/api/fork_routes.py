"""Going back in a run: its checkpoints, and runs that go on from one of them."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from layerlab_schemas.run import CheckpointList, ForkRequest, RunView

from layerlab.api.answers import answer, run_answer
from layerlab.api.context import Runs
from layerlab.api.problems import documented
from layerlab.api.reading import SafeRoute
from layerlab.api.run_routes import RunId, body_digest

router = APIRouter(prefix="/api/runs", tags=["runs"], route_class=SafeRoute)


@router.post(
    "/{run}/fork", status_code=201, response_model=RunView, responses=documented(400, 404, 409, 413, 415, 422, 429, 503)
)
async def fork(
    request: Request,
    runs: Runs,
    run: RunId,
    wish: ForkRequest,
    start: Annotated[bool, Query(description="false: build it and wait, paused at that step.")] = True,
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=200, description="A repeated POST with one key makes one run.")
    ] = None,
) -> Response:
    """A new run that goes on from this one: from the checkpoint at or before a step, with some values changed.

    Without changes it trains on bit for bit as this one did. Its curves, events and frames begin with those of this
    run. At step 0 everything may change; later, what leaves the weights their names, shapes and meaning.
    """
    digest = await body_digest(request, f" fork of {run}" + ("" if start else " paused"))
    view = await runs.fork(run, wish, start=start, idempotency_key=idempotency_key, digest=digest)
    return run_answer(view, status=201)


@router.get("/{run}/checkpoints", response_model=CheckpointList, responses=documented(404, 422))
async def checkpoints(runs: Runs, run: RunId) -> Response:
    """The states on disk, the oldest first. They are thinned over the whole run, within a budget."""
    return answer(await runs.checkpoints(run))
