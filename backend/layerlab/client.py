"""A small client for scripts: ``Client()`` finds the token of the local server; runs are made, followed and read.

    client = Client()
    run = client.create_run({"data": {"dataset": "digits"}, "graph": [{"kind": "flatten"}, …]})
    run.wait()
    print(run.scalars("val/accuracy"))

Only the standard library and ``websockets``, which the server needs anyway.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode, urlsplit

from layerlab_schemas.comparison import ComparisonView
from layerlab_schemas.dataset import TableForm, Upload
from layerlab_schemas.run import RunChange, RunProgress, RunSpec, RunState, RunView, ScalarsAnswer, Series
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from layerlab.errors import LayerlabError
from layerlab.settings import Settings

Json = Any

#: How long an answer may take. A large file is read first, which the server ends after half an hour at most.
_SECONDS = 300
_READING_SECONDS = 2000


class RequestFailed(LayerlabError):
    """The server refused. ``problem`` is its answer (RFC 9457)."""

    code = "request_failed"

    def __init__(self, problem: Mapping[str, Json]) -> None:
        super().__init__(str(problem.get("detail", problem)), code=str(problem.get("code", self.code)))
        self.problem = dict(problem)


class NoServer(LayerlabError):
    """Nothing answers at the address, or the token is missing."""

    code = "no_server"


class Client:
    """A connection to one server.

    Args:
        url: Where it is.
        token: Its token; None reads the file in ``data_dir``.
        data_dir: The server's data folder; None is the usual place.
    """

    def __init__(
        self, url: str = "http://127.0.0.1:8000", token: str | None = None, *, data_dir: Path | None = None
    ) -> None:
        parts = urlsplit(url)
        self._address = parts.netloc
        self._token = token or _read_token(data_dir)

    def call(self, method: str, path: str, body: Json = None, *, headers: Mapping[str, str] | None = None) -> Json:
        """One REST call, by hand: the answer's JSON, None where it has none.

        Raises:
            NoServer: Nothing answers.
            RequestFailed: The server refused.
        """
        content = self._send(method, path, body, headers or {})
        return json.loads(content) if content else None

    def python(self, spec: RunSpec | Mapping[str, Json]) -> str:
        """A run as a script of PyTorch that does without Layerlab; nothing is trained."""
        return self._send("POST", "/api/export/python", _as_json(spec), {}).decode()

    def upload(self, file: Path, *, name: str | None = None, form: TableForm | None = None) -> Upload:
        """Bring a file of data: .csv, .tsv, .zip of images in class folders, .txt or .npz.

        Its ``dataset`` and ``params`` are what ``data`` of a run needs. The same file twice is one upload.

        Args:
            file: Where it is.
            name: What it is called there; None: as it is called here.
            form: How a table is to be read, where what would be found is wrong.

        Raises:
            RequestFailed: It cannot be read, or is too large.
            OSError: There is no such file.
        """
        with file.open("rb") as body:
            sent = {"Content-Type": "application/octet-stream", "Content-Length": str(file.stat().st_size)}
            query = urlencode([("name", name or file.name), *_query(form or TableForm())])
            answer = self._exchange("POST", f"/api/datasets?{query}", body, sent, _READING_SECONDS)
        return Upload.model_validate_json(answer)

    def _send(self, method: str, path: str, body: Json, headers: Mapping[str, str]) -> bytes:
        if body is None:
            return self._exchange(method, path, None, headers)
        return self._exchange(method, path, json.dumps(body), {**headers, "Content-Type": "application/json"})

    def _exchange(
        self, method: str, path: str, body: str | BinaryIO | None, headers: Mapping[str, str], seconds: int = _SECONDS
    ) -> bytes:
        connection = HTTPConnection(self._address, timeout=seconds)
        sent = {"Authorization": f"Bearer {self._token}", **headers}
        try:
            connection.request(method, path, body, sent)
            return _answer(connection.getresponse())
        except OSError as error:
            raise NoServer(
                f"No Layerlab server answers at {self._address}.", hint="Start one: layerlab serve"
            ) from error
        finally:
            connection.close()

    def create_run(self, spec: RunSpec | Mapping[str, Json], *, start: bool = True) -> "Run":
        """Make a run; ``start=False`` leaves it paused at step 0."""
        return Run(self, self.call("POST", f"/api/runs?start={str(start).lower()}", _as_json(spec))["id"])

    def compare(
        self,
        base: RunSpec | Mapping[str, Json],
        vary: Mapping[str, Sequence[Json]],
        *,
        mode: str = "lockstep",
        name: str | None = None,
    ) -> ComparisonView:
        """Make a run for each combination of values by path of the spec, ``{"optimizer.lr": [0.01, 0.1]}``.

        The members are runs: ``client.run(member.run).wait()``; ``comparison`` tells how all of them stand.
        """
        values_by_path = {path: list(values) for path, values in vary.items()}
        wish = {"base": _as_json(base), "vary": values_by_path, "mode": mode, "name": name}
        return ComparisonView.model_validate(self.call("POST", "/api/comparisons", wish))

    def comparison(self, comparison: str) -> ComparisonView:
        """A comparison with its table of results, by its id."""
        return ComparisonView.model_validate(self.call("GET", f"/api/comparisons/{quote(comparison, safe='')}"))

    def run(self, run: str) -> "Run":
        """A run by its id."""
        return Run(self, run)

    def runs(self, **filters: str | int) -> list[RunView]:
        """Runs, the newest first; filters as in ``GET /api/runs``."""
        found = self.call("GET", f"/api/runs?{urlencode(filters)}")["runs"]
        return [RunView.model_validate(view) for view in found]

    def messages(self, run: str, *, from_seq: int | None = None) -> Iterator[dict[str, Json]]:
        """The text messages of a run as they come, beginning with a snapshot unless ``from_seq`` is given."""
        headers = {"Authorization": f"Bearer {self._token}"}
        with connect(
            f"ws://{self._address}/api/stream",
            additional_headers=headers,
            compression=None,
            max_size=None,
            max_queue=None,
            proxy=None,
        ) as socket:
            socket.send(json.dumps({"type": "subscribe", "run": run, "from_seq": from_seq}))
            for message in socket:
                if isinstance(message, str):
                    yield json.loads(message)


class Run:
    """One run of a server."""

    def __init__(self, client: Client, run: str) -> None:
        self._client = client
        self.id = run
        self._path = f"/api/runs/{quote(run, safe='')}"

    def view(self) -> RunView:
        """How it stands."""
        return RunView.model_validate(self._client.call("GET", self._path))

    def pause(self) -> RunView:
        """Pause after the batch that is training."""
        return self._control("pause")

    def resume(self) -> RunView:
        """Go on."""
        return self._control("resume")

    def step(self, count: int = 1) -> RunView:
        """Take steps while paused."""
        return self._control(f"step?count={count}")

    def stop(self) -> RunView:
        """End it."""
        return self._control("stop")

    def _control(self, word: str) -> RunView:
        return RunView.model_validate(self._client.call("POST", f"{self._path}/{word}"))

    def change(self, change: RunChange | Mapping[str, Json]) -> RunView:
        """Change what may change while it trains."""
        body = change.model_dump(mode="json", exclude_none=True) if isinstance(change, RunChange) else dict(change)
        return RunView.model_validate(self._client.call("PATCH", self._path, body))

    def fork(
        self, changes: Mapping[str, Json] | None = None, *, at_step: int | None = None, start: bool = True
    ) -> "Run":
        """A run that goes on from the checkpoint at or before ``at_step``; None: from the newest state.

        Args:
            changes: New values by path of the spec, ``{"optimizer.lr": 0.01}``.
            at_step: Where it leaves this run; at 0 everything may change.
            start: False leaves it paused there.
        """
        wish = {"at_step": at_step, "changes": dict(changes or {})}
        view = self._client.call("POST", f"{self._path}/fork?start={str(start).lower()}", wish)
        return Run(self._client, view["id"])

    def delete(self) -> None:
        """Delete it with its files."""
        self._client.call("DELETE", self._path)

    def scalars(
        self,
        *names: str,
        max_points: int | None = None,
        from_step: int | None = None,
        to_step: int | None = None,
    ) -> dict[str, Series]:
        """Stored curves by name; all of them when none is named.

        Args:
            names: Such as "train/loss".
            max_points: Thin them, so that peaks survive.
            from_step: Only from this step on, and the point before it.
            to_step: Only up to this step, and the point after it.
        """
        numbers = {"max_points": max_points, "from_step": from_step, "to_step": to_step}
        asked = {"names": ",".join(names)} if names else {}
        asked |= {name: str(number) for name, number in numbers.items() if number is not None}
        return ScalarsAnswer.model_validate(
            self._client.call("GET", f"{self._path}/scalars?{urlencode(asked)}")
        ).scalars

    def frame(self, probe: str, step: int | None = None) -> dict[str, Json] | None:
        """The frame of a probe at a step or before it, None where there is none; the newest when none is named."""
        asked: dict[str, str | int] = {"probe": probe} if step is None else {"probe": probe, "step": step}
        found: dict[str, Json] | None = self._client.call("GET", f"{self._path}/frames?{urlencode(asked)}")
        return found

    def python(self) -> str:
        """It as a script of PyTorch that does without Layerlab."""
        return self._client.python(self.view().spec)

    def wait(self, on_progress: Callable[[RunProgress], None] | None = None) -> RunView:
        """Follow the run until it has ended or rests; survives a lost connection."""
        while True:
            try:
                for message in self._client.messages(self.id):
                    if (progress := _progress_in(message)) is None:
                        continue
                    if on_progress is not None:
                        on_progress(progress)
                    if progress.status.has_ended or progress.status is RunState.PAUSED:
                        return self.view()
            except ConnectionClosed:
                continue
            except OSError as error:
                raise NoServer("The server is gone.", hint="Start it again; the run is kept.") from error


def _query(form: TableForm) -> list[tuple[str, str]]:
    """What is asked of a table, as the query of an upload says it."""
    asked = form.model_dump(mode="json", exclude_none=True)
    types: dict[str, str] = asked.pop("types")
    fields = [(name, str(value).lower()) for name, value in asked.items()]
    return [*fields, *(("type", f"{name}={kind}") for name, kind in types.items())]


def _as_json(spec: RunSpec | Mapping[str, Json]) -> Json:
    return spec.model_dump(mode="json") if isinstance(spec, RunSpec) else dict(spec)


def _progress_in(message: Mapping[str, Json]) -> RunProgress | None:
    if message["type"] == "error":
        raise RequestFailed({"detail": message["message"], "code": message["code"]})
    found = {"progress": "progress", "snapshot": "view"}.get(message["type"])
    if found is None:
        return None
    moving = {name: message[found][name] for name in RunProgress.model_fields}
    return RunProgress.model_validate(moving)


def _answer(response: HTTPResponse) -> bytes:
    content = response.read()
    if response.status >= 400:
        answer = json.loads(content) if content else None
        raise RequestFailed(answer if isinstance(answer, dict) else {"detail": f"HTTP {response.status}"})
    return content


def _read_token(data_dir: Path | None) -> str:
    settings = Settings() if data_dir is None else Settings(data_dir=data_dir)
    try:
        return settings.token_file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise NoServer(
            f"There is no token in {settings.data_dir}.", hint="Start a server (layerlab serve) or name its --data-dir."
        ) from error
