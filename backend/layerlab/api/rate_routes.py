"""Learning rates: the preview of a schedule, and the range test."""

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Header, Path, Query, Request, Response
from layerlab_schemas.problems import Problem
from layerlab_schemas.run import RunSpec, RunView
from layerlab_schemas.server import SchedulePreview, ScheduleRequest, SuggestedRate

from layerlab.api.answers import answer, run_answer
from layerlab.api.context import Runs
from layerlab.api.problems import Refusal, documented
from layerlab.api.reading import SafeRoute
from layerlab.api.run_routes import body_digest
from layerlab.runs.range_test import FEWEST_POINTS, KIND, range_test_of, suggest

router = APIRouter(prefix="/api", tags=["rates"], route_class=SafeRoute)

RunId = Annotated[str, Path(max_length=64, description="The run's id.")]
Rate = Annotated[float, Query(ge=1e-12, le=1e6)]


@router.post("/schedules/preview", response_model=SchedulePreview, responses=documented(400, 413, 415, 422, 503))
async def preview(runs: Runs, request: ScheduleRequest) -> Response:
    """The learning rate of each update of a run, by the code that trains."""
    return answer(await runs.inspector.preview_rates(request))


@router.post(
    "/runs/range_test",
    status_code=201,
    response_model=RunView,
    responses=documented(400, 409, 413, 415, 422, 429, 503),
)
async def range_test(
    request: Request,
    runs: Runs,
    spec: RunSpec,
    min_lr: Rate = 1e-6,
    max_lr: Rate = 10.0,
    num_steps: Annotated[int, Query(ge=FEWEST_POINTS, le=10_000, description="Steps of the test.")] = 150,
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=200, description="A repeated POST with one key makes one run.")
    ] = None,
) -> Response:
    """Make a run that tests the learning rates of this spec; its schedule and length are replaced."""
    test = range_test_of(spec, min_lr=min_lr, max_lr=max_lr, num_steps=num_steps)
    digest = await body_digest(request, f" range test {min_lr} {max_lr} {num_steps}")
    view = await runs.create(test, idempotency_key=idempotency_key, digest=digest)
    return run_answer(view, status=201)


@router.get("/runs/{run}/suggested_rate", response_model=SuggestedRate, responses=documented(404, 409, 422))
async def suggested_rate(runs: Runs, run: RunId) -> Response:
    """The learning rate that a range test suggests, and its curve so far."""
    view = await runs.records.view(run)
    if view.spec.schedule.kind != KIND:
        hint = f"Start a run with the schedule {KIND}, or POST its spec to /api/runs/range_test."
        raise _refusal("no_range_test", "This run is no learning-rate range test.", hint)
    curves = await runs.records.curves(run, ["train/loss", "optimizer/lr"])
    empty = (np.empty(0, np.int64), np.empty(0))
    (steps, losses), (rate_steps, rates) = (curves.get(name, empty) for name in ("train/loss", "optimizer/lr"))
    _, of_losses, of_rates = np.intersect1d(steps, rate_steps, return_indices=True)
    num_finite = int(np.isfinite(losses[of_losses]).sum())
    if num_finite < FEWEST_POINTS:
        text = f"The test has {num_finite} steps so far, and a suggestion needs {FEWEST_POINTS}."
        hint = "Start it with more steps." if view.status.has_ended else "Wait until it has trained a little longer."
        raise _refusal("too_few_points", text, hint)
    return answer(suggest(rates[of_rates], losses[of_losses]))


def _refusal(code: str, text: str, hint: str) -> Refusal:
    return Refusal(409, code, text, errors=[Problem(code=code, path="schedule.kind", message=text, hint=hint)])
