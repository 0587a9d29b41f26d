"""Turning models into answers."""

from hashlib import sha256

from layerlab_schemas.run import RunView
from pydantic import BaseModel
from starlette.responses import Response


def answer(model: BaseModel, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """``model`` as strict JSON, written once."""
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return Response(model.model_dump_json(), status, kept, media_type="application/json")


def etag_of(view: RunView) -> str:
    """Changes when somebody changes the run (spec, name, tags), not when it merely trains on."""
    text = view.spec.model_dump_json() + view.name + repr(view.tags)
    return f'"{sha256(text.encode("utf-8", "replace")).hexdigest()[:16]}"'


def run_answer(view: RunView, *, status: int = 200) -> Response:
    """A run with its ETag; where it is new, with its Location."""
    headers = {"ETag": etag_of(view)}
    if status == 201:
        headers["Location"] = view.links["self"]
    return answer(view, status=status, headers=headers)
