"""No input gives a 5xx: nasty bodies to every route that reads one, nasty paths and queries to the others (P9)."""

import json
import socket
import time

import pytest

from tests.server.specs import stand_in_spec

GOOD = json.dumps(stand_in_spec(steps=1)).encode()

#: Body, status of every route that reads one, code.
BODIES = [
    (b"", 422, "invalid_request"),
    (b"{", 400, "not_json"),
    (b'{"a": 1} x', 400, "not_json"),
    (b"\xff\xfe{}", 400, "not_utf8"),
    (b"\xef\xbb\xbf{}", 400, "not_json"),
    (b'{"name": "\xed\xa0\x80"}', 400, "not_utf8"),
    (b"NaN", 400, "not_finite"),
    (b'{"data": NaN}', 400, "not_finite"),
    (b'{"data": -Infinity}', 400, "not_finite"),
    (b'{"data": 1e999}', 400, "number_too_large"),
    (b'{"data": 9223372036854775808}', 400, "number_too_large"),
    (b'{"data": -9223372036854775809}', 400, "number_too_large"),
    (b'{"data": ' + b"9" * 5000 + b"}", 400, "number_too_large"),
    (b'{"name": "\\ud800"}', 400, "lone_surrogate"),
    (b'{"\\udfff": 1}', 400, "lone_surrogate"),
    (b'{"name": "a", "name": "b"}', 400, "duplicate_key"),
    (b'{"\\ud800": 1, "\\ud800": 1}', 400, "duplicate_key"),
    (b"[" * 65 + b"]" * 65, 400, "too_deep"),
    (b"[" * 100_000 + b"]" * 100_000, 400, "too_deep"),
    (b'{"a":' * 100_000, 400, "too_deep"),
    (b" " * (2 * 1024 * 1024 + 1), 413, "body_too_large"),
    (b'"' + b"x" * 2_000_000 + b'"', 422, "invalid_request"),
    (b"null", 422, "invalid_request"),
    (b"[]", 422, "invalid_request"),
    (b"0", 422, "invalid_request"),
    (b'"text"', 422, "invalid_request"),
    (b'{"nothing": 9223372036854775807}', 422, "invalid_request"),
    (b'{"tags": ["\\u0000", {"a": 1.5e308}], "what": "\\u2028"}', 422, "invalid_request"),
]

ROUTES = [
    ("POST", "/api/runs"),
    ("PATCH", "/api/runs/{run}"),
    ("POST", "/api/graphs/check"),
    ("POST", "/api/datasets/preview"),
    ("POST", "/api/augment/gallery"),
]


@pytest.fixture(scope="module")
def run(server):
    made = server.create(stand_in_spec(steps=1))
    server.wait_status(made, "completed")
    return made


def send(server, method: str, path: str, body: bytes, kind: str = "application/json"):
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": kind}
    return server.send(method, path, body, headers)


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(("body", "status", "code"), BODIES, ids=range(len(BODIES)))
def test_a_nasty_body_is_refused_in_words(server, run, method, path, body, status, code):
    answer = send(server, method, path.format(run=run), body)
    assert (answer.status, answer.json.get("code")) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["detail"]
    assert len(answer.body) < 100_000


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_a_body_that_does_not_say_it_is_json_is_refused(server, run, method, path, kind):
    answer = send(server, method, path.format(run=run), GOOD, kind)
    assert (answer.status, answer.json["code"]) == (415, "not_json")


SPECS = [
    ({"data": {"dataset": "d", "batch_size": 0}}, "data.batch_size"),
    ({"data": {"dataset": "d", "batch_size": 2**62}}, "data.batch_size"),
    ({"data": {"dataset": "d", "batch_size": True}}, "data.batch_size"),
    ({"data": {"dataset": "d", "batch_size": "64"}}, "data.batch_size"),
    ({"data": {"dataset": "d", "validation_fraction": 1}}, "data.validation_fraction"),
    ({"data": {"dataset": ""}}, "data.dataset"),
    ({"graph": []}, "graph"),
    ({"graph": [{"kind": "x"}] * 501}, "graph"),
    ({"graph": [{"kind": "x", "id": "1 bad"}]}, "graph.0.id"),
    ({"training": {"seed": -1}}, "training.seed"),
    ({"training": {"device": "cpu; rm"}}, "training.device"),
    ({"tags": ["x"] * 33}, "tags"),
    ({"name": "x" * 201}, "name"),
    ({"optimizer": {"lr": 1}}, "optimizer.kind"),
    ({"unknown": 1}, "unknown"),
]


@pytest.mark.parametrize(("part", "path"), SPECS, ids=[path for _, path in SPECS])
def test_a_wrong_field_is_named(server, part, path):
    answer = server.call("POST", "/api/runs", {**stand_in_spec(), **part})
    assert answer.status == 422
    assert answer.json["errors"][0]["path"].startswith(path)
    assert answer.json["errors"][0]["message"]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=99999999999999999999999", "offset=-1", "sort=drop", "status=asleep", "limit=NaN", "order=%00"],
)
def test_a_wrong_query_is_refused(server, query):
    answer = server.call("GET", f"/api/runs?{query}")
    assert (answer.status, answer.json["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    "path",
    [
        "/api/runs/%00",
        "/api/runs/%ff%fe",
        "/api/runs/" + "x" * 5000,
        "/api/runs/..%2f..%2fetc",
        "/api/runs/a/scalars?names=%00,%ff&max_points=3",
        "/api/runs/a/frames?probe=%00&step=0",
        "/api/runs/a/frames?probe=x&step=1e3",
        "/api/runs/a/frames",
        "/api/runs?name=%25%00%ff&tag=%22",
        "/api/runs//",
        "/api/graphs/check",
        "/api",
        "/login?code=%ff%00",
        "/%ff%fe",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS", "TRACE"])
def test_no_path_breaks_the_server(server, method, path):
    assert server.call(method, path).status < 500


def test_a_question_that_kills_or_stalls_the_inspector_is_answered(server):
    graph = {"data": {"dataset": "d"}, "graph": [{"kind": "kill_the_inspector"}]}
    answer = server.call("POST", "/api/graphs/check", graph)
    assert (answer.status, answer.json["code"]) == (503, "not_ready")
    answer = server.call("POST", "/api/graphs/check", {**graph, "graph": [{"kind": "slow_check"}]})
    assert answer.status == 503
    assert "5 seconds" in answer.json["detail"]
    assert server.call("POST", "/api/graphs/check", {**graph, "graph": [{"kind": "linear"}]}).json["ok"] is True


def test_a_body_longer_than_it_says_or_never_coming_hurts_nobody(server):
    head = f"POST /api/runs HTTP/1.1\r\nHost: {server.authority}\r\nAuthorization: Bearer {server.token}\r\n"
    for rest in (
        "Content-Length: 99999999999\r\n\r\n",
        "Content-Length: -1\r\n\r\n",
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "Content-Length: 10\r\n\r\n{",
    ):
        with socket.create_connection(("127.0.0.1", server.listening.port), timeout=5) as connection:
            connection.sendall((head + rest).encode())
    assert server.call("GET", "/api/health").status == 200


def drip(connection: socket.socket) -> None:
    for _ in range(400):
        connection.sendall(b"X-Slow: 1\r\n")
        time.sleep(0.05)


def test_a_client_that_drips_its_headers_is_cut_off(server, monkeypatch):
    monkeypatch.setattr("layerlab.api.listening._HEADER_SECONDS", 0.3)
    with socket.create_connection(("127.0.0.1", server.listening.port), timeout=10) as connection:
        connection.sendall(b"GET /api/health HTTP/1.1\r\n")
        with pytest.raises(OSError, match=r"reset|Broken"):
            drip(connection)
    monkeypatch.undo()
    assert server.call("GET", "/api/health").status == 200
