"""What the routes work with, put into the application's state when it is made."""

from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from layerlab.originals.fetcher import Fetcher
from layerlab.runs.supervisor import Supervisor
from layerlab.settings import Settings


def _supervisor(connection: HTTPConnection) -> Supervisor:
    return cast(Supervisor, connection.app.state.supervisor)


def _settings(connection: HTTPConnection) -> Settings:
    return cast(Settings, connection.app.state.settings)


def _fetcher(connection: HTTPConnection) -> Fetcher:
    return cast(Fetcher, connection.app.state.fetcher)


Runs = Annotated[Supervisor, Depends(_supervisor)]
TheSettings = Annotated[Settings, Depends(_settings)]
TheOriginals = Annotated[Fetcher, Depends(_fetcher)]
