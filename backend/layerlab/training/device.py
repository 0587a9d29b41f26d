"""Where a run trains."""

import torch
from layerlab_schemas.problems import Problem

from layerlab.errors import SpecError


def find_device(name: str) -> torch.device:
    """The device that a spec names; ``auto`` is the GPU where there is one.

    Raises:
        SpecError: This machine has no such device.
    """
    num_gpus = torch.cuda.device_count() if name != "cpu" else 0
    if name == "auto":
        return torch.device("cuda:0" if num_gpus else "cpu")
    device = torch.device(name)
    if device.type == "cuda" and (device.index or 0) >= num_gpus:
        there = "has no GPU that PyTorch can use" if num_gpus == 0 else f"has {num_gpus}, counted from 0"
        raise SpecError([
            Problem(
                code="no_such_device", path="training.device", field="device", got=name,
                message=f"There is no device {name}: this machine {there}.", expected="auto or cpu",
                hint="Set device to auto.",
            )
        ])  # fmt: skip
    return device


def num_threads_for(multiply_adds: int, batch_size: int, num_cores: int) -> int:
    """Threads that a run on the CPU should take; the same for the same numbers, so that a resume is bit-exact.

    Args:
        multiply_adds: Of one sample, forward.
        batch_size: Samples in a batch.
        num_cores: The most that it may take.
    """
    return max(1, min(num_cores, multiply_adds * batch_size // MULTIPLY_ADDS_A_THREAD))


#: Work of a forward pass for each further thread. Below it a second thread gains a third at best when its core is idle,
#: and costs several times as much when it is not (measured on 2 cores, 34 million multiply-adds a batch).
MULTIPLY_ADDS_A_THREAD = 40_000_000
