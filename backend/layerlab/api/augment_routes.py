"""What augmentations make of samples, before anything trains."""

from fastapi import APIRouter, Request, Response
from layerlab_schemas.frames import Frame
from layerlab_schemas.server import AugmentBatchRequest, AugmentGalleryRequest

from layerlab.api.context import Runs
from layerlab.api.problems import documented
from layerlab.api.reading import SafeRoute
from layerlab.api.record_routes import MESSAGE_PACK, frame_answer

router = APIRouter(prefix="/api/augment", tags=["data"], route_class=SafeRoute)

_ANSWERS = {
    200: {"content": {MESSAGE_PACK: {}}, "description": "A frame of images."},
    **documented(400, 413, 415, 422, 503),
}


@router.post("/gallery", response_model=Frame, responses=_ANSWERS)
async def gallery(request: Request, runs: Runs, wanted: AugmentGalleryRequest) -> Response:
    """One sample under each augmentation: an item an augmentation, with the sample as it is and five draws."""
    return frame_answer(request, await runs.inspector.augmentations(wanted))


@router.post("/batch", response_model=Frame, responses=_ANSWERS)
async def batch(request: Request, runs: Runs, wanted: AugmentBatchRequest) -> Response:
    """The first batch of a run: as stored, after augmentation, and as the network reads it, at step 1 exactly so."""
    return frame_answer(request, await runs.inspector.augmentations(wanted))
