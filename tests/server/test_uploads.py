"""Files that users bring: taken in as a stream, read elsewhere, kept whole or not at all."""

import http.client
import os
import socket
import time
from hashlib import sha256
from pathlib import Path

import pytest
from layerlab.settings import Settings

from tests.server.served import Served, serving
from tests.server.stand_in import StandInExecutor

BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    settings = Settings(
        port=0, data_dir=tmp_path_factory.mktemp("data"), answer_seconds=5, reading_seconds=1,
        csv_megabytes=2, text_megabytes=1, uploads_megabytes=20,
    )  # fmt: skip
    half_done = settings.uploads_folder / ".incoming" / "left"
    half_done.mkdir(parents=True)
    (half_done / "file").write_bytes(b"of the last server")
    with serving(settings, StandInExecutor) as served:
        assert not half_done.exists()
        yield served


def bring(server: Served, body: bytes, name: str = "a.csv"):
    headers = {"Authorization": f"Bearer {server.token}", **BYTES}
    return server.send("POST", f"/api/datasets?name={name}", body, headers)


def on_disk(server: Served) -> list[str]:
    """All files of uploads, those under way too; what goes meanwhile is no error, as it is with ``rglob``."""
    folder = server.data_dir / "uploads"
    found = [Path(place, name) for place, _, names in os.walk(folder) for name in names]
    return sorted(str(path.relative_to(folder)) for path in found)


def ids(server: Served) -> list[str]:
    return [upload["id"] for upload in server.call("GET", "/api/datasets").json["uploads"]]


def test_from_the_first_byte_to_the_last(server):
    body = b"a,b\n1,2\n" * 1000
    made = bring(server, body, "my%20table.CSV")
    number = "u" + sha256(body).hexdigest()[:16]
    assert made.status == 201
    assert made.headers["location"] == f"/api/datasets/{number}"
    view = made.json
    assert (view["id"], view["name"], view["dataset"], view["size"]) == (number, "my table.CSV", "csv", len(body))
    assert (view["summary"], view["params"]) == ("2000 words", {"upload": number})
    assert server.call("GET", f"/api/datasets/{number}").json == view
    assert ids(server) == [number]
    assert (server.data_dir / "uploads" / number / "file").read_bytes() == body
    again = bring(server, body)
    assert (again.status, again.json) == (200, view)
    otherwise = bring(server, body, "a.txt")
    assert (otherwise.status, otherwise.json["code"]) == (422, "known_otherwise")
    assert server.call("GET", f"/api/datasets/{number}/preview").json["data"]["title"] == "D"
    assert server.call("DELETE", f"/api/datasets/{number}").status == 204
    assert on_disk(server) == ids(server) == []
    assert server.call("DELETE", f"/api/datasets/{number}").status == 404
    assert server.call("GET", f"/api/datasets/{number}").json["code"] == "upload_not_found"
    assert server.call("GET", f"/api/datasets/{number}/preview").status == 404


@pytest.mark.parametrize(
    ("body", "name", "status", "code", "words"),
    [
        (b"refuse it", "a.csv", 422, "no_table", "It is no table."),
        (b"die over it", "a.csv", 422, "too_heavy", "ended over it"),
        (b"work on it", "a.csv", 422, "too_slow", "more processor time than the 1 second that"),
        (b"", "a.csv", 422, "empty_file", "a.csv is empty."),
        (b"x", "a.exe", 422, "unknown_file", "Files that end in .exe"),
        (b"x", "nothing", 422, "unknown_file", "Files that end in nothing"),
        (b"x", "..%2F..%2Fpasswd", 422, "unknown_file", "Files that end in nothing"),
        (b"x" * 2_000_001, "a.csv", 413, "file_too_large", "a.csv has 2.000001 MB, and a .csv may have at most 2 MB."),
        (b"x" * 1_234_567, "a.txt", 413, "file_too_large", "a.txt has 1.235 MB, and a .txt may have at most 1 MB."),
        (b"x", "", 422, "invalid_request", "name"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_leaves_nothing_behind(server, body, name, status, code, words):
    answer = bring(server, body, name)
    assert (answer.status, answer.json["code"]) == (status, code)
    assert words in answer.json["detail"]
    assert on_disk(server) == ids(server) == []


def test_a_client_that_sends_all_before_it_reads_gets_the_answer_too(server):
    headers = {"Authorization": f"Bearer {server.token}", **BYTES, "Connection": "close"}
    answer = server.send("POST", "/api/datasets?name=a.csv", bytes(60_000_000), headers)
    assert answer.status == 413
    assert answer.json["detail"].startswith("a.csv has 60 MB, and a .csv may have at most 2 MB.")
    assert on_disk(server) == ids(server) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("..%2F..%2Fetc%2Fpasswd.csv", "passwd.csv"),
        ("C%3A%5Cdata%5Ctable.csv", "table.csv"),
        ("a%00%0Ab%1B%5B31m.csv", "ab[31m.csv"),
        ("%F0%9F%90%88.csv", "🐈.csv"),
        ("x" * 900 + ".csv", "x" * 196 + ".csv"),
    ],
)
def test_a_name_is_only_a_name(server, name, kept):
    answer = bring(server, name.encode(), name)
    assert (answer.status, answer.json["name"]) == (201, kept)
    assert server.call("DELETE", answer.headers["location"]).status == 204
    assert on_disk(server) == []


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", ""])
def test_a_body_that_is_no_file_is_refused(server, kind):
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": kind}
    answer = server.send("POST", "/api/datasets?name=a.csv", b"{}", headers)
    assert (answer.status, answer.json["code"]) == (415, "not_bytes")


def test_no_length_announced_is_as_bounded(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.listening.port, timeout=60)
    headers = {"Authorization": f"Bearer {server.token}", **BYTES}
    parts = iter([b"x" * 100_000] * 21)
    connection.request("POST", "/api/datasets?name=a.csv", parts, headers, encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, b"file_too_large" in answer.read()) == (413, True)
    connection.close()
    assert on_disk(server) == []


def test_a_client_that_goes_away_leaves_nothing_behind(server):
    with socket.create_connection(("127.0.0.1", server.listening.port)) as connection:
        lines = ["POST /api/datasets?name=a.csv HTTP/1.1", f"Host: {server.authority}", "Content-Length: 1000000"]
        lines += [f"Authorization: Bearer {server.token}", "Content-Type: application/octet-stream", "", "a,b"]
        connection.sendall("\r\n".join(lines).encode())
        until = time.monotonic() + 10
        while not on_disk(server) and time.monotonic() < until:
            time.sleep(0.01)
        assert on_disk(server)
    while on_disk(server) and time.monotonic() < until:
        time.sleep(0.01)
    assert on_disk(server) == []


def test_all_uploads_together_are_bounded(server):
    made = [bring(server, b"%d " % number + b"x" * 1_900_000) for number in range(10)]
    assert {answer.status for answer in made} == {201}
    refused = bring(server, b"one more " + b"x" * 1_900_000)
    assert (refused.status, refused.json["code"]) == (507, "no_space")
    assert "19 MB of the 20 MB" in refused.json["detail"]
    for answer in made:
        assert server.call("DELETE", answer.headers["location"]).status == 204
    assert on_disk(server) == []


@pytest.mark.parametrize("upload", ["..", "%2e%2e", ".incoming", "u0000000000000000", "u" + "0" * 63, "preview"])
def test_an_id_is_no_path(server, upload):
    for method in ("GET", "DELETE"):
        assert server.call(method, f"/api/datasets/{upload}").status == 404


def test_what_is_no_whole_upload_is_not_listed(server):
    folder = server.data_dir / "uploads" / "u0000000000000000"
    folder.mkdir()
    (folder / "about.json").write_text("{")
    assert ids(server) == []
    assert server.call("GET", "/api/datasets/u0000000000000000").status == 404
    assert server.call("DELETE", "/api/datasets/u0000000000000000").status == 204
    assert on_disk(server) == []


def test_a_reading_has_processor_time_not_time_on_the_clock(server):
    assert bring(server, b"wait for the others").status == 201
    assert server.call("DELETE", f"/api/datasets/{ids(server)[0]}").status == 204


def test_a_reading_that_hangs_is_ended_all_the_same(tmp_path):
    settings = Settings(port=0, data_dir=tmp_path, reading_wall_seconds=1)
    with serving(settings, StandInExecutor) as served:
        refused = bring(served, b"hang on it").json
        assert refused["code"] == "too_slow"
        assert refused["detail"].startswith("Reading a.csv was not done after 1 second and was ended.")
        assert on_disk(served) == []


def test_a_file_needs_a_credential(server):
    assert server.send("POST", "/api/datasets?name=a.csv", b"a,b", BYTES).status == 401
    assert on_disk(server) == []


def test_a_client_that_does_not_wait_for_the_reading_ends_it(tmp_path):
    settings = Settings(port=0, data_dir=tmp_path)
    with serving(settings, StandInExecutor) as served:
        connection = http.client.HTTPConnection("127.0.0.1", served.listening.port)
        headers = {"Authorization": f"Bearer {served.token}", **BYTES}
        connection.request("POST", "/api/datasets?name=a.csv", b"hang on it", headers)
        until = time.monotonic() + 20
        while "numbers" not in str(on_disk(served)):
            assert time.monotonic() < until
            time.sleep(0.01)
        connection.close()
        while on_disk(served):
            assert time.monotonic() < until
            time.sleep(0.01)
        assert bring(served, b"another file").status == 201
