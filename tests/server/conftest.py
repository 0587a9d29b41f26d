"""A server with stand-in workers, one for each test module."""

from collections.abc import Iterator

import pytest
from layerlab.settings import Settings

from tests.server.served import Served, serving
from tests.server.stand_in import StandInExecutor


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = Settings(port=0, data_dir=tmp_path_factory.mktemp("data"), answer_seconds=5, max_running=100)
    with serving(settings, StandInExecutor) as served:
        yield served
