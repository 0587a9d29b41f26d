"""Runs: make, list, look, change, control, delete."""

from hashlib import sha256
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response
from layerlab_schemas.graph import CheckResult
from layerlab_schemas.run import RunChange, RunList, RunSpec, RunState, RunView

from layerlab.api.answers import answer, etag_of, run_answer
from layerlab.api.context import Runs
from layerlab.api.problems import Refusal, documented
from layerlab.api.reading import SafeRoute
from layerlab.runs.refusals import CannotUse
from layerlab.runs.states import Command

router = APIRouter(prefix="/api/runs", tags=["runs"], route_class=SafeRoute)

RunId = Annotated[str, Path(max_length=64, description="The run's id.")]
IfMatch = Annotated[str | None, Header(description="ETag of the run as you know it; 412 when it has changed.")]
Sort = Literal["number", "name", "created", "started", "ended", "status", "step"]


async def body_digest(request: Request, besides: str) -> str:
    """Tells whether a repeated request is the same: of the body, and of what else it asks for."""
    return sha256(await request.body() + besides.encode()).hexdigest()


@router.post(
    "",
    status_code=201,
    response_model=RunView,
    responses={
        200: {"model": CheckResult, "description": "Only where it is asked for: the spec has problems, these."},
        **documented(400, 409, 413, 415, 422, 429, 503),
    },
)
async def create(
    request: Request,
    runs: Runs,
    spec: RunSpec,
    start: Annotated[bool, Query(description="false: build it and wait, paused at step 0.")] = True,
    replaces: Annotated[
        str | None,
        Query(max_length=64, description="A run to stop for it. It rests at once, and goes on if this one is refused."),
    ] = None,
    lenient: Annotated[bool, Query(description="true: a spec with problems answers 200 with its check.")] = False,
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=200, description="A repeated POST with one key makes one run.")
    ] = None,
) -> Response:
    """Make a run. It trains at once, or waits in the queue when as many as allowed are training."""
    digest = await body_digest(request, "" if start else " paused")
    try:
        view = await runs.create(spec, start=start, idempotency_key=idempotency_key, digest=digest, replaces=replaces)
    except CannotUse as refusal:
        if not lenient or refusal.check is None:
            raise
        return answer(refusal.check)
    return run_answer(view, status=201)


@router.get("", response_model=RunList, responses=documented(422))
async def find(
    runs: Runs,
    status: Annotated[list[RunState] | None, Query(description="Only runs in these states.")] = None,
    name: Annotated[str | None, Query(max_length=200, description="Only runs whose name holds this.")] = None,
    tag: Annotated[str | None, Query(max_length=200, description="Only runs with this tag.")] = None,
    sort: Sort = "number",
    order: Literal["asc", "desc"] = "desc",
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """A page of runs, the newest first."""
    found, total = await runs.records.find(
        statuses=status or (), name=name, tag=tag, sort=sort, descending=order == "desc", offset=offset, limit=limit
    )
    return answer(RunList(runs=found, total=total))


@router.get("/{run}", response_model=RunView, responses=documented(404, 422))
async def get(runs: Runs, run: RunId) -> Response:
    """One run: how it stands, its spec in force, its check."""
    return run_answer(await runs.records.view(run))


@router.patch("/{run}", response_model=RunView, responses=documented(400, 404, 409, 412, 413, 415, 422))
async def change(runs: Runs, run: RunId, change: RunChange, if_match: IfMatch = None) -> Response:
    """Change what can change while it trains; answers when the next batch uses it. Each change is an event."""
    view = await runs.records.view(run)
    if if_match is not None and if_match.strip() not in ("*", etag_of(view)):
        raise Refusal(412, "changed_meanwhile", "The run has been changed since you looked. Load it again.")
    return run_answer(await runs.change(run, change))


@router.post("/{run}/pause", response_model=RunView, responses=documented(404, 409, 422))
async def pause(runs: Runs, run: RunId) -> Response:
    """Pause after the batch that is training; answers when it rests."""
    return run_answer(await runs.command(run, Command.PAUSE))


@router.post("/{run}/resume", response_model=RunView, responses=documented(404, 409, 422, 429, 503))
async def resume(runs: Runs, run: RunId) -> Response:
    """Go on: from a pause, or from the last checkpoint of a run that was stopped or interrupted."""
    return run_answer(await runs.command(run, Command.RESUME))


@router.post("/{run}/step", response_model=RunView, responses=documented(404, 409, 422))
async def step(
    runs: Runs, run: RunId, count: Annotated[int, Query(ge=1, le=100_000, description="Steps to take.")] = 1
) -> Response:
    """Take single steps while paused; answers when they are done and measured."""
    return run_answer(await runs.command(run, Command.STEP, count=count))


@router.post("/{run}/stop", response_model=RunView, responses=documented(404, 409, 422))
async def stop(runs: Runs, run: RunId) -> Response:
    """End the run after the present batch; what it has is kept, with a checkpoint. One that is over stays so."""
    return run_answer(await runs.command(run, Command.STOP))


@router.delete("/{run}", status_code=204, responses=documented(404, 422))
async def delete(runs: Runs, run: RunId) -> Response:
    """Delete the run with its files; one that trains is ended first."""
    await runs.delete(run)
    return Response(status_code=204)
