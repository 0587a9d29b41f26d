"""The files that the examples of own files read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from layerlab.shelf import UPLOADS

from tests.uploads import put_examples


@pytest.fixture(scope="session", autouse=True)
def example_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The shelf with them, as the server would name it to the processes that load."""
    shelf = tmp_path_factory.mktemp("uploads")
    put_examples(shelf)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(UPLOADS, str(shelf))
        yield shelf
