"""Scripts are compared on tiny tensors."""

from pathlib import Path

import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread():
    """Two threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def beside_the_original_files(original_files: Path, monkeypatch: pytest.MonkeyPatch):
    """Where scripts look for them."""
    monkeypatch.chdir(original_files)
