"""Original files of well-known sets: fetch them, give it up. How it goes is in the list of datasets."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Response
from layerlab_schemas.dataset import Original

from layerlab.api.answers import answer
from layerlab.api.context import TheOriginals
from layerlab.api.problems import documented
from layerlab.api.reading import SafeRoute

router = APIRouter(prefix="/api/datasets", tags=["datasets"], route_class=SafeRoute)

Dataset = Annotated[str, Path(max_length=64, description="Name of a dataset that is read from original files.")]


@router.post("/{dataset}/fetch", status_code=202, response_model=Original, responses=documented(404, 422))
async def fetch(originals: TheOriginals, dataset: Dataset) -> Response:
    """Begin to fetch the files that lack; one that broke off goes on. GET /api/datasets tells how far it is."""
    return answer(await asyncio.to_thread(originals.start, dataset), status=202)


@router.delete("/{dataset}/fetch", response_model=Original, responses=documented(404, 422))
async def cancel(originals: TheOriginals, dataset: Dataset) -> Response:
    """Give a transfer up. What has arrived is kept."""
    return answer(await asyncio.to_thread(originals.cancel, dataset))
