"""What a run has recorded: curves and frames."""

import asyncio
import csv
import io
import json
import math
import sys
from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
import ormsgpack
from fastapi import APIRouter, Path, Query, Request, Response
from layerlab_schemas.frames import Frame, FrameList
from layerlab_schemas.problems import Problem
from layerlab_schemas.recording import Recording
from layerlab_schemas.run import ScalarsAnswer
from pydantic import Field

from layerlab.api.answers import answer
from layerlab.api.context import Runs
from layerlab.api.problems import Refusal, documented
from layerlab.api.reading import SafeRoute
from layerlab.api.unpacking import unpack
from layerlab.store import thin
from layerlab.store.curves import Curve, Stretch

router = APIRouter(prefix="/api/runs", tags=["records"], route_class=SafeRoute)

MESSAGE_PACK = "application/x-msgpack"

RunId = Annotated[str, Path(max_length=64, description="The run's id.")]
Step = Annotated[int, Field(ge=0, le=2**53)]
Probe = Annotated[str, Query(min_length=1, max_length=64, description="Name of the probe.")]


@router.get(
    "/{run}/scalars",
    response_model=ScalarsAnswer,
    responses={200: {"content": {"text/csv": {}}, "description": "Curves."}, **documented(404, 422)},
)
async def scalars(
    runs: Runs,
    run: RunId,
    names: Annotated[str | None, Query(max_length=2000, description="Names, by commas; all when left out.")] = None,
    max_points: Annotated[int | None, Query(ge=3, le=1_000_000, description="Thin so that peaks survive.")] = None,
    from_step: Annotated[Step | None, Query(description="From this step on, and the point before it.")] = None,
    to_step: Annotated[Step | None, Query(description="Up to this step, and the point after it.")] = None,
    format: Annotated[Literal["json", "csv"], Query(description="csv: a row a step, a column a curve.")] = "json",
) -> Response:
    """Curves of a run, or a stretch of them. Only what is stored is ever shown."""
    if from_step is not None and to_step is not None and from_step > to_step:
        text = f"from_step is {from_step}, which is after to_step, {to_step}."
        problem = Problem(code="empty_stretch", path="from_step", message=text, hint="Swap them.")
        raise Refusal(422, "empty_stretch", text, errors=[problem])
    wanted = None if names is None else [name for name in names.split(",") if name]
    curves = await runs.records.curves(run, wanted, Stretch(from_step, to_step))
    # Beside the event loop: a million points take seconds to write out, and others watch meanwhile.
    return await asyncio.to_thread(_told, run, curves, max_points, format)


def _told(run: str, curves: Mapping[str, Curve], max_points: int | None, format: Literal["json", "csv"]) -> Response:
    most = sys.maxsize if max_points is None else max_points
    if format == "csv":
        name = f'attachment; filename="{run}.csv"'
        text = _csv({name: thin.thin(curve, most) for name, curve in curves.items()})
        return Response(text, media_type="text/csv", headers={"Content-Disposition": name})
    return answer(ScalarsAnswer(scalars={name: thin.thinned(curve, most) for name, curve in curves.items()}))


def _csv(curves: Mapping[str, Curve]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["step", *curves])
    points = [dict(zip(steps.tolist(), values.tolist(), strict=True)) for steps, values in curves.values()]
    for step in sorted({step for curve in points for step in curve}):
        row = [curve.get(step) for curve in points]
        writer.writerow([step, *("" if value is None else _number(value) for value in row)])
    return text.getvalue()


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else str(value)


@router.get(
    "/{run}/frames",
    response_model=Frame,
    responses={
        200: {"content": {MESSAGE_PACK: {}}, "description": "A frame."},
        204: {"description": "No frame of this probe is recorded, at or before this step."},
        **documented(404, 422),
    },
)
async def frame(
    request: Request,
    runs: Runs,
    run: RunId,
    probe: Probe,
    step: Annotated[int | None, Query(ge=0, le=2**53, description="This step or the last before it.")] = None,
) -> Response:
    """The frame of a probe recorded at a step or the last before it; the newest when no step is named."""
    body = await runs.records.frame(run, probe, step)
    if body is None:  # which is no error: a probe that was on no screen then is looked back at
        return Response(status_code=204)
    return frame_answer(request, body)


def frame_answer(request: Request, body: bytes) -> Response:
    """A frame in the form that the request asks for."""
    if _wants_message_pack(request):
        return Response(body, media_type=MESSAGE_PACK)
    return Response(json.dumps(unpack(body), allow_nan=False), media_type="application/json")


@router.get(
    "/{run}/frames/recorded",
    response_model=FrameList,
    responses={200: {"content": {MESSAGE_PACK: {}}, "description": "Frames."}, **documented(404, 422)},
)
async def recorded(
    request: Request,
    runs: Runs,
    run: RunId,
    probe: Probe,
    max: Annotated[int, Query(ge=0, le=200, description="At most so many frames, spread evenly; 0: none.")] = 100,
) -> Response:
    """All recorded steps of a probe, and some of the frames. As message pack: a list of frame bodies."""
    steps = await runs.records.recorded_steps(run, probe)
    bodies = await runs.records.frames(run, probe, _spread(steps, max))
    if _wants_message_pack(request):
        return Response(ormsgpack.packb(bodies), media_type=MESSAGE_PACK)
    listed = {"probe": probe, "steps": steps, "frames": [unpack(body) for body in bodies]}
    return Response(json.dumps(listed, allow_nan=False), media_type="application/json")


@router.get("/{run}/recording", response_model=Recording, responses=documented(404, 422))
async def recording(runs: Runs, run: RunId) -> Response:
    """What is kept of a run for time travel: frames and bytes of each probe, and the limits within which they lie."""
    return answer(await runs.records.recording(run))


def _spread(steps: list[int], count: int) -> list[int]:
    """At most ``count`` of ``steps``, evenly by place, with the first and the last."""
    if len(steps) <= count:
        return steps
    if count == 0:
        return []
    places = np.unique(np.linspace(len(steps) - 1, 0, count).round().astype(int))
    return [steps[place] for place in places]


def _wants_message_pack(request: Request) -> bool:
    return MESSAGE_PACK in request.headers.get("accept", "")
