"""The OpenAPI document, and a plain page made from it on the server.

The usual pages load their scripts from another host, which we never do; bundling one of them would add a megabyte of
scripts and an exception in the content policy for something that is read, not used.
"""

from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from layerlab_schemas.generate import bundle
from starlette.responses import HTMLResponse, JSONResponse, Response

from layerlab.api.pages import plain_page
from layerlab.api.reading import SafeRoute

router = APIRouter(include_in_schema=False, route_class=SafeRoute)

_STREAM_WORDS = (
    "The stream is a websocket at /api/stream; ClientMessage and ServerMessage below are its JSON messages, and "
    "FrameMessage its binary ones (message pack)."
)


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: every route, and with them the messages of the stream. Made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            description=f"{app.description}\n\n{_STREAM_WORDS}",
            routes=app.routes,
        )
        schemas = made["components"]["schemas"]
        for name, schema in bundle()["components"]["schemas"].items():
            schemas.setdefault(name, schema)
        made["components"]["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": "What DIR/token holds."}
        }
        made["security"] = [{"token": []}]
        app.openapi_schema = made
    return app.openapi_schema


@router.get("/api/openapi.json")
async def openapi(request: Request) -> Response:
    """The document."""
    return JSONResponse(document(request.app))


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The document as a page to read."""
    return plain_page("Layerlab: the interface for scripts", _as_html(document(request.app)))


def _as_html(made: dict[str, Any]) -> str:
    calls = [
        _call(method, path, operation)
        for path, operations in made["paths"].items()
        for method, operation in operations.items()
    ]
    schemas = [_schema(name, schema) for name, schema in sorted(made["components"]["schemas"].items())]
    first = f"<p>{escape(made['info']['description'])}</p><p>As a file: <a href='/api/openapi.json'>openapi.json</a>. "
    token = "Send the token of the data folder as <code>Authorization: Bearer …</code>.</p>"
    return f"{first}{token}<h2>Calls</h2>{''.join(calls)}<h2>Models</h2>{''.join(schemas)}"


def _call(method: str, path: str, operation: dict[str, Any]) -> str:
    rows = [
        f"<li><code>{escape(each['name'])}</code> ({escape(each['in'])}{', needed' if each.get('required') else ''}): "
        f"{escape(_type(each['schema']))}. {escape(each.get('description', ''))}</li>"
        for each in operation.get("parameters", [])
    ]
    if (body := operation.get("requestBody")) is not None:
        rows += [f"<li>Body: {_body(media, each['schema'])}</li>" for media, each in body["content"].items()]
    answers = [
        f"{escape(status)} {' or '.join(_reference(kind.get('schema', {})) for kind in each['content'].values())}"
        if each.get("content")
        else escape(status)
        for status, each in operation["responses"].items()
    ]
    words = escape(operation.get("description", operation.get("summary", "")))
    return (
        f"<details><summary><code>{method.upper()} {escape(path)}</code> {words}</summary>"
        f"<ul>{''.join(rows)}<li>Answers: {'; '.join(answers)}</li></ul></details>"
    )


def _body(media: str, schema: dict[str, Any]) -> str:
    """What is sent: a model as JSON, or bytes of another kind."""
    return _reference(schema) if media == "application/json" else f"<code>{escape(media)}</code>"


def _schema(name: str, schema: dict[str, Any]) -> str:
    rows = [
        f"<li><code>{escape(field)}</code>: {_reference(each)} {escape(each.get('description', ''))}</li>"
        for field, each in schema.get("properties", {}).items()
    ]
    words = escape(schema.get("description", ""))
    shape = f"<ul>{''.join(rows)}</ul>" if rows else f"<p>{_reference(schema)}</p>"
    return f"<details id='{escape(name)}'><summary><code>{escape(name)}</code> {words}</summary>{shape}</details>"


def _reference(schema: dict[str, Any]) -> str:
    """A type, linked to its model where it is one."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f"<a href='#{name}'>{name}</a>"
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return " or ".join(_reference(each) for each in schema[word])
    if schema.get("type") == "array":
        return f"list of {_reference(schema.get('items', {}))}"
    return escape(_type(schema))


def _type(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return repr(schema["const"])
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    return str(schema.get("type", "anything"))
