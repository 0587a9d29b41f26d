import pytest


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(autouse=True)
def prompt(monkeypatch):
    """Points go out after every look, so that an answer to a step comes at that step however fast the steps are."""
    monkeypatch.setattr("layerlab.runs.reporter.FLUSH_SECONDS", 0.0)
