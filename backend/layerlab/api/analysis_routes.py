"""Analyses of a run: ask, look, get the frame, cancel."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from layerlab_schemas.frames import Frame
from layerlab_schemas.run import AnalysisList, AnalysisRequest, AnalysisView

from layerlab.api.answers import answer
from layerlab.api.context import Runs
from layerlab.api.problems import documented
from layerlab.api.reading import SafeRoute
from layerlab.api.record_routes import MESSAGE_PACK, frame_answer

router = APIRouter(prefix="/api/runs/{run}/analyses", tags=["analyses"], route_class=SafeRoute)

RunId = Annotated[str, Path(max_length=64, description="The run's id.")]
AnalysisId = Annotated[str, Path(max_length=64, description="The analysis's id.")]
Wait = Annotated[float, Query(ge=0, le=10, description="Seconds to wait for its end before answering.")]


@router.post(
    "",
    status_code=202,
    response_model=AnalysisView,
    responses={200: {"model": AnalysisView, "description": "Done."}, **documented(400, 404, 413, 415, 422, 429, 503)},
)
async def ask(runs: Runs, run: RunId, request: AnalysisRequest, wait: Wait = 0.0) -> Response:
    """Have something computed on a copy of the run; equal requests about one state share one computation."""
    view = await runs.analyses.ask(run, request, wait=wait)
    headers = {"Location": f"/api/runs/{run}/analyses/{view.id}"}
    return answer(view, status=200 if view.status == "done" else 202, headers=headers)


@router.get("", response_model=AnalysisList, responses=documented(404, 422))
async def find(runs: Runs, run: RunId) -> Response:
    """What was asked lately, the newest first."""
    return answer(AnalysisList(analyses=await runs.analyses.of(run)))


@router.get("/{analysis}", response_model=AnalysisView, responses=documented(404, 422))
async def get(runs: Runs, run: RunId, analysis: AnalysisId, wait: Wait = 0.0) -> Response:
    """How it stands, with the share that is done."""
    return answer(await runs.analyses.view(run, analysis, wait=wait))


@router.get(
    "/{analysis}/frame",
    response_model=Frame,
    responses={200: {"content": {MESSAGE_PACK: {}}, "description": "The result."}, **documented(404, 409, 422)},
)
async def frame(request: Request, runs: Runs, run: RunId, analysis: AnalysisId) -> Response:
    """Its result: a frame whose ``probe`` is the kind of the analysis."""
    return frame_answer(request, await runs.analyses.frame(run, analysis))


@router.delete("/{analysis}", status_code=204, responses=documented(404, 422))
async def cancel(runs: Runs, run: RunId, analysis: AnalysisId) -> Response:
    """Stop computing it; for whoever shares it too. The run does not notice."""
    await runs.analyses.cancel(run, analysis)
    return Response(status_code=204)
