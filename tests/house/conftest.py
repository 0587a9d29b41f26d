"""The files that the examples of own files read."""

import pytest
from layerlab.shelf import UPLOADS

from tests.uploads import put_examples


@pytest.fixture(scope="session", autouse=True)
def example_files(tmp_path_factory: pytest.TempPathFactory):
    shelf = tmp_path_factory.mktemp("uploads")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(UPLOADS, str(shelf))
        put_examples(shelf)
        yield
