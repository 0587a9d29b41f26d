"""One thread and flushed denormals, as a run's own process has them."""

import pytest
import torch


@pytest.fixture(autouse=True)
def as_in_a_worker():
    num_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    yield
    torch.set_flush_denormal(False)
    torch.set_num_threads(num_threads)
