"""For all tests: well-known sets as small files, so that whatever goes over all datasets can read them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.originals import write_originals


@pytest.fixture(autouse=True, scope="session")
def original_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of original files, as the server would name it to the processes that load."""
    root = tmp_path_factory.mktemp("originals")
    write_originals(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERLAB_ORIGINALS_DIR", str(root))
        yield root
