"""The one-time link becomes a cookie."""

from fastapi import APIRouter, Request
from layerlab_schemas.base import Schema
from starlette.responses import RedirectResponse, Response

from layerlab.api.access import cookie_name
from layerlab.api.answers import answer
from layerlab.api.pages import login_page
from layerlab.api.problems import documented
from layerlab.api.reading import SafeRoute

_DAYS_30 = 30 * 24 * 3600

router = APIRouter(route_class=SafeRoute)


class LaunchLink(Schema):
    """A link that logs one browser in, once."""

    path: str


@router.get("/login", include_in_schema=False)
async def login(request: Request, code: str = "") -> Response:
    """Exchange the code for a cookie and go to the page, so that the code leaves the address bar."""
    credentials = request.app.state.credentials
    if code and credentials.use_code(code):
        response = RedirectResponse("/", 303, {"Cache-Control": "no-store"})
        response.set_cookie(
            cookie_name(request.app.state.port),
            credentials.new_cookie(),
            max_age=_DAYS_30,
            httponly=True,
            samesite="strict",
        )
        return response
    if request.state.let_in:
        return RedirectResponse("/", 303, {"Cache-Control": "no-store"})
    return login_page(used=bool(code))


@router.post("/api/links", response_model=LaunchLink, status_code=201, responses=documented(), tags=["server"])
async def new_link(request: Request) -> Response:
    """A new one-time link for a browser; ``layerlab link`` prints it."""
    return answer(LaunchLink(path=f"/login?code={request.app.state.credentials.new_code()}"), status=201)
