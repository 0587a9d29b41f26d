"""Writes the JSON Schema bundle that the TypeScript types are made from: ``python -m layerlab_schemas.generate``.

The bundle is an OpenAPI 3.1 document without paths, because one generator then serves REST bodies and stream messages.
Schemas describe what the server *sends* (fields with defaults are always there).
"""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from layerlab_schemas import catalog, comparison, dataset, frames, lesson, problems, recording, run, server, stream
from layerlab_schemas.base import Schema

BUNDLE = Path(__file__).resolve().parent.parent / "json" / "layerlab.json"

ROOTS: list[type[Schema]] = [
    run.CheckRequest,
    run.RunSpec,
    run.RunChange,
    run.RunView,
    run.ForkRequest,
    run.CheckpointList,
    run.AnalysisRequest,
    run.AnalysisList,
    run.RunList,
    run.ScalarsAnswer,
    comparison.ComparisonRequest,
    comparison.ComparisonView,
    comparison.ComparisonList,
    problems.ProblemDetails,
    catalog.Catalog,
    frames.Frame,
    frames.FrameList,
    recording.Recording,
    server.Health,
    server.PreviewRequest,
    server.DatasetPreview,
    server.AugmentGalleryRequest,
    server.AugmentBatchRequest,
    lesson.LessonList,
    lesson.Lesson,
    lesson.LessonStart,
    dataset.DatasetList,
    dataset.Original,
    dataset.Upload,
    server.ScheduleRequest,
    server.SchedulePreview,
    server.SuggestedRate,
    stream.FrameMessage,
]


def bundle() -> dict[str, Any]:
    """The whole document as plain data."""
    mode: JsonSchemaMode = "serialization"
    template = "#/components/schemas/{model}"
    _, shared = models_json_schema([(root, mode) for root in ROOTS], ref_template=template)
    schemas: dict[str, Any] = dict(shared["$defs"])
    unions: dict[str, Any] = {"ClientMessage": stream.ClientMessage, "ServerMessage": stream.ServerMessage}
    for name, union in unions.items():
        schema = TypeAdapter(union).json_schema(ref_template=template, mode=mode)
        schemas |= schema.pop("$defs")
        schemas[name] = schema
    return {
        "openapi": "3.1.0",
        "info": {"title": "Layerlab schemas", "version": "1"},
        "paths": {},
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def text() -> str:
    """The document as it is committed."""
    return json.dumps(bundle(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    BUNDLE.parent.mkdir(exist_ok=True)
    BUNDLE.write_text(text(), encoding="utf-8")
