"""For all tests: well-known sets and files of a user, all small, which whatever goes over all datasets can read.

And how long a test may take.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from layerlab.shelf import UPLOADS

from tests.originals import write_originals
from tests.uploads import put_examples

SLOW_SECONDS = 1500


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that are known to take long may."""
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SLOW_SECONDS))


@pytest.fixture(autouse=True, scope="session")
def original_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of original files, as the server would name it to the processes that load."""
    root = tmp_path_factory.mktemp("originals")
    write_originals(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERLAB_ORIGINALS_DIR", str(root))
        yield root


@pytest.fixture(autouse=True, scope="session")
def example_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The shelf with the files that the examples of own files read, as the server would name it."""
    shelf = tmp_path_factory.mktemp("uploads")
    put_examples(shelf)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(UPLOADS, str(shelf))
        yield shelf
