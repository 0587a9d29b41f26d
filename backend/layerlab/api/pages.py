"""The page: built files where there are any, and two plain pages for when there is no page or no login yet."""

from html import escape
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from layerlab.api.problems import Refusal

STATIC = Path(str(files("layerlab"))) / "static"

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center;
       background: light-dark(#f4f5f7, #14161a); color: light-dark(#161a22, #e8eaee); }
main { max-width: 34rem; padding: 2rem; }
h1 { font-size: 20px; } code { font-family: ui-monospace, monospace; background: light-dark(#e9ecf1, #262a31);
       padding: .1em .35em; border-radius: 4px; } a { color: light-dark(#4a39b3, #a99cf5); }
"""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>
"""


def plain_page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """A page without scripts; ``body`` is HTML of ours."""
    text = _PAGE.format(title=escape(title), style=_STYLE, body=body)
    return HTMLResponse(text, status, {"Cache-Control": "no-store"})


def login_page(*, used: bool = False) -> HTMLResponse:
    """What a browser without a cookie sees."""
    first = "<p>That link has been used already, or it is from an earlier start of the server.</p>" if used else ""
    return plain_page(
        "Layerlab: open the link from the terminal",
        first + "<p>Layerlab printed a link when it started. Open that link in this browser: it logs you in, once. "
        "For a new one, run <code>layerlab link</code> in a terminal.</p>"
        "<p>This keeps other web pages, and other people of this computer, away from your runs.</p>",
        401,
    )


def _not_built() -> HTMLResponse:
    return plain_page(
        "Layerlab is running, but its page is not built",
        "<p>Run <code>make run</code> in the repository: it builds the page and starts the server. "
        "For scripts, everything works already: see <a href='/docs'>the interface</a>.</p>",
        503,
    )


router = APIRouter(include_in_schema=False)


@router.get("/{path:path}")
async def page(request: Request, path: str) -> Response:
    """A built file; for an address that names none, the page itself, which reads its state from the address."""
    if path == "api" or path.startswith("api/"):
        raise Refusal(404, "not_found", f"There is nothing at {request.url.path[:200]}.")
    index = STATIC / "index.html"
    if path and (file := _file(path)) is not None and file != index:
        forever = path.startswith("assets/")
        kept = "public, max-age=31536000, immutable" if forever else "no-cache"
        return FileResponse(file, headers={"Cache-Control": kept})
    last = path.rsplit("/", 1)[-1]
    if "." in last or path.startswith("assets/"):
        raise Refusal(404, "not_found", f"There is nothing at {request.url.path[:200]}.")
    if not index.is_file():
        return _not_built()
    return FileResponse(index, headers={"Cache-Control": "no-cache"})


def _file(path: str) -> Path | None:
    """The built file at ``path``, None when there is none or when the path leads out of the folder."""
    if "\0" in path:
        return None
    file = (STATIC / path).resolve()
    return file if file.is_relative_to(STATIC.resolve()) and file.is_file() else None
