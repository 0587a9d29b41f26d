"""A shelf for the files of a test."""

from pathlib import Path

import pytest
from layerlab.shelf import UPLOADS


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(UPLOADS, str(tmp_path / "uploads"))
    return tmp_path / "uploads"
