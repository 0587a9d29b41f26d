"""A run as something that does without Layerlab: its spec, a script of PyTorch, the samples that the script reads."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from layerlab_schemas.run import RunSpec

from layerlab.api.answers import answer
from layerlab.api.context import Runs
from layerlab.api.problems import documented
from layerlab.api.reading import SafeRoute

router = APIRouter(prefix="/api", tags=["export"], route_class=SafeRoute)

RunId = Annotated[str, Path(max_length=64, description="The run's id.")]

PYTHON = "text/x-python"
NPZ = "application/octet-stream"


def _gives(media_type: str, description: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media_type: {}}, "description": description}}


_SCRIPT = _gives(PYTHON, "A script.")
_SAMPLES = _gives(NPZ, "An .npz with inputs and targets.")


@router.post("/export/python", response_class=Response, responses=_SCRIPT | documented(400, 413, 415, 422, 503))
async def python(runs: Runs, spec: RunSpec) -> Response:
    """A run as a script of PyTorch that does without Layerlab; nothing is trained."""
    return _file(await runs.inspector.python(spec), PYTHON, "experiment.py")


@router.post("/export/data", response_class=Response, responses=_SAMPLES | documented(400, 413, 415, 422, 503))
async def data(runs: Runs, spec: RunSpec) -> Response:
    """The raw samples of a run, for a script whose data no rule draws."""
    return _file(await runs.inspector.samples(spec), NPZ, "data.npz")


@router.get("/runs/{run}/export/spec", response_model=RunSpec, responses=documented(404, 422))
async def export_spec(runs: Runs, run: RunId) -> Response:
    """The spec of a run as it is now, as ``POST /api/runs`` takes it."""
    view = await runs.records.view(run)
    return answer(view.spec, headers=_attached(f"{run}.json"))


@router.get("/runs/{run}/export/python", response_class=Response, responses=_SCRIPT | documented(404, 422, 503))
async def export_python(runs: Runs, run: RunId) -> Response:
    """The run as a script of PyTorch that does without Layerlab."""
    view = await runs.records.view(run)
    return _file(await runs.inspector.python(view.spec), PYTHON, f"{run}.py")


@router.get("/runs/{run}/export/data", response_class=Response, responses=_SAMPLES | documented(404, 422, 503))
async def export_data(runs: Runs, run: RunId) -> Response:
    """The raw samples of the run, for a script whose data no rule draws."""
    view = await runs.records.view(run)
    return _file(await runs.inspector.samples(view.spec), NPZ, "data.npz")


def _file(content: str | bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers=_attached(name) | {"Cache-Control": "no-store"})


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
