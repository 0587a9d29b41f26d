from pathlib import Path

import pytest
import torch

from tests.backend.training.engines.stepping import PLAIN, built


@pytest.fixture(scope="session")
def packages(tmp_path_factory) -> Path:
    """The two packages of ``PLAIN``, compiled once, for one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return built(PLAIN, tmp_path_factory.mktemp("packages"))
    finally:
        torch.set_num_threads(before)
