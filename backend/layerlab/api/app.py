"""The application: routes, the gate before them, and what they work with."""

from fastapi import FastAPI

from layerlab import __version__
from layerlab.api import (
    about_routes,
    analysis_routes,
    augment_routes,
    comparison_routes,
    dataset_routes,
    documents,
    export_routes,
    fork_routes,
    lesson_routes,
    login,
    original_routes,
    pages,
    problems,
    rate_routes,
    record_routes,
    run_routes,
    socket,
)
from layerlab.api.access import Gate, host_names
from layerlab.api.credentials import Credentials
from layerlab.api.framing import Framing
from layerlab.originals.fetcher import Fetcher
from layerlab.runs.supervisor import Supervisor
from layerlab.settings import Settings


def make_app(settings: Settings, supervisor: Supervisor, credentials: Credentials, *, port: int) -> FastAPI:
    """The ASGI application of one server that listens on ``port``."""
    app = FastAPI(
        title="Layerlab",
        version=__version__,
        description="Train small neural networks and watch inside them. Every error is `application/problem+json`.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.supervisor = supervisor
    app.state.framing = Framing()
    app.state.credentials = credentials
    app.state.fetcher = Fetcher(settings.originals_folder, settings.original_addresses)
    app.state.port = port
    problems.install(app)
    for router in (
        about_routes.router,
        run_routes.router,
        record_routes.router,
        analysis_routes.router,
        dataset_routes.router,
        export_routes.router,
        fork_routes.router,
        lesson_routes.router,
        comparison_routes.router,
        rate_routes.router,
        original_routes.router,
        augment_routes.router,
        socket.router,
        documents.router,
        login.router,
        pages.router,
    ):
        app.include_router(router)
    hosts = host_names(settings.host, settings.allowed_hosts)
    app.add_middleware(Gate, credentials=credentials, hosts=hosts, port=port)
    return app
