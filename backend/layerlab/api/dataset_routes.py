"""Files of data: those that users bring, one after the other, and which there are."""

import asyncio
import contextlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from layerlab_schemas.dataset import DatasetList, TableForm, Upload
from layerlab_schemas.run import DataSpec
from layerlab_schemas.server import DatasetPreview, PreviewRequest
from starlette.requests import ClientDisconnect

from layerlab.api.answers import answer
from layerlab.api.asked_form import asked_form
from layerlab.api.context import Runs, TheOriginals
from layerlab.api.problems import Refusal, documented
from layerlab.api.reading import SafeRoute
from layerlab.runs.refusals import FileTooLarge

router = APIRouter(prefix="/api/datasets", tags=["datasets"], route_class=SafeRoute)

UploadId = Annotated[str, Path(max_length=64, description="The upload's id.")]
FileName = Annotated[str, Query(min_length=1, max_length=1000, description="Of the file: its end says what reads it.")]

BYTES = "application/octet-stream"
_LET_FINISH_SECONDS = 10.0
_FILE: dict[str, Any] = {
    "requestBody": {"required": True, "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("", response_model=DatasetList, responses=documented())
async def find(runs: Runs, originals: TheOriginals) -> Response:
    """The files that users brought, the newest first, and the original files of well-known sets."""
    known = await asyncio.to_thread(originals.originals)
    return answer(DatasetList(uploads=await runs.uploads.all(), originals=known, limits=runs.uploads.limits()))


@router.post(
    "",
    status_code=201,
    response_model=Upload,
    openapi_extra=_FILE,
    responses={
        200: {"model": Upload, "description": "It was here already."},
        **documented(400, 413, 415, 422, 429, 503, 507),
    },
)
async def bring(
    request: Request, runs: Runs, name: FileName, form: Annotated[TableForm, Depends(asked_form)]
) -> Response:
    """Bring a file: the body is its bytes. It is read at once, by a process of its own; what fails leaves nothing."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != BYTES:
        raise Refusal(415, "not_bytes", f"The body must be the file's bytes and say so: Content-Type: {BYTES}.")
    declared = request.headers.get("content-length", "")
    size = int(declared[:20]) if declared.isdecimal() else None
    try:
        upload, is_new = await runs.uploads.receive(
            name, size, request.stream(), is_gone=request.is_disconnected, form=form
        )
    except ClientDisconnect:
        return Response(status_code=400)  # nobody reads it
    except FileTooLarge:
        await _let_finish(request)
        raise
    return _brought(upload, is_new=is_new)


async def _let_finish(request: Request) -> None:
    """Let the rest of the body come by, for a while: many clients read no answer before all that they send is out."""
    with contextlib.suppress(TimeoutError, ClientDisconnect, RuntimeError):
        async with asyncio.timeout(_LET_FINISH_SECONDS):
            async for _ in request.stream():
                pass


@router.post(
    "/{upload}/readings",
    status_code=201,
    response_model=Upload,
    responses={
        200: {"model": Upload, "description": "It was read like that already."},
        **documented(404, 413, 422, 429, 503, 507),
    },
)
async def read_otherwise(request: Request, runs: Runs, upload: UploadId, form: TableForm) -> Response:
    """Read a table that is here in another form. That is an upload of its own, so runs on the other go on."""
    made, is_new = await runs.uploads.read_otherwise(upload, form, is_gone=request.is_disconnected)
    return _brought(made, is_new=is_new)


def _brought(upload: Upload, *, is_new: bool) -> Response:
    headers = {"Location": f"/api/datasets/{upload.id}"}
    return answer(upload, status=201 if is_new else 200, headers=headers)


@router.get("/{upload}", response_model=Upload, responses=documented(404, 422))
async def get(runs: Runs, upload: UploadId) -> Response:
    """What was found in a file."""
    return answer(await runs.uploads.get(upload))


@router.delete("/{upload}", status_code=204, responses=documented(404, 422))
async def delete(runs: Runs, upload: UploadId) -> Response:
    """Take a file away. Runs that train on it go on with what they have; they cannot be gone on with later."""
    await runs.uploads.delete(upload)
    return Response(status_code=204)


@router.get("/{upload}/preview", response_model=DatasetPreview, responses=documented(404, 422, 503))
async def look(
    runs: Runs,
    upload: UploadId,
    num_samples: Annotated[int, Query(ge=0, le=200, description="Of each part.")] = 20,
) -> Response:
    """A look at the data of a file, read with the fields that it came with."""
    found = await runs.uploads.get(upload)
    data = DataSpec(dataset=found.dataset, params=found.params)
    return answer(await runs.inspector.preview(PreviewRequest(data=data, num_samples=num_samples)))
