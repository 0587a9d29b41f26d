"""The command line: ``layerlab serve``, ``run spec.json``, ``runs``, ``upload table.csv``, ``link``."""

import asyncio
import json
import sys
import webbrowser
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop
from layerlab_schemas.dataset import TableForm
from layerlab_schemas.run import RunProgress, RunState
from pydantic import ValidationError

from layerlab.client import Client
from layerlab.errors import LayerlabError
from layerlab.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

Url = Annotated[str, typer.Option(help="Where the server is.")]
DataDir = Annotated[Path | None, typer.Option(help="Data folder of the server.")]


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on [127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option(help="Port [8000]; the next when it is busy; 0 picks a free one.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where runs, curves and the token are kept.")] = None,
    no_browser: Annotated[bool | None, typer.Option("--no-browser", help="Do not open a browser.")] = None,
    max_running: Annotated[int | None, typer.Option(help="Runs that train at once [4]; others wait.")] = None,
    threads: Annotated[int | None, typer.Option(help="Threads a run may use [as many as fit its size].")] = None,
) -> None:
    """Start the server. Each flag is also an environment variable, such as LAYERLAB_PORT."""
    from layerlab.api.serving import serve as serving

    flags: dict[str, Any] = {
        "host": host,
        "port": port,
        "data_dir": data_dir,
        "no_browser": no_browser,
        "max_running": max_running,
        "threads": threads,
    }
    settings = Settings(**{name: value for name, value in flags.items() if value is not None})
    _run(serving(settings, on_ready=lambda listening: _announce(settings, listening)))


def _announce(settings: Settings, listening: Any) -> None:
    if settings.port not in (0, listening.port):
        print(f"Port {settings.port} is busy, so Layerlab takes {listening.port}.")
    print(f"Layerlab is running at {listening.url}")
    print(f"Data and token are in {settings.data_dir}")
    print(f"Open this link to log in (it works once): {listening.new_link()}", flush=True)
    if not settings.no_browser:
        # Another thread, because some systems wait for the browser here.
        asyncio.get_running_loop().run_in_executor(None, webbrowser.open, listening.new_link())


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work)
    except KeyboardInterrupt:
        pass


@app.command()
def run(
    spec: Annotated[Path, typer.Argument(help="A run as JSON; - reads standard input.")],
    url: Url = "http://127.0.0.1:8000",
    data_dir: DataDir = None,
) -> None:
    """Post a run to a running server and follow it to its end."""
    text = sys.stdin.read() if str(spec) == "-" else spec.read_text(encoding="utf-8")
    made = Client(url, data_dir=data_dir).create_run(json.loads(text))
    print(f"run {made.id}")
    view = made.wait(_print_progress)
    print(f"{view.status.value} at step {view.step}{f': {view.reason}' if view.reason else ''}")
    if view.status not in (RunState.COMPLETED, RunState.STOPPED, RunState.PAUSED):
        raise typer.Exit(1)


def _print_progress(progress: RunProgress) -> None:
    values = "  ".join(f"{name} {value:.4g}" for name, value in progress.latest.items() if value is not None)
    print(f"{progress.status.value:10} step {progress.step:6}  epoch {progress.epoch:6.2f}  {values}", flush=True)


@app.command()
def runs(url: Url = "http://127.0.0.1:8000", data_dir: DataDir = None) -> None:
    """List the runs of a running server."""
    for view in Client(url, data_dir=data_dir).runs():
        print(f"{view.id}  {view.status.value:12} step {view.step:6} of {view.num_steps:6}  {view.name}")


@app.command()
def upload(
    file: Annotated[Path, typer.Argument(help="A .csv, .tsv, .zip of images in class folders, .txt or .npz.")],
    url: Url = "http://127.0.0.1:8000",
    data_dir: DataDir = None,
    delimiter: Annotated[str | None, typer.Option(help="Of a table: comma, semicolon, tab or bar.")] = None,
    decimal: Annotated[str | None, typer.Option(help="What stands before decimals: point or comma.")] = None,
    names: Annotated[bool | None, typer.Option(help="Whether the first line holds the names of columns.")] = None,
    column_type: Annotated[
        list[str] | None, typer.Option("--type", help="column=number, =category or =text; once for each column.")
    ] = None,
) -> None:
    """Bring a file of data to a running server; prints what is in it, and the data part of a run on it.

    How a table is written is found, unless an option says it.
    """
    types = {name: kind for name, _, kind in (one.rpartition("=") for one in column_type or ())}
    form = TableForm.model_validate({"delimiter": delimiter, "decimal": decimal, "has_names": names, "types": types})
    found = Client(url, data_dir=data_dir).upload(file, form=form)
    print(f"{found.name}: {found.summary}")
    if found.form:
        first = "names" if found.form.has_names else "values"
        print(
            f"  {found.form.encoding}, {found.form.delimiter} between values, {found.form.decimal} before decimals, ",
            end="",
        )
        print(f"{first} in the first line")
    for note in found.notes:
        print(f"  {note}")
    print(json.dumps({"dataset": found.dataset, "params": found.params}, ensure_ascii=False))


@app.command()
def link(url: Url = "http://127.0.0.1:8000", data_dir: DataDir = None) -> None:
    """Print a new link that logs one browser in, once."""
    print(url + Client(url, data_dir=data_dir).call("POST", "/api/links")["path"])


def main() -> None:
    """The entry point: what the user can mend is told in a sentence, not as a traceback."""
    try:
        app()
    except LayerlabError as error:
        print(f"layerlab: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        print(f"layerlab: the spec is not JSON: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except ValidationError as error:
        for problem in error.errors():
            print(f"layerlab: {'.'.join(map(str, problem['loc']))}: {problem['msg']}", file=sys.stderr)
        raise SystemExit(1) from None
    except OSError as error:
        print(f"layerlab: {error.filename or ''}: {error.strerror}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
