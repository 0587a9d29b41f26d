"""Closed by default: every route needs a credential but for a short list; foreign hosts and origins have no effect."""

import logging
import socket
import stat

import pytest
from fastapi.routing import APIRoute
from layerlab.api.access import OPEN
from layerlab.api.app import make_app
from layerlab.api.credentials import Credentials
from layerlab.api.listening import listen
from layerlab.settings import Settings
from starlette.routing import Route, WebSocketRoute
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.server.specs import stand_in_spec

#: All that is open. A new entry here is a decision, not a repair of this test.
PUBLISHED = {("GET", "/api/health"), ("HEAD", "/api/health"), ("GET", "/login")}


def routes(tmp_path) -> list[tuple[str, str]]:
    app = make_app(Settings(data_dir=tmp_path), None, Credentials(tmp_path / "token"), port=8000)  # type: ignore[arg-type]
    found: list[tuple[str, str]] = []
    todo = list(app.routes)
    while todo:
        route = todo.pop()
        if isinstance(route, APIRoute | Route):
            found += [(method, route.path) for method in sorted(route.methods or ())]
        elif isinstance(route, WebSocketRoute):
            found.append(("WEBSOCKET", route.path))
        else:
            deeper = getattr(route, "original_router", None) or getattr(route, "routes", None)
            assert deeper is not None, f"what is {route!r}?"
            todo += deeper.routes if hasattr(deeper, "routes") else deeper
    return found


def filled(path: str) -> str:
    return path.replace("{run}", "nobody").replace("{path:path}", "index.html")


def test_the_open_list_is_the_published_one():
    assert OPEN == PUBLISHED


def test_every_route_is_closed_without_a_credential(server, tmp_path):
    table = routes(tmp_path)
    assert len(table) >= 20
    for method, path in table:
        if method == "WEBSOCKET":
            with pytest.raises(InvalidStatus) as refused:
                connect(f"ws://{server.authority}{path}", proxy=None)
            assert refused.value.response.status_code == 401
        elif (method, path) not in PUBLISHED:
            answer = server.send(method, filled(path))
            assert answer.status == 401, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"


def test_health_says_only_that_it_is_up(server):
    told = server.send("GET", "/api/health").json
    assert told.pop("status") == "ok"
    assert set(told.values()) == {None}
    told = server.call("GET", "/api/health").json
    assert told["ready"] is True
    assert told["devices"][0]["name"] == "cpu"


@pytest.mark.parametrize(
    "header",
    [
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer \xff"},
        {"Authorization": "Basic dG9rZW4="},
        {"Cookie": "layerlab_PORT=a.b"},
        {"Cookie": "layerlab_PORT=;;;="},
    ],
)
def test_a_wrong_credential_is_none(server, header):
    sent = {name: value.replace("PORT", str(server.listening.port)) for name, value in header.items()}
    assert server.send("GET", "/api/runs", None, sent).status == 401


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", ""]
)
def test_a_foreign_host_is_refused_even_with_the_token(server, host):
    sent = {"Host": host.format(port=server.listening.port), "Authorization": f"Bearer {server.token}"}
    answer = server.send("GET", "/api/runs", None, sent)
    assert answer.status == 421
    assert answer.json["code"] == "unknown_host"
    assert server.send("GET", "/api/health", None, {"Host": sent["Host"]}).status == 421


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "[::1]"])
def test_our_own_names_are_known(server, name):
    sent = {"Host": f"{name}:{server.listening.port}", "Authorization": f"Bearer {server.token}"}
    assert server.send("GET", "/api/runs", None, sent).status == 200


def log_in(server) -> str:
    code = server.listening.new_link().partition("?")[2]
    answer = server.send("GET", f"/login?{code}")
    assert (answer.status, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert server.send("GET", f"/login?{code}", None, {"Accept": "text/html"}).status == 401  # once only
    return cookie.partition(";")[0]


def test_the_link_gives_a_cookie_once(server):
    cookie = log_in(server)
    assert server.send("GET", "/api/runs", None, {"Cookie": cookie}).status == 200
    assert server.send("GET", "/login", None, {"Cookie": cookie}).status == 303


def test_with_a_cookie_what_changes_something_must_come_from_our_page(server):
    cookie = log_in(server)
    own = f"http://{server.authority}"
    body = b'{"data": {"dataset": "d"}, "graph": [{"kind": "linear"}], "training": {"max_steps": 1}}'
    before = server.call("GET", "/api/runs").json["total"]
    for origin in ("http://evil.example", "null", f"https://{server.authority}", f"{own}.evil.example", None):
        sent = {"Cookie": cookie, "Content-Type": "application/json"} | ({"Origin": origin} if origin else {})
        assert server.send("POST", "/api/runs", body, sent).status == 403, origin
        assert server.send("DELETE", "/api/runs/nobody", None, sent).status == 403, origin
    assert server.call("GET", "/api/runs").json["total"] == before
    sent = {"Cookie": cookie, "Content-Type": "application/json", "Origin": own}
    assert server.send("POST", "/api/runs", body, sent).status == 201


def test_a_foreign_origin_is_refused_even_with_the_token(server):
    answer = server.call("POST", "/api/runs", stand_in_spec(), Origin="http://evil.example")
    assert (answer.status, answer.json["code"]) == (403, "foreign_origin")


@pytest.mark.parametrize(("origin", "status"), [("http://evil.example", 403), ("null", 403), (None, 403)])
def test_the_socket_needs_our_origin_with_a_cookie(server, origin, status):
    headers = {"Cookie": log_in(server)}
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://{server.authority}/api/stream", additional_headers=headers, origin=origin, proxy=None)
    assert refused.value.response.status_code == status
    assert refused.value.response.headers["content-type"] == "application/problem+json"


def test_the_socket_opens_for_our_page_and_for_scripts(server):
    cookie = {"Cookie": log_in(server)}
    own = f"http://{server.authority}"
    with connect(f"ws://{server.authority}/api/stream", additional_headers=cookie, origin=own, proxy=None) as socket:
        assert "hello" in socket.recv(timeout=5)
    with server.stream() as socket:
        assert "hello" in socket.recv(timeout=5)


def test_a_person_without_a_cookie_sees_how_to_log_in(server):
    answer = server.send("GET", "/", None, {"Accept": "text/html"})
    assert answer.status == 401
    assert b"Open that link in this browser" in answer.body


def test_every_answer_carries_the_security_headers(server):
    for answer in (
        server.send("GET", "/api/health"),
        server.send("GET", "/", None, {"Accept": "text/html"}),
        server.send("GET", "/api/runs"),
        server.call("GET", "/docs"),
        server.call("GET", "/api/nothing"),
        server.send("GET", "/", None, {"Host": "evil.example"}),
    ):
        assert answer.headers["content-security-policy"].startswith("default-src 'self'; style-src")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "access-control-allow-origin" not in answer.headers


def test_the_token_file_is_its_owners_alone(server):
    assert stat.S_IMODE((server.data_dir / "token").stat().st_mode) == 0o600
    assert stat.S_IMODE((server.data_dir / "layerlab.db").stat().st_mode) == 0o600


def test_a_file_outside_the_page_is_never_given(server):
    for path in (
        "/../settings.py",
        "/%2e%2e/settings.py",
        "/assets/..%2f..%2fsettings.py",
        "/..%00/x.py",
        "//etc/passwd",
    ):
        answer = server.call("GET", path)
        is_page = answer.body == server.call("GET", "/").body
        assert answer.status == 404 or is_page, path


def test_no_secret_is_logged(server, caplog):
    caplog.set_level(logging.DEBUG)
    cookie = log_in(server)
    server.call("GET", "/api/runs")
    with server.stream():
        pass
    ours = [record for record in caplog.records if record.name.split(".")[0] in ("uvicorn", "layerlab")]
    logged = "".join(record.getMessage() for record in ours)
    assert server.token not in logged
    assert cookie.partition("=")[2] not in logged
    assert "code=" not in logged


def test_docs_ask_nobody_else(server):
    page = server.call("GET", "/docs")
    assert page.status == 200
    assert b"POST /api/runs" in page.body
    assert b"Body: <code>application/octet-stream</code>" in page.body
    assert b"http" not in page.body.replace(b"https://", b"http").partition(b"<h2>Calls")[0]
    assert b"<script" not in page.body
    assert server.call("GET", "/api/openapi.json").json["paths"]["/api/runs"]["post"]["responses"]["422"]


def test_answers_do_not_wait_for_the_kernel():
    listening = listen("127.0.0.1", 0)
    try:
        assert listening.proto == socket.IPPROTO_TCP  # what event loops ask for before they switch the delay off
    finally:
        listening.close()
