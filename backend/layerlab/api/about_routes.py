"""The server itself, the catalogue, checks and previews: all that belongs to no run."""

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from layerlab_schemas.catalog import Catalog
from layerlab_schemas.graph import CheckResult
from layerlab_schemas.run import CheckRequest
from layerlab_schemas.server import DatasetPreview, Health, PreviewRequest

from layerlab import __version__
from layerlab.api.answers import answer
from layerlab.api.context import Runs, TheSettings
from layerlab.api.devices import devices
from layerlab.api.problems import documented
from layerlab.api.reading import SafeRoute

router = APIRouter(prefix="/api", tags=["server"], route_class=SafeRoute)


@router.head("/health", include_in_schema=False)
@router.get("/health", response_model=Health, responses=documented())
async def health(request: Request, runs: Runs, settings: TheSettings) -> Response:
    """Whether the server is up; with a credential also its version, devices, runs, and where the token is."""
    if not request.state.let_in:
        return answer(Health(status="ok"))
    return answer(
        Health(
            status="ok",
            version=__version__,
            ready=runs.ready,
            devices=devices(),
            runs_running=runs.num_running,
            runs_queued=runs.num_queued,
            token_file=str(settings.token_file.absolute()),
        )
    )


@router.get(
    "/catalog", response_model=Catalog, responses={304: {"description": "Same as before."}, **documented(422, 503)}
)
async def catalog(runs: Runs, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """Every kind of layer, optimizer, dataset and so on, with words and fields, and ready experiments."""
    text = await runs.inspector.catalog()
    etag = f'"{sha256(text).hexdigest()[:16]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if if_none_match is not None and etag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(text, media_type="application/json", headers=headers)


@router.post("/graphs/check", response_model=CheckResult, responses=documented(400, 413, 415, 422, 503))
async def check(runs: Runs, request: CheckRequest) -> Response:
    """Shapes, parameters and problems of a network on its data. Allocates no weights."""
    return answer(await runs.inspector.check(request))


@router.post("/datasets/preview", response_model=DatasetPreview, responses=documented(400, 413, 415, 422, 503))
async def preview(runs: Runs, request: PreviewRequest) -> Response:
    """A look at a dataset as it is before preprocessing."""
    return answer(await runs.inspector.preview(request))
