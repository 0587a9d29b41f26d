"""The gate in front of everything, HTTP and sockets alike: right host, right origin, and a credential.

Other accounts of the same machine and any web page can reach the loopback address. So the ``Host`` must be one of ours
(against names that are made to point here), the ``Origin`` must be our own page wherever something changes, and every
route needs a credential but for the short list below.
"""

from http.cookies import CookieError, SimpleCookie

from layerlab_schemas.problems import ProblemDetails
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from layerlab.api import pages, problems
from layerlab.api.credentials import Credentials

#: All that is open without a credential, by method and path.
OPEN = frozenset({("GET", "/api/health"), ("HEAD", "/api/health"), ("GET", "/login")})

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_SECURITY_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
        b"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


def host_names(host: str, further: list[str]) -> frozenset[str]:
    """The names by which this server may be called, without the port."""
    bound = f"[{host}]" if ":" in host else host
    wide = host in ("0.0.0.0", "::")
    return frozenset(name.lower() for name in ["127.0.0.1", "localhost", "[::1]", *([] if wide else [bound]), *further])


def cookie_name(port: int) -> str:
    """Cookies do not tell ports apart, so two servers of one machine need two names."""
    return f"layerlab_{port}"


class Gate:
    """ASGI middleware that lets in or answers itself.

    ``scope["state"]`` tells the routes ``let_in`` (False on an open route without a credential) and sockets
    ``still_let_in``, to be asked now and then: a credential that was taken away ends them.
    """

    def __init__(self, app: ASGIApp, *, credentials: Credentials, hosts: frozenset[str], port: int) -> None:
        self._app = app
        self._credentials = credentials
        self._authorities = frozenset(f"{name}:{port}" for name in hosts) | (hosts if port == 80 else frozenset())
        self._cookie_name = cookie_name(port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or handshake."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is None:
            await self._app(scope, receive, _with_security_headers(send))
        else:
            await _answer(refusal, headers, scope, receive, _with_security_headers(send))

    def _refusal(self, scope: Scope, headers: Headers) -> ProblemDetails | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._authorities:
            return _problem(421, "unknown_host", "This server does not answer to that host name.")
        origins = headers.getlist("origin")
        own = f"http://{hosts[0].lower()}"
        if origins and (len(origins) > 1 or origins[0].lower() != own) and _needs_origin(scope):
            return _problem(403, "foreign_origin", "Requests from other web pages are refused.")
        by_token = self._has_token(headers)
        by_cookie = not by_token and self._has_cookie(headers)
        state = scope.setdefault("state", {})
        state["let_in"] = by_token or by_cookie
        state["still_let_in"] = lambda: self._has_token(headers) or self._has_cookie(headers)
        if not by_token and not by_cookie:
            if scope["type"] == "http" and (scope["method"], scope["path"]) in OPEN:
                return None
            return _problem(
                401, "not_logged_in", "Open the link that Layerlab printed when it started, or send the token."
            )
        if by_cookie and not origins and _needs_origin(scope) and headers.get("sec-fetch-site") != "same-origin":
            return _problem(403, "no_origin", "A browser must say from which page this request comes.")
        return None

    def _has_token(self, headers: Headers) -> bool:
        scheme, _, value = headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._credentials.accepts_token(value.strip())

    def _has_cookie(self, headers: Headers) -> bool:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        morsel = cookies.get(self._cookie_name)
        return morsel is not None and self._credentials.accepts_cookie(morsel.value)


def _needs_origin(scope: Scope) -> bool:
    return scope["type"] == "websocket" or scope["method"] not in _SAFE


def _problem(status: int, code: str, detail: str) -> ProblemDetails:
    return problems.Refusal(status, code, detail).problem


def _with_security_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            there = {name.lower() for name, _ in message.get("headers", [])}
            added = [header for header in _SECURITY_HEADERS if header[0] not in there]
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await send(message)

    return sending


async def _answer(problem: ProblemDetails, headers: Headers, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse; a person at a browser without a cookie sees the page that tells how to log in."""
    person = scope["type"] == "http" and scope["method"] == "GET" and "text/html" in headers.get("accept", "")
    if problem.status == 401 and person and not scope["path"].startswith("/api/"):
        await pages.login_page()(scope, receive, send)
    else:
        asked = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}
        await problems.response(problem, asked)(scope, receive, send)
